// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "skol/options.h"
#include "skol/tuned.h"

namespace skol {

struct ModelData;

// A trained model: labels, vectorizer, weights and the options it was made with. Immutable and
// shared by its copies; safe to use from several threads.
class Model {
 public:
  explicit Model(std::shared_ptr<const ModelData> data) : data_(std::move(data)) {}

  // The bytes of docs/model_format.md, the same wherever they are kept. Error kModel for anything
  // but a whole, unchanged model of this or an earlier format version.
  static Model from_bytes(std::string_view bytes);
  // The same of bytes that nobody else needs: while they are read, their memory is given back, so
  // that a large model takes little more than itself.
  static Model from_own_bytes(std::string bytes);
  std::string to_bytes() const;

  // The same model with other saved settings, a JSON object as text, and prediction batch size.
  // Error kParameter for a text that is no JSON object or longer than kMostSettingsBytes, or a
  // batch size of 0.
  Model with_settings(std::string settings, std::size_t prediction_batch_size) const;
  // The same model with another stride of its own for prediction. Error kParameter for one that is
  // 0 or leaves lines between the windows.
  Model with_prediction_stride(std::size_t prediction_stride) const;
  // What was saved with the model by the program that uses it, "{}" where nothing was.
  const std::string& settings() const;
  // The same model with the record of a tuning and, as its prediction batch size, what that chose.
  // Error kParameter for a record out of range.
  Model with_tuned(TuningRecord record) const;
  // The record of the last tuning. Its choice is not prediction_batch_size() where another was
  // saved since.
  const std::optional<TuningRecord>& tuned() const;
  // 32 hexadecimal digits, equal for equal weights, vocabularies, labels and options, whenever the
  // model was made and whatever settings, batch size and tuning it was saved with.
  std::string digest() const;

  const TrainingOptions& options() const;
  // In the order of the outputs: most frequent in training first.
  const std::vector<std::string>& labels() const;
  // Columns of its features, and whether these have to come with the lines (Document::features)
  // instead of being made from their text.
  std::size_t input_size() const;
  bool takes_features() const;
  std::size_t prediction_stride() const;
  std::size_t prediction_batch_size() const;
  // When it was made, UTC, ISO 8601; the version of skol that made it.
  const std::string& created() const;
  const std::string& made_by() const;
  // Bytes of its weights in memory, in the plain form.
  std::size_t parameter_count() const;

  const ModelData& data() const { return *data_; }

 private:
  std::shared_ptr<const ModelData> data_;
};

inline constexpr std::size_t kMostSettingsBytes = std::size_t{1} << 20;

// What a model says of itself in its header.
struct ModelDescription {
  TrainingOptions options;
  std::size_t prediction_batch_size = 0;
  std::vector<std::string> labels;
  std::string created, made_by;
  std::string settings;  // a JSON object
  std::optional<TuningRecord> tuned;
  std::size_t input_size = 0;
  bool takes_features = false;
  double temperature = 1;  // by which the logits were divided after training
};

// How many of a model's first bytes describe_model() needs; 0 where `start`, the first bytes of
// something, at least 64 of them if it has so many, are not those of a model.
std::uint64_t described_bytes(std::string_view start);

// From the first bytes of a model, for lists. Whether the rest is whole is not known before
// Model::from_bytes. Error kModel for what is no model, or a newer one.
ModelDescription describe_model(std::string_view start);

// Through the store that `uri` names. Errors: kNotFound, kModel, kStorage.
Model load_model(const std::string& uri);
void save_model(const Model& model, const std::string& uri);

}  // namespace skol
