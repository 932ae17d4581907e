// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "model/container.h"
#include "model/model_data.h"
#include "skol/error.h"
#include "skol/model.h"

namespace skol {
namespace {

using ::testing::HasSubstr;

// Rich features behind an embedding, transitions between labels, a temperature.
Model rich_model(std::size_t num_layers = 2) {
  TrainingOptions options;
  options.features = "rich";
  options.decoder = "crf";
  options.hidden_size = 3;
  options.num_layers = num_layers;
  options.embedding_size = 5;
  options.window_size = 4;
  options.prediction_stride = options.training_stride = 2;
  Vectorizer vectorizer(std::vector<std::uint64_t>{7, 1ull << 63, 0x0102030405060708}, kLowerWords);
  options.feature_groups = "words";
  const NetworkShape shape{3, 3, num_layers, 2, embedding_size(options)};
  ModelData data{options,
                 64,
                 "2026-01-02T03:04:05Z",
                 "skol test",
                 LabelSet({"B", "A"}),
                 std::move(vectorizer),
                 initial_parameters(shape, 7)};
  data.chain = LineChain({1.5f, 0.5f, 0.25f, 2.0f, 1, 1, 1, 3}, 2);
  data.temperature = 1.25;
  return Model(std::make_shared<const ModelData>(std::move(data)));
}

std::string complaint(const std::string& bytes) {
  try {
    Model::from_bytes(bytes);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModel);
    return error.what();
  }
}

TEST(RichModel, ComesBackAsItWasAndAsTheSameBytes) {
  for (std::size_t num_layers : {0, 1, 2}) {
    const Model model = rich_model(num_layers);
    const std::string bytes = model.to_bytes();
    EXPECT_EQ(decode_container(bytes).version, 2);
    const Model loaded = Model::from_bytes(bytes);
    EXPECT_EQ(loaded.to_bytes(), bytes);
    EXPECT_EQ(loaded.input_size(), 3u);
    EXPECT_FALSE(loaded.takes_features());
    EXPECT_EQ(loaded.data().temperature, 1.25);
    EXPECT_EQ(loaded.data().parameters.shape(), model.data().parameters.shape());
    const auto keys = loaded.data().vectorizer.keys();
    EXPECT_EQ(std::vector(keys.begin(), keys.end()),
              (std::vector<std::uint64_t>{7, 1ull << 63, 0x0102030405060708}));
    const auto factors = loaded.data().chain.factors();
    EXPECT_EQ(std::vector(factors.begin(), factors.end()),
              (std::vector<float>{1.5f, 0.5f, 0.25f, 2.0f, 1, 1, 1, 3}));
  }
}

// Of several huge pages, so that memory is given back meanwhile; with and without padding.
TEST(RichModel, IsTheSameOfBytesThatAreGivenBack) {
  for (const std::size_t width : {64, 50}) {
    std::vector<std::uint64_t> keys(40'000);
    std::iota(keys.begin(), keys.end(), 1);
    TrainingOptions options;
    options.features = "rich";
    options.decoder = "argmax";
    options.hidden_size = 3;
    options.num_layers = 1;
    options.embedding_size = width;
    options.prediction_stride = options.training_stride = 25;
    const NetworkShape shape{keys.size(), 3, 1, 2, width};
    const Model model(std::make_shared<const ModelData>(
        ModelData{options, 64, "", "", LabelSet({"B", "A"}), Vectorizer(keys, kAllFeatureGroups),
                  initial_parameters(shape, 7)}));
    std::string bytes = model.to_bytes();
    const Model copied = Model::from_bytes(bytes);
    const Model moved = Model::from_own_bytes(std::move(bytes));
    const auto expected = model.data().parameters.values();
    for (const Model* loaded : {&copied, &moved}) {
      EXPECT_TRUE(std::ranges::equal(loaded->data().parameters.values(), expected)) << width;
    }
  }
}

// The model's bytes with one tensor's replaced and the checksum right.
std::string with_tensor(const std::string& name, Tensor tensor) {
  const std::string bytes = rich_model().to_bytes();
  Container container = decode_container(bytes);
  for (Tensor& old : container.tensors) {
    if (old.name == name) old = tensor;
  }
  return encode_container(container);
}

TEST(RichModel, IsRefusedWithKeysThatAreNone) {
  const auto with_keys = [](const std::string& keys) {
    return complaint(with_tensor("vocabulary.keys", make_text_tensor("vocabulary.keys", keys)));
  };
  const std::string a = "abcdefgh", b = "ABCDEFGH", zero(8, '\0');
  EXPECT_EQ(with_keys(a + b + "12345678"), "");
  EXPECT_THAT(with_keys(a + b + "1234567"), HasSubstr("23 bytes"));
  EXPECT_THAT(with_keys(a + b + a), HasSubstr("entry 2"));
  EXPECT_THAT(with_keys(a + zero + b), HasSubstr("entry 1"));
  EXPECT_THAT(with_keys(""), HasSubstr("empty"));
  // Other than the rows of the embedding.
  EXPECT_THAT(with_keys(a + b), HasSubstr("embedding.weights"));
}

TEST(RichModel, IsRefusedWithFactorsThatAreNone) {
  const auto with_factors = [](const std::vector<float>& factors, Shape shape) {
    return complaint(with_tensor("decoder.factors", make_tensor("decoder.factors", std::move(shape),
                                                                std::span<const float>(factors))));
  };
  EXPECT_EQ(with_factors({1, 1, 1, 1, 1, 1, 1, 1}, {2, 2, 2}), "");
  EXPECT_THAT(with_factors({1, 1, 1, 1}, {2, 2}), HasSubstr("decoder.factors"));
  EXPECT_THAT(with_factors({1, 1, 1, 1, 1, 1, 1, 1}, {8}), HasSubstr("decoder.factors"));
  EXPECT_THAT(with_factors({1, 1, 0, 1, 1, 1, 1, 1}, {2, 2, 2}),
              HasSubstr("factor between labels is 0"));
  EXPECT_THAT(with_factors({1, 1, -1, 1, 1, 1, 1, 1}, {2, 2, 2}),
              HasSubstr("factor between labels is -1"));
  EXPECT_THAT(with_factors({1, 1, 1e30f, 1, 1, 1, 1, 1}, {2, 2, 2}),
              HasSubstr("factor between labels is 1e+30"));
}

template <class Change>
std::string with_description(const Change& change) {
  const std::string bytes = rich_model().to_bytes();
  Container container = decode_container(bytes);
  auto description = nlohmann::json::parse(container.metadata.at("skol"));
  change(description);
  container.metadata["skol"] = description.dump();
  return complaint(encode_container(container));
}

TEST(RichModel, IsRefusedWhereItContradictsItself) {
  using Json = nlohmann::json;
  EXPECT_EQ(with_description([](Json&) {}), "");
  EXPECT_THAT(with_description([](Json& d) { d["options"]["features"] = "compact"; }),
              HasSubstr("vocabulary.idf"));
  EXPECT_THAT(with_description([](Json& d) { d["options"]["features"] = "poor"; }),
              HasSubstr("'poor'"));
  EXPECT_THAT(with_description([](Json& d) { d["options"].erase("features"); }),
              HasSubstr("vocabulary.idf"));
  EXPECT_THAT(with_description([](Json& d) { d["options"]["embedding_size"] = 6; }),
              HasSubstr("lstm.0.forward.input_weights"));
  EXPECT_THAT(with_description([](Json& d) { d["options"]["embedding_size"] = 1 << 20; }),
              HasSubstr("embedding_size"));
  EXPECT_THAT(with_description([](Json& d) { d["options"]["feature_groups"] = "words,"; }),
              HasSubstr("feature_groups"));
  EXPECT_THAT(with_description([](Json& d) { d["temperature"] = 0; }), HasSubstr("temperature"));
  EXPECT_THAT(with_description([](Json& d) { d["temperature"] = "1"; }), HasSubstr("temperature"));
}

TEST(RichModel, OfAnEarlierSkolHasItsCompactFeaturesAndNoDecoder) {
  TrainingOptions options;
  options.features = "compact";
  options.decoder = "argmax";
  options.hidden_size = 3;
  options.num_layers = 1;
  options.prediction_stride = options.training_stride = 25;
  Vectorizer vectorizer({"a", "b"}, {}, {1.0, 1.0});
  const NetworkShape shape{2, 3, 1, 2};
  const Model model(std::make_shared<const ModelData>(
      ModelData{options, 64, "", "", LabelSet({"B", "A"}), std::move(vectorizer),
                initial_parameters(shape, 7)}));
  const std::string bytes = model.to_bytes();
  Container container = decode_container(bytes);
  EXPECT_EQ(container.version, 1);
  auto description = nlohmann::json::parse(container.metadata.at("skol"));
  for (const char* young : {"features", "feature_vocab_size", "feature_groups", "embedding_size",
                            "feature_dropout", "line_dropout", "word_dropout", "form_dropout",
                            "schedule", "averaging", "decoder", "seeds", "min_label_count"}) {
    EXPECT_EQ(description["options"].erase(young), 1u) << young;
  }
  container.metadata["skol"] = description.dump();
  const Model old = Model::from_bytes(encode_container(container));
  EXPECT_EQ(old.options().features, "compact");
  EXPECT_EQ(old.options().schedule, "constant");
  EXPECT_EQ(old.options().decoder, "argmax");
  EXPECT_EQ(old.options().feature_groups, "all");
  EXPECT_TRUE(old.data().chain.empty());
  EXPECT_EQ(old.input_size(), 2u);
}

}  // namespace
}  // namespace skol
