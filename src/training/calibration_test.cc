// SPDX-License-Identifier: Apache-2.0
#include "training/calibration.h"

#include <gtest/gtest.h>

#include <cmath>

#include "model/model_data.h"
#include "skol/error.h"
#include "skol/trainer.h"
#include "text/dataset.h"
#include "training/evaluation.h"
#include "training/reliability.h"

namespace skol {
namespace {

Document lesson(std::size_t number, const std::string& odd_label) {
  std::string text;
  for (std::size_t b = 0; b < 20; ++b) {
    const bool odd = (number * 20 + b) % 4 == 0;
    text += "[@ Agaricus novus sp. nov. #Nomenclature*]\n\n";
    text += "[@ Pileus convex #" + (odd ? odd_label : "Description") + "*]\n";
    text += "[@ Cap brown #Description*]\n\n";
    text += "[@ Found on bark #Misc-exposition*]\n";
  }
  std::vector<Diagnostic> diagnostics;
  return parse_annotated("lesson" + std::to_string(number), text, TextErrors::kStrict, diagnostics);
}

std::vector<Document> lessons(std::size_t first, std::size_t count, const std::string& odd_label) {
  std::vector<Document> documents;
  for (std::size_t i = first; i < first + count; ++i) documents.push_back(lesson(i, odd_label));
  return documents;
}

TrainingOptions small_options() {
  TrainingOptions options;
  options.hidden_size = 8;
  options.num_layers = 1;
  options.embedding_size = 8;
  options.window_size = 10;
  options.batch_size = 8;
  options.epochs = 6;
  options.learning_rate = 0.02;
  options.validation_fraction = 0;
  return options;
}

std::vector<const Document*> pointers(const std::vector<Document>& documents) {
  std::vector<const Document*> out;
  for (const Document& document : documents) out.push_back(&document);
  return out;
}

Scores scores_of(const Model& model, const std::vector<Document>& documents) {
  return evaluate(model, pointers(documents), {}, {});
}

// A quarter of the lines that look alike have another label than in training.
TEST(Calibration, TakesBackCertaintyThatOtherDocumentsDoNotBearOut) {
  TrainingOptions options = small_options();
  options.schedule = "constant";
  const Model model = train(lessons(0, 4, "Description"), options, {}).model;
  const auto others = lessons(4, 4, "Misc-exposition");
  const Calibration calibration = calibrate(model, pointers(others), {}, {});
  EXPECT_GT(calibration.temperature, 1.2);
  EXPECT_TRUE(calibration.chain.empty());
  const Model honest = calibrated(model, calibration);
  const Scores before = scores_of(model, others), after = scores_of(honest, others);
  EXPECT_LT(*after.loss, *before.loss);
  EXPECT_LT(*after.expected_calibration_error, *before.expected_calibration_error);
  EXPECT_EQ(after.accuracy, before.accuracy);
  EXPECT_EQ(honest.data().temperature, calibration.temperature);
}

TEST(Calibration, OfTheCrfDecoderLearnsWhichLabelsFollowEachOther) {
  TrainingOptions options = small_options();
  options.decoder = "crf";
  options.validation_fraction = 0.25;
  const TrainingResult result = train(lessons(0, 8, "Description"), options, {});
  const LineChain& chain = result.model.data().chain;
  ASSERT_EQ(chain.factors().size(), 18u);
  const auto factor = [&](const char* a, const char* b) {
    const LabelSet& labels = result.model.data().labels;
    return chain.factors()[9 + static_cast<std::size_t>(labels.index(a)) * 3 +
                           static_cast<std::size_t>(labels.index(b))];
  };
  EXPECT_GT(factor("Nomenclature", "Description"), factor("Nomenclature", "Nomenclature"));
  const Model loaded = Model::from_bytes(result.model.to_bytes());
  EXPECT_EQ(loaded.to_bytes(), result.model.to_bytes());
  EXPECT_EQ(loaded.digest(), result.model.digest());
  EXPECT_GT(scores_of(loaded, lessons(0, 2, "Description")).macro_f1, 0.95);
}

TEST(Calibration, WithoutADocumentHeldBackIsNone) {
  TrainingOptions options = small_options();
  options.decoder = "crf";
  const Model model = train(lessons(0, 4, "Description"), options, {}).model;
  EXPECT_EQ(model.options().decoder, "argmax");
  EXPECT_TRUE(model.data().chain.empty());
  EXPECT_EQ(model.data().temperature, 1.0);
  EXPECT_EQ(Model::from_bytes(model.to_bytes()).to_bytes(), model.to_bytes());
}

TEST(Reliability, IsTheMeanDistanceOfCertaintyAndTruth) {
  Reliability reliability;
  EXPECT_FALSE(reliability.error().has_value());
  for (int i = 0; i < 10; ++i) reliability.add(0.9, i < 6);
  EXPECT_NEAR(*reliability.error(), 0.3, 1e-12);
  for (int i = 0; i < 10; ++i) reliability.add(0.5, i < 5);
  EXPECT_NEAR(*reliability.error(), 0.15, 1e-12);
  reliability.add(1.0, true);
  EXPECT_NEAR(*reliability.error(), 3.0 / 21, 1e-12);
}

}  // namespace
}  // namespace skol
