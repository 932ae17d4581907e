// SPDX-License-Identifier: Apache-2.0
#include "training/calibration.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "features/classified_lines.h"
#include "model/model_data.h"
#include "training/evaluation.h"

namespace skol {
namespace {

std::vector<ChainExample> examples_of(const Model& model,
                                      std::span<const Document* const> documents,
                                      const PredictionOptions& options,
                                      const Predictor::Look& look) {
  std::vector<ChainExample> examples;
  const std::size_t classes = model.labels().size();
  const auto add = [&](LabelledDocument&& labelled) {
    ChainExample& example = examples.emplace_back();
    example.apart = ClassifiedLines(labelled.document).apart();
    for (std::size_t i = 0; i < labelled.labels.size(); ++i) {
      if (labelled.labels[i] == kNoLabel) continue;
      const auto row = labelled.probabilities.begin() + static_cast<std::ptrdiff_t>(i * classes);
      example.probabilities.insert(example.probabilities.end(), row,
                                   row + static_cast<std::ptrdiff_t>(classes));
      example.labels.push_back(gold_label(labelled.document, i, model));
    }
  };
  Predictor predictor(model, options);
  PredictionRun run(predictor, add, look);
  for (const Document* document : documents) run.add(*document);
  run.finish();
  return examples;
}

}  // namespace

Calibration calibrate(const Model& model, std::span<const Document* const> documents,
                      const PredictionOptions& options, const Predictor::Look& look) {
  Calibration calibration;
  const std::size_t classes = model.labels().size();
  const bool transitions = model.options().decoder == "crf";
  if (transitions)
    calibration.chain = LineChain(std::vector<float>(2 * classes * classes, 1), classes);
  if (classes < 2) return calibration;
  const auto examples = examples_of(model, documents, options, look);
  // Never surer than the network is: where all documents held back are labelled right, the most
  // likely sharpness is without bound, and says nothing of other documents.
  calibration.temperature =
      std::max(1.0, 1 / fit_chain(examples, classes, {false, true}).sharpness);
  if (!transitions) return calibration;
  // Means over windows do not scale as their logits do: the transitions are fitted to what the
  // changed weights give.
  const auto changed = examples_of(calibrated(model, calibration), documents, options, look);
  calibration.chain = tempered(fit_chain(changed, classes, {true, false}).chain, changed, classes);
  return calibration;
}

Model calibrated(const Model& model, const Calibration& calibration) {
  ModelData data = model.data();
  const auto factor = static_cast<float>(1 / calibration.temperature);
  for (const PlainTensor& tensor : data.parameters.plain_tensors()) {
    if (!tensor.name.starts_with("dense.")) continue;
    std::vector<float> values = data.parameters.to_plain(tensor);
    for (float& value : values) value *= factor;
    data.parameters.from_plain(tensor, values);
  }
  data.temperature *= calibration.temperature;
  data.chain = calibration.chain;
  return Model(std::make_shared<const ModelData>(std::move(data)));
}

}  // namespace skol
