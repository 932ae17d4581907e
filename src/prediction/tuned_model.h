// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "skol/document.h"
#include "skol/model.h"
#include "skol/options.h"

namespace skol {

inline constexpr double kTuningSeconds = 20;
// More than an hour is a slip.
inline constexpr double kMostTuningSeconds = 3'600;

// Measures on this machine, for about `seconds`, and gives the model with the record of it and the
// batch size it chose. `documents` are what is predicted; none: windows made up. The batch size of
// `options` is not looked at. Error kParameter for seconds out of range, kInput for documents
// without a line to label, and what a Predictor says of options.
Model tuned_model(const Model& model, const PredictionOptions& options,
                  const std::vector<Document>& documents, double seconds = kTuningSeconds);

// What a prediction with these options computes on here. Error kDevice for a SIMD target that is
// not here.
TuningRecord::Hardware prediction_hardware(const PredictionOptions& options);

// "AMD EPYC (family 25, model 17), 2 cores, avx512", fit to be printed whatever the record holds.
std::string hardware_text(const TuningRecord::Hardware& hardware);

// For the user, one line, where the choice of a tuning is in force that ran on another processor,
// number of cores or SIMD target than `here`; empty otherwise. `given` is the batch size that the
// user asked for, 0 for the model's.
std::string tuned_elsewhere(const Model& model, std::size_t given,
                            const TuningRecord::Hardware& here);

}  // namespace skol
