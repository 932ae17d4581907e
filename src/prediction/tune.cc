// SPDX-License-Identifier: Apache-2.0
#include "prediction/tune.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/fail.h"
#include "base/memory_line.h"
#include "base/process_memory.h"
#include "base/sizes.h"
#include "model/model_data.h"
#include "prediction/batch_choice.h"
#include "prediction/device_batch.h"
#include "prediction/made_up_lines.h"
#include "skol/predictor.h"

namespace skol {
namespace {

// One window, few, and the sizes of the tuning guide.
constexpr std::size_t kSizes[] = {1, 8, 16, 32, 48, 64, 96, 128, 256};
// A device takes so many at a time, and no more memory for larger batches.
constexpr std::size_t kLargestOfDevice = kDeviceWindows;
// A rate this near the best is as good, and the smaller batch takes less memory.
constexpr double kAsGood = 0.95;
// Windows of text that is made up: two batches of the largest of the sizes.
constexpr std::size_t kMadeUpWindows = 512;

class Tuning {
 public:
  Tuning(const Model& model, const PredictionOptions& options,
         const std::vector<Document>& documents, std::uint64_t device_bytes)
      : model_(model),
        options_(options),
        documents_(documents),
        device_bytes_(device_bytes),
        plan_(memory_plan(model, options)),
        budget_(memory_budget(budget_request(options))) {
    check_one_window(plan_, budget_);
    for (const Document& document : documents) {
      held_bytes_ += document.text.size() + document.lines.size() * sizeof(Line) +
                     document.labels.size() * sizeof(std::int32_t);
    }
  }

  TuneResult run(double seconds) {
    const std::size_t fits = plan_.largest_batch(budget_.bytes, kMostPredictionBatchSize);
    std::vector<std::size_t> sizes;
    std::ranges::copy_if(kSizes, std::back_inserter(sizes),
                         [&](std::size_t size) { return size <= fits; });
    if (device_bytes_ > 0 && fits >= kLargestOfDevice) sizes.push_back(kLargestOfDevice);
    TuneResult result;
    for (const std::size_t size : sizes) {
      const auto point = measure(size, seconds / static_cast<double>(sizes.size()));
      if (!point) break;
      result.points.push_back(*point);
    }
    if (result.points.empty()) {
      fail(ErrorKind::kMemory, "device {} has no memory for one window now", options_.device);
    }
    fit(result);
    choose(result);
    return result;
  }

 private:
  // None where the device is too small for the batch.
  std::optional<TunePoint> measure(std::size_t batch_size, double seconds) {
    using Clock = std::chrono::steady_clock;
    PredictionOptions options = options_;
    options.prediction_batch_size = batch_size;
    give_back_freed_memory();
    const bool fresh = reset_peak_memory();
    Predictor predictor(model_, options);
    const auto begin = Clock::now();
    std::size_t windows = 0, of_device = 0;
    double passed = 0;
    do {
      std::size_t next = 0;
      const PredictionStats stats = predictor.run(
          [&]() -> std::optional<Document> {
            if (next == documents_.size()) return std::nullopt;
            return documents_[next++];
          },
          [](LabelledDocument&&) {});
      windows += stats.windows;
      of_device = stats.device_bytes;
      if (device_bytes_ > 0 && (stats.reductions > 0 || !stats.notices.empty())) {
        return std::nullopt;
      }
      passed = std::chrono::duration<double>(Clock::now() - begin).count();
    } while (passed < seconds);
    const double rate = static_cast<double>(windows) / passed;
    if (device_bytes_ > 0) return TunePoint{batch_size, of_device, rate};
    // The text that is measured on is held for the tuning alone.
    const std::size_t peak = peak_memory_bytes();
    const std::size_t bytes = fresh && peak > held_bytes_
                                  ? peak - held_bytes_
                                  : static_cast<std::size_t>(plan_.bytes(batch_size));
    return TunePoint{batch_size, bytes, rate};
  }

  static void fit(TuneResult& result) {
    std::vector<MemoryPoint> points;
    for (const TunePoint& point : result.points) points.push_back({point.batch_size, point.bytes});
    MemoryLine line{result.points.front().bytes, 0, 0};
    // Points that do not grow, or one alone, have no line: all is base.
    if (points.size() > 1 && grows_with_batch_size(points)) line = fit_memory_line(points);
    result.base_bytes = line.base_bytes;
    result.window_bytes = line.window_bytes;
    for (const MemoryPoint& point : points) {
      result.fit_error = std::max(result.fit_error, relative_error(line, point));
    }
  }

  void choose(TuneResult& result) const {
    double best = 0;
    for (const TunePoint& point : result.points) best = std::max(best, point.windows_per_second);
    const TunePoint& chosen = *std::ranges::find_if(result.points, [&](const TunePoint& point) {
      return point.windows_per_second >= kAsGood * best;
    });
    result.prediction_batch_size = chosen.batch_size;
    result.reason = fmt::format("the smallest size within 5 % of the fastest, {:.0f} windows/s; {}",
                                best, shared(chosen));
  }

  // What it means where several share the memory.
  std::string shared(const TunePoint& chosen) const {
    const std::uint64_t all = options_.executors * std::uint64_t{chosen.bytes};
    const std::string who = options_.executors == 1
                                ? "one executor takes"
                                : fmt::format("{} executors take", options_.executors);
    if (device_bytes_ > 0) {
      return fmt::format("{} {} of {} ({}, on its own; a server has one base for all)", who,
                         size_text(all, SizeUnits::kBinary),
                         size_text(device_bytes_, SizeUnits::kBinary), options_.device);
    }
    return fmt::format("{} {} of {} ({})", who, size_text(all, SizeUnits::kBinary),
                       size_text(options_.executors * budget_.bytes, SizeUnits::kBinary),
                       budget_.limit);
  }

  const Model& model_;
  const PredictionOptions& options_;
  const std::vector<Document>& documents_;
  std::uint64_t device_bytes_;  // of the device that is measured; 0: the processor is
  MemoryPlan plan_;
  MemoryBudget budget_;
  std::size_t held_bytes_ = 0;
};

}  // namespace

TuneResult tune(const Model& model, const PredictionOptions& options,
                const std::vector<Document>& documents, double seconds,
                std::uint64_t device_bytes) {
  if (!documents.empty()) return Tuning(model, options, documents, device_bytes).run(seconds);
  const TrainingOptions& trained = model.options();
  const std::vector<Document> made_up = {
      made_up_document(model.data().vectorizer, model.input_size(),
                       trained.window_size + (kMadeUpWindows - 1) * trained.prediction_stride)};
  return Tuning(model, options, made_up, device_bytes).run(seconds);
}

}  // namespace skol
