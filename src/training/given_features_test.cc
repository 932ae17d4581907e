// SPDX-License-Identifier: Apache-2.0
// Training on features that come with the lines, in place of those made from text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "features/given_features_testing.h"
#include "model/model_data.h"
#include "skol/error.h"
#include "skol/trainer.h"

namespace skol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<Document> lessons(std::size_t count) {
  std::vector<Document> documents;
  for (std::size_t i = 0; i < count; ++i) {
    std::string text;
    for (std::size_t b = 0; b < 12; ++b) {
      text += "[@ Agaricus novus sp. nov. #Nomenclature*]\n\n";
      text += "[@ Pileus convex, brown\nSee also the gills #Description*]\nnot annotated\n";
      text += "[@ Gills " + std::to_string((i + b) % 4) + " mm #Description*]\n";
    }
    std::vector<Diagnostic> diagnostics;
    documents.push_back(
        parse_annotated("lesson" + std::to_string(i), text, TextErrors::kStrict, diagnostics));
  }
  return documents;
}

TrainingOptions small_options() {
  TrainingOptions options;
  options.labels = "all";
  options.hidden_size = 8;
  options.num_layers = 1;
  options.window_size = 10;
  options.batch_size = 8;
  options.epochs = 2;
  options.validation_fraction = 0;
  return options;
}

std::vector<Document> with_features(const std::vector<Document>& documents,
                                    const Vectorizer& vectorizer,
                                    const std::vector<std::string>& labels) {
  std::vector<Document> out;
  for (const Document& one : documents) out.push_back(with_features(one, vectorizer, labels));
  return out;
}

std::string complaint(const std::vector<Document>& documents, const TrainingOptions& options) {
  try {
    train(documents, options, {});
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(GivenFeatures, TrainTheWeightsThatTheSameFeaturesMadeFromTextTrain) {
  const auto documents = lessons(4);
  TrainingOptions options = small_options();
  options.features = "compact";
  const Model text = train(documents, options, {}).model;
  const auto given = with_features(documents, text.data().vectorizer, text.labels());
  const TrainingResult result = train(given, options, {});
  EXPECT_TRUE(result.model.takes_features());
  EXPECT_EQ(result.model.input_size(), text.input_size());
  EXPECT_EQ(result.model.labels(), text.labels());
  EXPECT_EQ(result.lines, 4u * 72u);
  EXPECT_EQ(result.blank_lines, 4u * 12u);
  const auto a = text.data().parameters.values(), b = result.model.data().parameters.values();
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size_bytes()), 0);
}

TEST(GivenFeatures, KeepTheOrderOfTheirLabelsAndThoseThatNeverOccur) {
  const auto documents = lessons(4);
  const Vectorizer vectorizer({"agaricus", "pileus", "gills"}, {}, {1.0, 1.0, 1.0});
  const std::vector<std::string> labels = {"Nomenclature", "Never", "Description"};
  TrainingOptions options = small_options();
  options.class_weights = "balanced";
  options.validation_fraction = 0.3;
  const TrainingResult result = train(with_features(documents, vectorizer, labels), options, {});
  EXPECT_THAT(result.model.labels(), ElementsAre("Nomenclature", "Never", "Description"));
  EXPECT_EQ(result.label_counts.at("Never"), 0u);
  ASSERT_TRUE(result.validation);
  EXPECT_EQ(result.validation->confusion.labels(), labels);
}

TEST(GivenFeatures, AreOfOneWidthAndForTheSameLabelsInAllDocumentsOrNone) {
  const auto documents = lessons(2);
  const std::vector<std::string> labels = {"Nomenclature", "Description"};
  const Vectorizer one({"agaricus"}, {}, {1.0}), two({"agaricus", "pileus"}, {}, {1.0, 1.0});
  const Document a = with_features(documents[0], one, labels);
  EXPECT_EQ(complaint({a, with_features(documents[1], one, labels)}, small_options()), "");
  EXPECT_THAT(complaint({a, with_features(documents[1], two, labels)}, small_options()),
              HasSubstr("in 1 and 2 columns"));
  EXPECT_THAT(complaint({a, documents[1]}, small_options()), HasSubstr("in 1 and 0 columns"));
  EXPECT_THAT(complaint({a, with_features(documents[1], one, {"Description", "Nomenclature"})},
                        small_options()),
              HasSubstr("the same labels"));
  TrainingOptions collapsed = small_options();
  collapsed.labels = "collapsed";
  EXPECT_THAT(complaint({a}, collapsed), HasSubstr("labels is 'collapsed'"));
}

}  // namespace
}  // namespace skol
