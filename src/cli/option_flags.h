// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line.h"
#include "skol/options.h"

namespace skol {

// The heading in the help of what does not change results.
inline constexpr const char* kMachineGroup = "Machine";

// "--prediction-batch-size" for prediction_batch_size.
std::string flag_name(std::string_view option);

// A library message in which options bear the names of the command line.
std::string with_flags(std::string message);

// Every option of training, its name, help and default as skol/options.h declares them. Values that
// are no numbers, or none of this kind, are usage errors that name the option.
void add_training_options(CommandLine& line, TrainingOptions& options);

// The options of prediction of these names; all where none is named.
void add_prediction_options(CommandLine& line, PredictionOptions& options,
                            std::initializer_list<std::string_view> only = {});

// Every option of a review of annotations.
void add_review_options(CommandLine& line, ReviewOptions& options);

// A number, `value` unless another is given.
void add_number(CommandLine& line, std::string_view option, double& value, const std::string& group,
                const std::string& meaning);

// One of some names, `value` among them; the nearest is offered for any other.
void add_choice(CommandLine& line, std::string_view option, std::string& value,
                std::vector<std::string> choices, const std::string& group,
                const std::string& meaning);

// The positional MODEL.
void add_model_argument(CommandLine& line, std::string& model);

}  // namespace skol
