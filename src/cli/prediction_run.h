// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/command_line.h"
#include "cli/document_reader.h"
#include "cli/progress_bar.h"
#include "skol/model.h"
#include "skol/predictor.h"

namespace skol {

// Where and how a verb that predicts computes.
struct MachineOptions {
  PredictionOptions prediction;
};

void add_machine_options(CommandLine& line, MachineOptions& options);

// Error of kDevice for what this build has not; a warning where it computes otherwise than asked.
void check_machine(const MachineOptions& options);

// What `skol top` shows of the run that this verb makes with the model at `uri`.
void name_run(MachineOptions& options, const std::string& verb, const std::string& uri);

// Whether there is a core for reading and writing beside the network's, where memory allows it.
bool reads_ahead();

// Warns where the model's batch size was tuned on other hardware and is in force. Labels the
// reader's documents and shows the progress in `bar`, in bytes of all files. An
// interruption is noticed between documents. Where there are cores and memory for it, kOverlapped
// reads documents ahead and calls the sink in threads of their own.
enum class ReadingAndWriting { kInTurn, kOverlapped };
PredictionStats run_prediction(const Model& model, const PredictionOptions& options,
                               DocumentReader& reader, ProgressBar& bar,
                               const Predictor::Sink& sink,
                               ReadingAndWriting how = ReadingAndWriting::kInTurn);

}  // namespace skol
