// SPDX-License-Identifier: Apache-2.0
#include "skol/model.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "base/fail.h"
#include "model/container.h"
#include "model/model_data.h"
#include "model/tuned_json.h"

namespace skol {
namespace {

using nlohmann::json;

// What the description has for "features" where these come with the lines.
constexpr const char* kGiven = "given";
// As many as two vocabularies of the largest size have terms.
constexpr std::size_t kMostColumns = std::size_t{1} << 28;

// Terms hold no line feed: it is one of the blanks that separate them.
std::string join_lines(const std::vector<std::string>& terms) {
  std::string text;
  for (const std::string& term : terms) text.append(term).push_back('\n');
  return text;
}

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> terms;
  for (std::size_t begin = 0, end; begin < text.size(); begin = end + 1) {
    end = text.find('\n', begin);
    if (end == std::string::npos) {
      fail(ErrorKind::kModel,
           "model vocabulary ends in the middle of a term: expected a line feed");
    }
    terms.push_back(text.substr(begin, end - begin));
  }
  return terms;
}

json options_to_json(const TrainingOptions& options) {
  json out = json::object();
  visit_training_options(
      options, [&](const char* name, const auto& value, const char*) { out[name] = value; });
  return out;
}

TrainingOptions options_from_json(const json& in) {
  TrainingOptions options;
  // What there was before these options were.
  options.features = "compact";
  options.schedule = "constant";
  options.decoder = "argmax";
  options.feature_groups = "all";
  visit_training_options(options, [&](const char* name, auto& value, const char*) {
    using Value = std::decay_t<decltype(value)>;
    // An option younger than the file: at its default, or as above, the option changes nothing.
    if (!in.contains(name)) return;
    const json& field = in.at(name);
    if constexpr (std::is_unsigned_v<Value> && !std::is_same_v<Value, bool>) {
      if (!field.is_number_unsigned()) {
        fail(ErrorKind::kModel, "model option {} is {}: expected a whole number", name,
             field.dump());
      }
    }
    value = field.get<Value>();
  });
  return options;
}

json describe(const ModelData& data) {
  json out = {{"options", options_to_json(data.options)},
              {"prediction_batch_size", data.prediction_batch_size},
              {"labels", data.labels.names()},
              {"input_size", data.parameters.shape().input_size},
              {"created", data.created},
              {"made_by", data.made_by},
              {"settings", json::parse(data.settings)}};
  if (data.tuned) out["tuned"] = tuned_json(*data.tuned);
  if (data.vectorizer.width() == 0) out["features"] = kGiven;
  if (data.temperature != 1) out["temperature"] = data.temperature;
  return out;
}

// Whether the file says that features come with the lines; without the key they are of text.
bool takes_features(const json& in) {
  if (!in.contains("features")) return false;
  if (in.at("features") == kGiven) return true;
  fail(ErrorKind::kModel, "model features are {}: expected '{}' or nothing; update skol",
       in.at("features").dump(), kGiven);
}

// Of rows that come with the lines. Where they are made from text, the vocabulary says it.
std::size_t input_size(const json& in) {
  const json& size = in.at("input_size");
  if (size.is_number_unsigned()) {
    const auto columns = size.get<std::size_t>();
    if (columns >= 1 && columns <= kMostColumns) return columns;
  }
  fail(ErrorKind::kModel, "model input_size is {}: expected 1 to {}", size.dump(), kMostColumns);
}

// The settings of a file, which an earlier skol did not write.
std::string settings_of(const json& in) {
  if (!in.contains("settings")) return "{}";
  const json& settings = in.at("settings");
  if (!settings.is_object()) fail(ErrorKind::kModel, "model settings are not an object");
  return settings.dump();
}

// Written only for those who look; the weights have it.
double temperature_of(const json& in) {
  if (!in.contains("temperature")) return 1;
  const json& temperature = in.at("temperature");
  if (temperature.is_number() && temperature.get<double>() > 0) return temperature.get<double>();
  fail(ErrorKind::kModel, "model temperature is {}: expected a number above 0", temperature.dump());
}

std::optional<TuningRecord> tuned_of(const json& in) {
  if (!in.contains("tuned")) return std::nullopt;
  return tuned_from_json(in.at("tuned"));
}

// The header's own description, checked as any user's options are.
ModelDescription read_description(const std::map<std::string, std::string>& metadata) {
  const auto found = metadata.find("skol");
  if (found == metadata.end()) {
    fail(ErrorKind::kModel, "model has no description: expected 'skol' in its metadata");
  }
  try {
    const json in = json::parse(found->second);
    ModelDescription out{options_from_json(in.at("options")),
                         in.at("prediction_batch_size"),
                         in.at("labels"),
                         in.at("created"),
                         in.at("made_by"),
                         settings_of(in),
                         tuned_of(in),
                         input_size(in),
                         takes_features(in),
                         temperature_of(in)};
    check(out.options);
    if (out.options.prediction_stride < 1 || out.options.training_stride < 1 ||
        out.prediction_batch_size < 1 || out.labels.empty()) {
      fail(ErrorKind::kModel, "model description lacks a stride, a batch size or labels");
    }
    return out;
  } catch (const json::exception& error) {
    fail(ErrorKind::kModel, "model description cannot be read: {}", error.what());
  }
}

// Keys of rich features, 8 bytes each, the least significant first.
std::string bytes_of(std::span<const std::uint64_t> keys) {
  std::string bytes;
  bytes.reserve(8 * keys.size());
  for (std::uint64_t key : keys) {
    for (int byte = 0; byte < 8; ++byte, key >>= 8) bytes.push_back(static_cast<char>(key & 0xFF));
  }
  return bytes;
}

std::vector<std::uint64_t> keys_in(const std::string& bytes) {
  if (bytes.size() % 8 != 0) {
    fail(ErrorKind::kModel, "model vocabulary has {} bytes: expected keys of 8", bytes.size());
  }
  std::vector<std::uint64_t> keys(bytes.size() / 8);
  for (std::size_t i = bytes.size(); i-- > 0;) {
    keys[i / 8] = keys[i / 8] << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return keys;
}

Vectorizer read_vectorizer(const Container& container, const TrainingOptions& options) {
  if (options.features == "rich") {
    return Vectorizer(keys_in(copy_text(container, "vocabulary.keys")),
                      parse_feature_groups(options.feature_groups));
  }
  return Vectorizer(split_lines(copy_text(container, "vocabulary.words")),
                    split_lines(copy_text(container, "vocabulary.suffixes")),
                    copy_vector<double>(container, "vocabulary.idf"));
}

Parameters read_parameters(const Container& container, const NetworkShape& shape) {
  // Every tensor is there and has its size before memory for all of them is taken.
  const std::vector<PlainTensor> tensors = ParameterLayout(shape).plain_tensors();
  for (const PlainTensor& tensor : tensors) {
    const std::size_t bytes = find_tensor(container, tensor.name).bytes.size();
    const std::size_t expected = tensor.rows * tensor.columns * sizeof(float);
    if (bytes != expected) {
      fail(ErrorKind::kModel, "model tensor {} has {} bytes: expected {}", tensor.name, bytes,
           expected);
    }
  }
  Parameters parameters = Parameters::to_be_set(shape);
  for (const PlainTensor& tensor : tensors) {
    // Row by row: a copy of the embedding would be as large as the model.
    for_each_row(container, tensor.name, {tensor.rows, tensor.columns},
                 [&](std::size_t row, std::span<const float> values) {
                   parameters.set_row(tensor, row, values);
                 });
  }
  return parameters;
}

LineChain read_chain(const Container& container, const ModelDescription& description) {
  if (description.options.decoder != "crf") return {};
  const std::size_t classes = description.labels.size();
  return {copy_tensor<float>(container, "decoder.factors", {2, classes, classes}), classes};
}

// The one that from_bytes gives.
ModelData read_model(const Container& container) {
  ModelDescription description = read_description(container.metadata);
  const bool given = description.takes_features;
  Vectorizer vectorizer = given ? Vectorizer() : read_vectorizer(container, description.options);
  NetworkShape shape;
  shape.input_size = given ? description.input_size : vectorizer.width();
  shape.hidden_size = description.options.hidden_size;
  shape.num_layers = description.options.num_layers;
  shape.num_classes = description.labels.size();
  shape.embedding_size = embedding_size(description.options);
  Parameters parameters = read_parameters(container, shape);
  LineChain chain = read_chain(container, description);
  return {description.options,
          description.prediction_batch_size,
          description.created,
          description.made_by,
          LabelSet(std::move(description.labels)),
          std::move(vectorizer),
          std::move(parameters),
          std::move(description.settings),
          std::move(description.tuned),
          std::move(chain),
          description.temperature};
}

// What options and labels say of themselves is about the model here, whatever its kind.
[[noreturn]] void fail_as_model(const Error& error) {
  if (error.kind() == ErrorKind::kModel) throw error;
  fail(ErrorKind::kModel, "model contradicts itself: {}", error.what());
}

}  // namespace

ModelDescription describe_model(std::string_view start) try {
  return read_description(decode_metadata(start));
} catch (const Error& error) {
  fail_as_model(error);
}

Model Model::from_bytes(std::string_view bytes) try {
  return Model(std::make_shared<const ModelData>(read_model(decode_container(bytes))));
} catch (const Error& error) {
  fail_as_model(error);
}

Model Model::from_own_bytes(std::string bytes) try {
  Container container = decode_container(bytes);
  container.read_once = true;
  return Model(std::make_shared<const ModelData>(read_model(container)));
} catch (const Error& error) {
  fail_as_model(error);
}

std::string Model::to_bytes() const {
  const std::string words = join_lines(data_->vectorizer.words());
  const std::string suffixes = join_lines(data_->vectorizer.suffixes());
  const std::string keys = bytes_of(data_->vectorizer.keys());
  Container container;
  container.metadata["skol"] = describe(*data_).dump();
  // A model that the first version can tell is written in it, for every skol to read.
  container.version = data_->vectorizer.is_rich() || !data_->chain.empty() ? 2 : 1;
  if (data_->vectorizer.is_rich()) {
    container.tensors.push_back(make_text_tensor("vocabulary.keys", keys));
  } else if (!takes_features()) {
    container.tensors.push_back(make_text_tensor("vocabulary.words", words));
    container.tensors.push_back(make_text_tensor("vocabulary.suffixes", suffixes));
    container.tensors.push_back(
        make_tensor("vocabulary.idf", {data_->vectorizer.width()}, data_->vectorizer.idf()));
  }
  const std::uint64_t classes = data_->labels.size();
  if (!data_->chain.empty()) {
    container.tensors.push_back(
        make_tensor("decoder.factors", {2, classes, classes}, data_->chain.factors()));
  }
  const auto tensors = data_->parameters.plain_tensors();
  std::vector<std::vector<float>> plain;  // owns what the container's tensors view
  for (const PlainTensor& tensor : tensors) {
    const auto& values = plain.emplace_back(data_->parameters.to_plain(tensor));
    container.tensors.push_back(
        make_tensor(tensor.name, {tensor.rows, tensor.columns}, std::span<const float>(values)));
  }
  return encode_container(container);
}

Model Model::with_settings(std::string settings, std::size_t prediction_batch_size) const {
  if (settings.size() > kMostSettingsBytes) {
    fail(ErrorKind::kParameter, "settings of {} bytes: expected at most {}", settings.size(),
         kMostSettingsBytes);
  }
  if (!json::parse(settings, nullptr, false).is_object()) {
    fail(ErrorKind::kParameter, "settings are not a JSON object");
  }
  if (prediction_batch_size < 1) {
    fail(ErrorKind::kParameter, "prediction_batch_size is 0: expected 1 or more");
  }
  ModelData changed = *data_;
  changed.settings = std::move(settings);
  changed.prediction_batch_size = prediction_batch_size;
  return Model(std::make_shared<const ModelData>(std::move(changed)));
}

Model Model::with_prediction_stride(std::size_t prediction_stride) const {
  if (prediction_stride < 1) {
    fail(ErrorKind::kParameter, "prediction_stride is 0: expected 1 or more");
  }
  ModelData changed = *data_;
  changed.options.prediction_stride = prediction_stride;
  check(changed.options);
  return Model(std::make_shared<const ModelData>(std::move(changed)));
}

Model Model::with_tuned(TuningRecord record) const {
  check(record);
  ModelData changed = *data_;
  changed.prediction_batch_size = record.prediction_batch_size;
  changed.tuned = std::move(record);
  return Model(std::make_shared<const ModelData>(std::move(changed)));
}

const std::optional<TuningRecord>& Model::tuned() const {
  return data_->tuned;
}

const std::string& Model::settings() const {
  return data_->settings;
}

std::string Model::digest() const {
  ModelData plain = *data_;
  plain.settings = "{}";
  plain.tuned.reset();
  plain.prediction_batch_size = kDefaultPredictionBatchSize;
  plain.created = plain.made_by = "";
  return checksum_in(Model(std::make_shared<const ModelData>(std::move(plain))).to_bytes());
}

const TrainingOptions& Model::options() const {
  return data_->options;
}
const std::vector<std::string>& Model::labels() const {
  return data_->labels.names();
}
std::size_t Model::input_size() const {
  return data_->parameters.shape().input_size;
}
bool Model::takes_features() const {
  return data_->vectorizer.width() == 0;
}
std::size_t Model::prediction_stride() const {
  return data_->options.prediction_stride;
}
std::size_t Model::prediction_batch_size() const {
  return data_->prediction_batch_size;
}
const std::string& Model::created() const {
  return data_->created;
}
const std::string& Model::made_by() const {
  return data_->made_by;
}

std::size_t Model::parameter_count() const {
  std::size_t count = 0;
  for (const PlainTensor& tensor : data_->parameters.plain_tensors()) {
    count += tensor.rows * tensor.columns;
  }
  return count;
}

}  // namespace skol
