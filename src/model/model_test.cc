// SPDX-License-Identifier: Apache-2.0
#include "skol/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "model/container.h"
#include "model/model_data.h"
#include "model/tuned_json.h"
#include "model/tuning_record_testing.h"
#include "skol/error.h"

namespace skol {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

Model small_model(std::size_t num_layers = 1) {
  TrainingOptions options;
  options.features = "compact";
  options.decoder = "argmax";
  options.hidden_size = 3;
  options.num_layers = num_layers;
  options.window_size = 4;
  options.prediction_stride = options.training_stride = 2;
  Vectorizer vectorizer({"alpha", "", "ä"}, {"ha"}, {1.0, 0.5, 2.0, 0.25});
  const NetworkShape shape{vectorizer.width(), 3, num_layers, 2};
  return Model(std::make_shared<const ModelData>(
      ModelData{options, 96, "2026-01-02T03:04:05Z", "skol test", LabelSet({"B", "A"}),
                std::move(vectorizer), initial_parameters(shape, 7)}));
}

// What decoding of `bytes` complains of; empty where it does not.
std::string complaint(const std::string& bytes) {
  try {
    Model::from_bytes(bytes);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModel);
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    return error.what();
  }
}

// The model's bytes with its description changed and everything else, checksum included, right.
template <class Change>
std::string with_description(const Change& change) {
  const std::string bytes = small_model().to_bytes();
  Container container = decode_container(bytes);
  auto description = nlohmann::json::parse(container.metadata.at("skol"));
  change(description);
  container.metadata["skol"] = description.dump();
  return encode_container(container);
}

TEST(Model, ComesBackAsItWasAndAsTheSameBytes) {
  for (std::size_t num_layers : {0, 1, 2}) {
    const Model model = small_model(num_layers);
    const std::string bytes = model.to_bytes();
    const Model loaded = Model::from_bytes(bytes);
    EXPECT_EQ(loaded.to_bytes(), bytes);
    EXPECT_EQ(loaded.labels(), model.labels());
    EXPECT_EQ(loaded.prediction_batch_size(), 96u);
    EXPECT_EQ(loaded.prediction_stride(), 2u);
    EXPECT_EQ(loaded.options().hidden_size, 3u);
    EXPECT_EQ(loaded.created(), "2026-01-02T03:04:05Z");
    EXPECT_EQ(loaded.data().vectorizer.words(), model.data().vectorizer.words());
    const auto a = model.data().parameters.values(), b = loaded.data().parameters.values();
    ASSERT_EQ(a.size(), b.size());
    EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size_bytes()), 0);
  }
}

// Of features that come with the lines, in as many columns as small_model() has terms.
Model model_of_features() {
  ModelData data = small_model().data();
  data.vectorizer = Vectorizer();
  return Model(std::make_shared<const ModelData>(std::move(data)));
}

TEST(Model, OfFeaturesThatComeWithTheLinesHasNoVocabularyInItsFile) {
  const Model model = model_of_features();
  const std::string bytes = model.to_bytes();
  for (const Tensor& tensor : decode_container(bytes).tensors) {
    EXPECT_THAT(tensor.name, testing::Not(testing::StartsWith("vocabulary.")));
  }
  const Model loaded = Model::from_bytes(bytes);
  EXPECT_EQ(loaded.to_bytes(), bytes);
  EXPECT_TRUE(loaded.takes_features());
  EXPECT_EQ(loaded.input_size(), 4u);
  EXPECT_EQ(loaded.digest(), model.digest());
  EXPECT_FALSE(small_model().takes_features());
  EXPECT_EQ(small_model().input_size(), 4u);
}

TEST(Model, OfFeaturesIsRejectedWhereItsWidthIsNotThatOfItsWeights) {
  const std::string bytes = model_of_features().to_bytes();
  for (const auto& [size, words] :
       std::vector<std::pair<nlohmann::json, const char*>>{{5, "lstm.0"},
                                                           {0, "input_size is 0"},
                                                           {-1, "input_size is -1"},
                                                           {268435457, "input_size is 268435457"},
                                                           {268435456, "lstm.0"},
                                                           {"4", "input_size is"}}) {
    Container container = decode_container(bytes);
    auto description = nlohmann::json::parse(container.metadata.at("skol"));
    description["input_size"] = size;
    container.metadata["skol"] = description.dump();
    EXPECT_THAT(complaint(encode_container(container)), HasSubstr(words));
  }
  EXPECT_THAT(complaint(with_description([](auto& d) { d["features"] = "sounds"; })),
              HasSubstr("features are \"sounds\""));
}

TEST(Model, IsRejectedWithAnyBitOfItFlippedAndCutAnywhere) {
  const std::string bytes = small_model().to_bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      ASSERT_NE(complaint(changed), "") << "byte " << i << ", bit " << bit;
    }
    ASSERT_NE(complaint(bytes.substr(0, i)), "") << "cut at " << i;
  }
}

