// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "skol/document.h"
#include "skol/metrics.h"
#include "skol/model.h"
#include "skol/options.h"

namespace skol {

// How far a training is; told after each step.
struct TrainingProgress {
  std::size_t epoch = 1, epochs = 1;  // from 1
  std::size_t windows = 0;            // trained on in this epoch
  std::size_t epoch_windows = 0;
  double loss = 0;  // mean of the epoch's steps so far
  bool refit = false;
};

struct EpochReport {
  std::size_t epoch = 1;
  double loss = 0;
  double seconds = 0;                // of the training steps
  std::optional<Scores> validation;  // where documents were held back
};

// What trains, and who is told. Threads and target change the time, never the model.
struct TrainingEnvironment {
  std::size_t threads = 0;  // 0: every core this process may use
  std::string target = "auto";
  // May throw: that ends the training, and the exception is the caller's again.
  std::function<void(const TrainingProgress&)> progress;
  std::function<void(const EpochReport&)> epoch_done;
  // Called several times a second while the documents held back are labelled; may throw.
  std::function<void()> look;
};

struct TrainingResult {
  explicit TrainingResult(Model trained) : model(std::move(trained)) {}

  Model model;
  std::size_t documents = 0, lines = 0, blank_lines = 0;
  std::size_t windows = 0;     // of one epoch
  std::size_t epochs = 0;      // run
  std::size_t best_epoch = 0;  // whose weights were kept
  double seconds = 0;          // of all training steps
  double windows_per_second = 0;
  std::optional<Scores> validation;  // of the measured model
  std::vector<EpochReport> history;
  std::vector<std::string> held_back;  // ids of these documents
  // Of each seed tried, in order; empty where there was one.
  std::vector<std::pair<std::uint64_t, double>> macro_f1_of_seeds;
  std::map<std::string, std::size_t> label_counts;  // lines of each label the model trained on
};

// Trains on annotated documents; with options.seeds above 1 as often, and keeps the seed with the
// best macro-F1 on the documents held back, which are the same ones for all. A share of them is
// held back, by document; after each epoch the model labels these, and the weights with the best
// macro-F1 are kept; training ends after options.epochs or when kPatience epochs brought nothing
// better. With the schedule "one-cycle" all epochs run and the last weights are kept, since a
// learning rate that has not come down yet is not to be judged by. The model returned is the one
// that was measured; with final_refit it is one trained anew, from the same seed, on all documents
// for the number of epochs that was best. The same documents, options and version of skol give the
// same bytes on any number of threads. Errors: kParameter for options out of range or labels that
// are not there; kInput where no line has a label.
TrainingResult train(const std::vector<Document>& documents, const TrainingOptions& options,
                     const TrainingEnvironment& environment);

// Epochs without a better score after which training ends: with two, the noise of one epoch does
// not end it, and the over-training of later ones is not paid for.
inline constexpr std::size_t kPatience = 3;

}  // namespace skol
