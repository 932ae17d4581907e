// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "skol/document.h"
#include "skol/memory.h"
#include "skol/model.h"
#include "skol/options.h"

namespace skol {

// A document with what the model says of it.
struct LabelledDocument {
  Document document;
  // One a line: an index into the model's labels, or kNoLabel for blank lines and page markers.
  std::vector<std::int32_t> labels;
  // [lines][labels of the model]: softmax means, all 0 for lines without a label.
  std::vector<float> probabilities;
};

// The batch size that predictions begin with, and why.
struct BatchChoice {
  std::size_t prediction_batch_size = 0;
  // One line: who chose it, from what; for a size that was reduced, old and new and what binds.
  std::string reason;
  bool reduced = false;  // smaller than what was asked for, which does not fit: worth a warning
  std::uint64_t planned_bytes = 0;  // the most that the memory model expects the process to take
  MemoryBudget budget;
};

// What a run did.
struct PredictionStats {
  std::size_t documents = 0;
  std::size_t lines = 0;        // physical lines
  std::size_t blank_lines = 0;  // lines without a label: blank ones and page markers
  std::size_t windows = 0;
  std::size_t predict_calls = 0;         // ceil(windows / prediction_batch_size)
  std::vector<std::size_t> batch_sizes;  // in force, in order
  std::size_t reductions = 0;            // times the batch had to be made smaller
  std::size_t workspace_bytes = 0;       // scratch of all threads
  // How many calls had so many windows: full ones, and the last.
  std::map<std::size_t, std::size_t> calls_by_windows;
  BatchChoice choice;
  std::string device;            // what computed in the end: "cpu avx512", "cuda:0 NVIDIA H100"
  std::size_t device_bytes = 0;  // of its memory: model, context and batches; 0 on the CPU
  // What the user should know, a line each: that it was another device than the one asked for, or
  // that one was lost in the middle, with what was done instead.
  std::vector<std::string> notices;
};

// Labels documents with one model. A line's probabilities are the same bits for every batch size,
// number of threads, SIMD target and company. One run at a time; several predictors may share a
// model and run at once.
class Predictor {
 public:
  // Asked for the memory there is: once, and in a run every so often between two batches. Without
  // `memory`, it is what options and system allow.
  struct BudgetSource {
    std::function<MemoryBudget()> memory;
    std::chrono::milliseconds interval{100};  // to read the limits takes some 0.3 ms
  };

  // Chooses the batch size: what does not fit in the memory there is becomes as large as fits, and
  // kAutoBatchSize is measured, for a second or so. Error kParameter for options out of range,
  // kDevice for a SIMD target or a device that is not here, kMemory, with the least that would do,
  // where not even one window fits. A device that is lost later is no error: the run goes on on the
  // CPU.
  Predictor(const Model& model, const PredictionOptions& options, BudgetSource budget);
  Predictor(const Model& model, const PredictionOptions& options);
  ~Predictor();
  Predictor(Predictor&&) noexcept;

  // The next document, or nothing at the end.
  using Source = std::function<std::optional<Document>()>;
  // Called with each document, in the order of the source.
  using Sink = std::function<void(LabelledDocument&&)>;

  // Called several times a second while a batch is predicted, from the thread that runs.
  using Look = std::function<void(const PredictionStats&)>;

  // Windows of successive documents are pooled into batches; no more documents are held than a
  // batch needs. What source, sink or look throw ends the run.
  PredictionStats run(const Source& source, const Sink& sink, const Look& look = {});

  const BatchChoice& choice() const;
  // Why it computes on the CPU where the device was to be found ("auto"); mostly empty.
  const std::string& device_notice() const;

 private:
  friend class PredictionRun;
  struct Setup;
  std::unique_ptr<Setup> setup_;
};

// A run whose documents are brought one by one. The predictor outlives it and has no other.
class PredictionRun {
 public:
  PredictionRun(Predictor& predictor, Predictor::Sink sink, Predictor::Look look = {});
  ~PredictionRun();
  PredictionRun(PredictionRun&&) noexcept;

  // Hands over the documents that are done by now, in their order. An exception of sink or look, or
  // for want of memory, ends the run.
  void add(Document document);
  // Hands over the rest.
  void finish();
  const PredictionStats& stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The label of the largest probability, the first of equals.
std::int32_t most_probable(const float* probabilities, std::size_t classes);

}  // namespace skol