TEST(Model, WhoseDescriptionContradictsItsTensorsIsRejectedByName) {
  const auto set = [](const char* name, json value) {
    return with_description([&](json& d) { d["options"][name] = value; });
  };
  EXPECT_EQ(complaint(with_description([](json&) {})), "");
  EXPECT_THAT(complaint(set("hidden_size", 4)), HasSubstr("lstm.0.forward.input_weights"));
  EXPECT_THAT(complaint(set("hidden_size", 16384)), HasSubstr("lstm.0.forward.input_weights"));
  EXPECT_THAT(complaint(set("num_layers", 2)), HasSubstr("lstm.1"));
  EXPECT_THAT(complaint(set("window_size", 0)), HasSubstr("window_size"));
  EXPECT_THAT(complaint(set("window_size", -1)), HasSubstr("window_size"));
  EXPECT_THAT(complaint(set("window_size", 1.5)), HasSubstr("window_size"));
  EXPECT_THAT(complaint(set("prediction_stride", 5)), HasSubstr("prediction_stride"));
  EXPECT_THAT(complaint(set("dropout", "much")), HasSubstr("description"));
  EXPECT_THAT(complaint(with_description([](json& d) {
                d["labels"] = {"A", "A"};
              })),
              HasSubstr("A"));
  EXPECT_THAT(complaint(with_description([](json& d) { d["labels"] = json::array(); })),
              HasSubstr("labels"));
  EXPECT_THAT(complaint(with_description([](json& d) { d["labels"].push_back("C"); })),
              HasSubstr("dense.weights"));
  EXPECT_THAT(complaint(with_description([](json& d) { d.erase("options"); })),
              HasSubstr("options"));
  EXPECT_THAT(complaint(with_description([](json& d) { d["prediction_batch_size"] = 0; })),
              HasSubstr("batch size"));
}

TEST(Model, OfAnotherKindOfContainerIsRejected) {
  EXPECT_THAT(complaint(encode_container({})), HasSubstr("description"));
  EXPECT_NE(complaint(""), "");
}

TEST(TrainingOptions, AreCheckedByNameAndValue) {
  const auto complaint_of = [](auto change) -> std::string {
    TrainingOptions options;
    change(options);
    try {
      check(options);
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kParameter);
      return error.what();
    }
  };
  EXPECT_EQ(complaint_of([](auto&) {}), "");
  EXPECT_THAT(complaint_of([](auto& o) { o.hidden_size = 0; }), HasSubstr("hidden_size is 0"));
  EXPECT_THAT(complaint_of([](auto& o) { o.training_stride = 51; }), HasSubstr("is 51"));
  EXPECT_THAT(complaint_of([](auto& o) { o.dropout = 1.0; }), HasSubstr("dropout is 1"));
  EXPECT_THAT(complaint_of([](auto& o) { o.dropout = NAN; }), HasSubstr("dropout"));
  EXPECT_THAT(complaint_of([](auto& o) { o.learning_rate = 0; }), HasSubstr("learning_rate"));
  EXPECT_THAT(complaint_of([](auto& o) { o.labels = "some"; }), HasSubstr("collapsed, all"));
  EXPECT_THAT(complaint_of([](auto& o) {
                o.class_weights = "balanced";
                o.focal_labels = {"A"};
              }),
              HasSubstr("mutually exclusive"));
}

TEST(Model, CarriesTheSettingsOfItsUserAndItsWeightsStayTheSame) {
  const Model model = small_model();
  EXPECT_EQ(model.settings(), "{}");
  const Model changed = model.with_settings(R"({"num_workers":8})", 128);
  const Model loaded = Model::from_bytes(changed.to_bytes());
  EXPECT_EQ(loaded.settings(), R"({"num_workers":8})");
  EXPECT_EQ(loaded.prediction_batch_size(), 128u);
  EXPECT_EQ(loaded.digest(), model.digest());
  EXPECT_NE(loaded.to_bytes(), model.to_bytes());
}

TEST(Model, TakesAnotherStrideOfItsOwn) {
  const Model model = small_model();
  const std::size_t window_size = model.options().window_size;
  const Model changed = Model::from_bytes(model.with_prediction_stride(window_size).to_bytes());
  EXPECT_EQ(changed.prediction_stride(), window_size);
  EXPECT_EQ(changed.options().training_stride, model.options().training_stride);
  EXPECT_EQ(changed.with_prediction_stride(model.prediction_stride()).to_bytes(), model.to_bytes());
  EXPECT_THROW(model.with_prediction_stride(0), Error);
  EXPECT_THROW(model.with_prediction_stride(window_size + 1), Error);
}

TEST(Model, RefusesSettingsThatAreNoJsonObject) {
  for (const char* text : {"", "[1]", "{", "3"}) {
    EXPECT_THROW(small_model().with_settings(text, 64), Error) << text;
  }
  EXPECT_THROW(
      small_model().with_settings("{\"a\":\"" + std::string(kMostSettingsBytes, 'x') + "\"}", 64),
      Error);
  EXPECT_THAT(complaint(with_description([](auto& d) { d["settings"] = 3; })),
              HasSubstr("settings"));
}

