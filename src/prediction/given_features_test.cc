// SPDX-License-Identifier: Apache-2.0
// Features that come with the lines, in place of those made from text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "features/given_features_testing.h"
#include "model/model_data.h"
#include "prediction/line_stream.h"
#include "prediction/random_model_testing.h"
#include "skol/error.h"
#include "skol/predictor.h"

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// The same weights, without a vocabulary.
Model without_vocabulary(const Model& model) {
  ModelData data = model.data();
  data.vectorizer = Vectorizer();
  return Model(std::make_shared<const ModelData>(std::move(data)));
}

std::vector<Document> some_documents() {
  std::vector<Document> documents;
  for (unsigned i = 0; i < 9; ++i) {
    documents.push_back(random_document("d" + std::to_string(i), 37 * i % 140, i));
  }
  return documents;
}

std::vector<Document> with_features(const std::vector<Document>& documents, const Model& model) {
  std::vector<Document> out;
  for (const Document& one : documents) out.push_back(with_features(one, model.data().vectorizer));
  return out;
}

std::vector<LabelledDocument> predict(const Model& model, const std::vector<Document>& documents,
                                      std::size_t batch = 64) {
  std::vector<LabelledDocument> out;
  PredictionOptions options;
  options.prediction_batch_size = batch;
  options.threads = 2;
  Predictor predictor(model, options);
  PredictionRun run(predictor, [&](LabelledDocument&& one) { out.push_back(std::move(one)); });
  for (const Document& document : documents) run.add(document);
  run.finish();
  return out;
}

std::string complaint(const Model& model, const Document& document) {
  try {
    predict(model, {document});
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
}

TEST(GivenFeatures, GiveTheBitsThatTheSameFeaturesMadeFromTextGive) {
  for (const std::size_t num_layers : {0, 1, 2}) {
    const Model model = random_model(num_layers);
    const auto expected = predict(model, some_documents());
    const auto given = with_features(some_documents(), model);
    for (const std::size_t batch : {1, 7, 64, 4096}) {
      const auto found = predict(without_vocabulary(model), given, batch);
      ASSERT_EQ(found.size(), expected.size());
      for (std::size_t d = 0; d < found.size(); ++d) {
        EXPECT_EQ(found[d].labels, expected[d].labels);
        EXPECT_EQ(found[d].probabilities, expected[d].probabilities) << "batch " << batch;
      }
    }
  }
}

TEST(GivenFeatures, AreRefusedByAModelOfTextAndTextByTheirs) {
  const Model model = random_model();
  const Document text = random_document("paper", 3, 1);
  const Document given = with_features(text, model.data().vectorizer);
  EXPECT_EQ(complaint(model, text), "");
  EXPECT_EQ(complaint(without_vocabulary(model), given), "");
  EXPECT_THAT(complaint(model, given), HasSubstr("makes features from text and takes none"));
  EXPECT_THAT(complaint(without_vocabulary(model), text),
              AllOf(HasSubstr("in 9 columns"), HasSubstr("makes none from text")));
}

TEST(GivenFeatures, HaveTheWidthOfTheModel) {
  const Document given =
      with_features(random_document("paper", 3, 1), Vectorizer({"spores"}, {}, {1.0}));
  EXPECT_THAT(complaint(without_vocabulary(random_model()), given),
              AllOf(HasSubstr("'paper'"), HasSubstr("in 1 columns: the model expects 9")));
}

TEST(GivenFeatures, OfRowsWithoutTextAreLabelledAndWrittenNowhere) {
  const Model model = without_vocabulary(random_model());
  const std::int32_t offsets[] = {0, 1, 2}, indices[] = {3, 8}, sizes[] = {9, 9};
  const std::int64_t numbers[] = {0, 1};
  const std::int8_t types[] = {0, 0};
  const double values[] = {1.5, 3.0};
  LineRows rows;
  rows.size = 2;
  rows.doc_id = {{}, offsets, "dd"};
  rows.line_number = {{}, numbers};
  rows.features = {{}, types, sizes, offsets, indices, offsets, values};
  LineStream stream(model, {});
  EXPECT_EQ(stream.add(rows).size(), 0u);
  const LabelledRows labelled = stream.finish();
  ASSERT_EQ(labelled.size(), 2u);
  EXPECT_GE(labelled.label_index[0], 0);
  EXPECT_GE(labelled.label_index[1], 0);
  EXPECT_EQ(labelled.probabilities.size(), 6u);
  EXPECT_EQ(labelled.annotated, "");
}

}  // namespace
}  // namespace skol
