// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "network/line_chain.h"
#include "skol/document.h"
#include "skol/model.h"
#include "skol/predictor.h"

namespace skol {

// What makes a model's probabilities honest, and where it is asked for, lets lines of a document
// decide together: learnt from documents that it was not trained on.
struct Calibration {
  // Divides the logits (Guo et al. 2017); above 1: the network was too sure of itself.
  double temperature = 1;
  LineChain chain;  // for options.decoder "crf", else empty
};

// Fits both to the labels of the documents. Nothing is changed where these have none, or where the
// model has a single label.
Calibration calibrate(const Model& model, std::span<const Document* const> documents,
                      const PredictionOptions& options, const Predictor::Look& look);

// The same model with it: the temperature goes into the weights of the last layer, so that
// prediction needs none.
Model calibrated(const Model& model, const Calibration& calibration);

}  // namespace skol