TEST(Model, CarriesTheRecordOfATuningAndItsChoice) {
  const Model model = small_model();
  EXPECT_FALSE(model.tuned());
  const Model tuned = model.with_tuned(sample_record());
  EXPECT_EQ(tuned.prediction_batch_size(), 32u);
  const std::string bytes = tuned.to_bytes();
  const Model loaded = Model::from_bytes(bytes);
  ASSERT_TRUE(loaded.tuned());
  EXPECT_EQ(tuned_json(*loaded.tuned()), tuned_json(sample_record()));
  EXPECT_EQ(loaded.prediction_batch_size(), 32u);
  EXPECT_EQ(loaded.to_bytes(), bytes);
  EXPECT_EQ(loaded.digest(), model.digest());
}

TEST(Model, KeepsTheRecordOfATuningThroughOtherSettings) {
  const Model changed = small_model().with_tuned(sample_record()).with_settings("{}", 128);
  EXPECT_EQ(changed.prediction_batch_size(), 128u);
  ASSERT_TRUE(changed.tuned());
  EXPECT_EQ(changed.tuned()->prediction_batch_size, 32u);
}

TEST(Model, WithoutATuningHasTheBytesOfBefore) {
  Container container = decode_container(small_model().to_bytes());
  EXPECT_FALSE(nlohmann::json::parse(container.metadata.at("skol")).contains("tuned"));
}

TEST(Model, WhoseTuningIsNoneIsRejectedByName) {
  const auto tuned = [](const auto& change) {
    return with_description([&](json& d) {
      d["tuned"] = tuned_json(sample_record());
      change(d["tuned"]);
    });
  };
  EXPECT_EQ(complaint(tuned([](json&) {})), "");
  EXPECT_THAT(complaint(tuned([](json& t) { t = 64; })), HasSubstr("tuned"));
  EXPECT_THAT(complaint(tuned([](json& t) { t["base_bytes"] = -1; })), HasSubstr("base_bytes"));
  EXPECT_THAT(complaint(tuned([](json& t) { t["hardware"]["cores"] = 0; })), HasSubstr("cores"));
  EXPECT_THROW(small_model().with_tuned({}), Error);
}

TEST(Model, ReadsAFileFromBeforeAnOptionExisted) {
  const std::string bytes = with_description([](auto& d) {
    d["options"].erase("min_weight");
    d.erase("settings");
  });
  EXPECT_EQ(Model::from_bytes(bytes).options().min_weight, TrainingOptions().min_weight);
}

TEST(ModelDescription, IsReadFromTheHeaderAlone) {
  const std::string bytes = small_model().to_bytes();
  const std::uint64_t needed = described_bytes(bytes.substr(0, 64));
  ASSERT_GT(needed, 64U);
  ASSERT_LT(needed, bytes.size());
  const ModelDescription about = describe_model(bytes.substr(0, needed));
  EXPECT_EQ(about.labels, (std::vector<std::string>{"B", "A"}));
  EXPECT_EQ(about.options.window_size, 4U);
  EXPECT_EQ(about.prediction_batch_size, 96U);
  EXPECT_EQ(about.created, "2026-01-02T03:04:05Z");
  EXPECT_EQ(about.made_by, "skol test");
  EXPECT_FALSE(about.tuned);
}

TEST(ModelDescription, HasTheRecordOfATuning) {
  const std::string bytes = small_model().with_tuned(sample_record()).to_bytes();
  const ModelDescription about = describe_model(bytes.substr(0, described_bytes(bytes)));
  EXPECT_EQ(about.prediction_batch_size, 32U);
  ASSERT_TRUE(about.tuned);
  EXPECT_EQ(about.tuned->hardware.target, "avx512");
}

TEST(ModelDescription, OfWhatIsNoModelNeedsNothingAndIsAnError) {
  const std::string bytes = small_model().to_bytes();
  for (const std::string& start : {std::string(), std::string("text"), std::string(100, '\0'),
                                   bytes.substr(0, 20), bytes.substr(1)}) {
    EXPECT_EQ(described_bytes(start), 0U);
    EXPECT_THROW(describe_model(start), Error);
  }
  const std::uint64_t needed = described_bytes(bytes);
  EXPECT_THROW(describe_model(bytes.substr(0, needed - 1)), Error);
}

// The length in a hostile header is no reason to read for ever.
TEST(ModelDescription, NeedsNoMoreThanAHeaderMayHave) {
  std::string bytes = small_model().to_bytes();
  bytes.replace(0, 8, 8, '\xff');
  EXPECT_EQ(described_bytes(bytes), 8 + kMaxHeaderBytes);
  EXPECT_THROW(describe_model(bytes), Error);
}

}  // namespace
}  // namespace skol
