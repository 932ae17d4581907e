// SPDX-License-Identifier: Apache-2.0
#include "skol/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "kernels/kernels.h"
#include "model/model_data.h"
#include "skol/error.h"
#include "skol/predictor.h"
#include "text/dataset.h"
#include "training/evaluation.h"

namespace skol {
namespace {

using ::testing::HasSubstr;

// Lines whose first word tells the label, but for "See": what follows a name is its description.
Document lesson(std::size_t number, std::size_t blocks = 12) {
  std::string text;
  for (std::size_t b = 0; b < blocks; ++b) {
    const std::string n = std::to_string((number * 7 + b) % 5);
    text += "[@ Agaricus novus sp. nov. " + n + " #Nomenclature*]\n\n";
    text += "[@ Pileus convex, brown, " + n + " cm\nSee also the gills #Description*]\n";
    text += "Not annotated at all\n";
    text += "[@ The type was found on bark\nin a wood of beech #Misc-exposition*]\n";
  }
  std::vector<Diagnostic> diagnostics;
  return parse_annotated("lesson" + std::to_string(number), text, TextErrors::kStrict, diagnostics);
}

std::vector<Document> lessons(std::size_t count) {
  std::vector<Document> documents;
  for (std::size_t i = 0; i < count; ++i) documents.push_back(lesson(i));
  return documents;
}

TrainingOptions small_options() {
  TrainingOptions options;
  options.hidden_size = 16;
  options.num_layers = 1;
  options.window_size = 10;
  options.batch_size = 8;
  options.epochs = 4;
  options.learning_rate = 0.02;
  return options;
}

std::string complaint(const std::vector<Document>& documents, const TrainingOptions& options) {
  try {
    train(documents, options, {});
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(Train, LearnsALessonAndReportsOnTheDocumentsHeldBack) {
  std::vector<EpochReport> reports;
  TrainingEnvironment environment;
  environment.epoch_done = [&](const EpochReport& report) { reports.push_back(report); };
  const TrainingResult result = train(lessons(10), small_options(), environment);
  ASSERT_TRUE(result.validation.has_value());
  EXPECT_GT(result.validation->macro_f1, 0.95);
  EXPECT_EQ(result.validation->lines, 2u * 12 * 5);  // 2 of 10 documents, 5 labelled lines a block
  EXPECT_EQ(result.documents, 10u);
  EXPECT_EQ(result.blank_lines, 10u * 12);
  EXPECT_EQ(reports.size(), result.epochs);
  EXPECT_EQ(result.model.labels(),
            (std::vector<std::string>{"Description", "Misc-exposition", "Nomenclature"}));
}

TEST(Train, GivesTheSameBytesForAnyNumberOfThreadsAndAnyTarget) {
  const auto weights = [](const TrainingEnvironment& environment) {
    TrainingOptions options = small_options();
    options.num_layers = 2;
    options.epochs = 1;
    const Model model = train(lessons(5), options, environment).model;
    std::string bytes = model.to_bytes();
    return bytes.substr(bytes.find("dense.bias"));  // behind the date and the checksum
  };
  const std::string expected = weights({});
  for (std::size_t threads : {1, 2, 3}) {
    TrainingEnvironment environment;
    environment.threads = threads;
    EXPECT_EQ(weights(environment), expected) << threads << " threads";
  }
  for (const Kernels* kernels : available_kernels()) {
    TrainingEnvironment environment;
    environment.target = kernels->name();
    EXPECT_EQ(weights(environment), expected) << kernels->name();
  }
}

TEST(Train, KeepsTheWeightsThatWereMeasured) {
  const TrainingOptions options = small_options();
  const auto documents = lessons(10);
  const TrainingResult result = train(documents, options, {});
  double best = 0;
  for (const EpochReport& report : result.history) {
    best = std::max(best, report.validation->macro_f1);
  }
  // The temperature, fitted at the end, may turn a mean over windows that was close.
  EXPECT_NEAR(result.validation->macro_f1, best, 0.01);
  std::vector<std::string> ids;
  for (const Document& document : documents) ids.push_back(document.id);
  const auto held_back = split_by_document(ids, options.validation_fraction, options.seed);
  Evaluation evaluation(result.model.labels());
  std::size_t next = 0;
  const Predictor::Source source = [&]() -> std::optional<Document> {
    while (next < documents.size() && !held_back[next]) ++next;
    return next < documents.size() ? std::optional(documents[next++]) : std::nullopt;
  };
  Predictor(Model::from_bytes(result.model.to_bytes()), {}).run(source, [&](LabelledDocument&& d) {
    evaluation.add(d, result.model);
  });
  EXPECT_EQ(evaluation.scores().macro_f1, result.validation->macro_f1);
  EXPECT_EQ(evaluation.scores().accuracy, result.validation->accuracy);
}

TEST(Train, StopsWhenNothingGetsBetterAnyMore) {
  TrainingOptions options = small_options();
  options.epochs = 60;
  options.schedule = "constant";
  const TrainingResult result = train(lessons(10), options, {});
  EXPECT_LT(result.epochs, 60u);
  EXPECT_EQ(result.epochs, result.best_epoch + kPatience);
}

TEST(Train, RunsAWholeCycleAndKeepsItsEnd) {
  TrainingOptions options = small_options();
  options.epochs = 12;
  options.schedule = "one-cycle";
  options.final_refit = true;
  const TrainingResult result = train(lessons(10), options, {});
  EXPECT_EQ(result.epochs, 12u);
  EXPECT_EQ(result.best_epoch, 12u);
  EXPECT_EQ(result.history.size(), 24u);
}

TEST(Train, ChoosesTheScheduleThatGoesWithTheFeatures) {
  TrainingOptions options = small_options();
  options.epochs = 30;
  const TrainingResult rich = train(lessons(10), options, {});
  EXPECT_EQ(rich.model.options().features, "rich");
  EXPECT_EQ(rich.model.options().schedule, "one-cycle");
  EXPECT_EQ(rich.epochs, 8u);
  options.epochs = 3;
  EXPECT_EQ(train(lessons(10), options, {}).epochs, 3u);
  options.features = "compact";
  EXPECT_EQ(train(lessons(10), options, {}).model.options().schedule, "constant");
}

TEST(Train, RefitsOnAllDocumentsForTheEpochsThatWereBest) {
  TrainingOptions options = small_options();
  const TrainingResult held_back = train(lessons(10), options, {});
  options.final_refit = true;
  const TrainingResult refit = train(lessons(10), options, {});
  EXPECT_EQ(refit.best_epoch, held_back.best_epoch);
  EXPECT_EQ(refit.validation->macro_f1, held_back.validation->macro_f1);
  EXPECT_GT(refit.windows, held_back.windows);
  EXPECT_EQ(refit.history.size(), refit.epochs + refit.best_epoch);
  EXPECT_NE(refit.model.to_bytes(), held_back.model.to_bytes());
}

TEST(Train, OfOneDocumentHoldsNothingBack) {
  const TrainingResult result = train(lessons(1), small_options(), {});
  EXPECT_FALSE(result.validation.has_value());
  EXPECT_EQ(result.epochs, 4u);
  EXPECT_EQ(result.best_epoch, 4u);
}

TEST(Train, LearnsFromCompactAndFromRichFeatures) {
  for (const char* features : {"compact", "rich"}) {
    TrainingOptions options = small_options();
    options.features = features;
    const TrainingResult result = train(lessons(10), options, {});
    EXPECT_GT(result.validation->macro_f1, 0.95) << features;
    EXPECT_EQ(result.model.data().vectorizer.is_rich(), options.features == "rich");
  }
}

TEST(Train, AveragesWeightsWhereAsked) {
  TrainingOptions options = small_options();
  const std::string last = train(lessons(5), options, {}).model.digest();
  options.averaging = 0.9;
  const TrainingResult averaged = train(lessons(5), options, {});
  EXPECT_GT(averaged.validation->macro_f1, 0.9);
  EXPECT_NE(averaged.model.digest(), last);
}

TEST(Train, KeepsTheBestOfSeveralSeeds) {
  TrainingOptions options = small_options();
  options.epochs = 1;
  options.seeds = 3;
  const TrainingResult best = train(lessons(5), options, {});
  ASSERT_EQ(best.macro_f1_of_seeds.size(), 3u);
  double most = 0;
  for (const auto& [seed, macro_f1] : best.macro_f1_of_seeds) most = std::max(most, macro_f1);
  EXPECT_EQ(best.validation->macro_f1, most);
  EXPECT_GE(best.model.options().seed, 42u);
  EXPECT_LT(best.model.options().seed, 45u);
  options.validation_fraction = 0;
  EXPECT_THAT(complaint(lessons(5), options), HasSubstr("seeds is 3"));
}

TEST(Train, FoldsRareLabelsWhereAsked) {
  std::vector<Document> documents = lessons(5);
  std::vector<Diagnostic> diagnostics;
  documents.push_back(
      parse_annotated("x", "[@ Figure 1 #Figure*]\n", TextErrors::kStrict, diagnostics));
  TrainingOptions options = small_options();
  options.labels = "all";
  options.validation_fraction = 0;
  options.min_label_count = 2;
  const TrainingResult result = train(documents, options, {});
  EXPECT_EQ(result.model.labels().size(), 3u);
  EXPECT_EQ(result.label_counts.at("Misc-exposition"), 5u * 12 * 2 + 1);
  EXPECT_EQ(gold_name(documents.back(), 0, result.model), "Misc-exposition");
}

TEST(Train, OfOneClassGivesThatClass) {
  TrainingOptions options = small_options();
  std::vector<Diagnostic> diagnostics;
  std::vector<Document> documents;
  for (int i = 0; i < 3; ++i) {
    documents.push_back(parse_annotated("d" + std::to_string(i), "[@ a\nb\nc #Description*]\n",
                                        TextErrors::kStrict, diagnostics));
  }
  const TrainingResult result = train(documents, options, {});
  EXPECT_EQ(result.model.labels(), std::vector<std::string>{"Description"});
  EXPECT_EQ(result.validation->accuracy, 1.0);
}

TEST(Train, LearnsWithClassWeightsAndForFocalLabels) {
  for (const bool focal : {false, true}) {
    TrainingOptions options = small_options();
    options.epochs = 6;
    if (focal) {
      options.focal_labels = {"Nomenclature", "Description"};
    } else {
      options.class_weights = "balanced";
    }
    EXPECT_GT(train(lessons(10), options, {}).validation->macro_f1, 0.8) << focal;
  }
}

TEST(Train, IsALogisticRegressionWithoutLayers) {
  TrainingOptions options = small_options();
  options.num_layers = 0;
  const double logistic = train(lessons(10), options, {}).validation->macro_f1;
  EXPECT_GT(logistic, 0.5);
}

TEST(Train, KeepsAllLabelsWhereAsked) {
  std::vector<Document> documents = lessons(5);
  std::vector<Diagnostic> diagnostics;
  documents.push_back(
      parse_annotated("x", "[@ Figure 1 #Figure*]\n", TextErrors::kStrict, diagnostics));
  TrainingOptions options = small_options();
  options.validation_fraction = 0;
  EXPECT_EQ(train(documents, options, {}).model.labels().size(), 3u);
  options.labels = "all";
  EXPECT_EQ(train(documents, options, {}).model.labels().size(), 4u);
}

TEST(Train, NamesWhatItCannotTrainOn) {
  EXPECT_THAT(complaint({}, small_options()), HasSubstr("no labelled line"));
  EXPECT_THAT(complaint({parse_raw("raw", "only text\n", TextErrors::kStrict)}, small_options()),
              HasSubstr("no labelled line"));
  TrainingOptions options = small_options();
  options.focal_labels = {"Nomenklatur"};
  EXPECT_THAT(complaint(lessons(2), options), HasSubstr("'Nomenklatur'"));
  options = small_options();
  options.class_weights = "balance";
  EXPECT_THAT(complaint(lessons(2), options), HasSubstr("balanced"));
  options = small_options();
  options.window_size = 0;
  EXPECT_THAT(complaint(lessons(2), options), HasSubstr("window_size"));
}

TEST(Train, EndsWithWhatTheProgressThrows) {
  TrainingEnvironment environment;
  environment.progress = [](const TrainingProgress& progress) {
    if (progress.windows > 8) throw std::runtime_error("enough");
  };
  EXPECT_THROW(train(lessons(5), small_options(), environment), std::runtime_error);
}

TEST(Evaluation, CountsGoldLabelsTheModelDoesNotKnowAsErrors) {
  Evaluation evaluation({"A", "B"});
  evaluation.add("A", "A");
  evaluation.add("C", "B");
  const Scores scores = evaluation.scores();
  EXPECT_EQ(scores.lines, 2u);
  EXPECT_EQ(scores.accuracy, 0.5);
  ASSERT_EQ(scores.per_label.size(), 3u);
  EXPECT_EQ(scores.per_label[2].label, "C");
  EXPECT_EQ(scores.per_label[2].recall, 0.0);
}

TEST(Trainer, TellsWhatItHeldBackAndWhatItTrainedOn) {
  const auto documents = lessons(5);
  const TrainingResult result = train(documents, small_options(), {});
  ASSERT_EQ(result.held_back.size(), 1u);
  EXPECT_EQ(result.label_counts.at("Nomenclature"), 4u * 12);
  ASSERT_TRUE(result.validation && result.validation->loss);
  EXPECT_GT(*result.validation->loss, 0);
}

TEST(Trainer, WeighsLabelsAsNamed) {
  const auto documents = lessons(4);
  TrainingOptions options = small_options();
  const std::string even = train(documents, options, {}).model.digest();
  options.class_weights = "Nomenclature=20";
  EXPECT_NE(train(documents, options, {}).model.digest(), even);
  options.class_weights = "Nomenclatur=20";
  EXPECT_THROW(train(documents, options, {}), Error);
}

TEST(Trainer, CanBeEndedWhileItValidates) {
  TrainingEnvironment environment;
  environment.look = [] { throw std::runtime_error("enough"); };
  EXPECT_THROW(train(lessons(4), small_options(), environment), std::runtime_error);
}

}  // namespace
}  // namespace skol
