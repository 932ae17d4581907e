// SPDX-License-Identifier: Apache-2.0
#include "prediction/tuned_model.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/fail.h"
#include "base/hardware.h"
#include "base/utc_time.h"
#include "kernels/bf16_kernels.h"
#include "prediction/run_device.h"
#include "prediction/tune.h"
#include "text/findings.h"

namespace skol {
namespace {

bool has_line_to_label(const Document& document) {
  for (std::size_t i = 0; i < document.lines.size(); ++i) {
    if (is_classified(document.line(i))) return true;
  }
  return false;
}

TuningRecord record_of(TuneResult&& result) {
  TuningRecord record;
  record.base_bytes = result.base_bytes;
  record.window_bytes = result.window_bytes;
  record.fit_error = result.fit_error;
  for (const TunePoint& point : result.points) {
    record.points.push_back({point.batch_size, point.bytes, point.windows_per_second});
  }
  record.prediction_batch_size = result.prediction_batch_size;
  record.reason = std::move(result.reason);
  return record;
}

}  // namespace

Model tuned_model(const Model& model, const PredictionOptions& options,
                  const std::vector<Document>& documents, double seconds) {
  if (!(seconds > 0 && seconds <= kMostTuningSeconds)) {
    fail(ErrorKind::kParameter, "seconds is {}: expected more than 0 and at most {}", seconds,
         kMostTuningSeconds);
  }
  if (!documents.empty() && std::ranges::none_of(documents, has_line_to_label)) {
    fail(ErrorKind::kInput,
         "nothing to tune on: no line to label in {}; give other text, or none at all",
         printable_name(documents.front().id));
  }
  check(options);
  PredictionOptions measured = options;
  measured.own_device = true;
  const std::optional<SkolDeviceInfo> device = device_info(options);
  if (device) {
    measured.device = fmt::format("cuda:{}", device_index(options.device));
  } else {
    measured.device = "cpu";
  }
  TuningRecord::Hardware hardware = prediction_hardware(measured);
  TuningRecord record =
      record_of(tune(model, measured, documents, seconds, device ? device->total_bytes : 0));
  record.date = utc_now();
  record.hardware = std::move(hardware);
  record.device = measured.device;
  const bool bf16 =
      device ? options.precision == "bf16"
             : find_bf16_kernels(find_kernels(options.target), options.precision) != nullptr;
  record.precision = bf16 ? "bf16" : "fp32";
  return model.with_tuned(std::move(record));
}

TuningRecord::Hardware prediction_hardware(const PredictionOptions& options) {
  try {
    if (const std::optional<SkolDeviceInfo> device = device_info(options)) {
      return {device->name, static_cast<std::size_t>(device->multiprocessors), "cuda",
              device->total_bytes};
    }
  } catch (const Error&) {  // a run on that device says so itself
  }
  Hardware machine = describe_hardware();
  return {std::move(machine.processor), options.threads > 0 ? options.threads : machine.cores,
          std::string(find_kernels(options.target).name()), machine.memory_bytes};
}

std::string hardware_text(const TuningRecord::Hardware& hardware) {
  return fmt::format("{}, {} {}, {}", printable_name(hardware.processor), hardware.cores,
                     hardware.cores == 1 ? "core" : "cores", printable_name(hardware.target));
}

std::string tuned_elsewhere(const Model& model, std::size_t given,
                            const TuningRecord::Hardware& here) {
  if (!model.tuned() || given != 0) return "";
  const TuningRecord& record = *model.tuned();
  const TuningRecord::Hardware& there = record.hardware;
  const bool same =
      there.processor == here.processor && there.cores == here.cores && there.target == here.target;
  // Another size may have been saved since by hand, of which nothing is known.
  if (same || record.prediction_batch_size != model.prediction_batch_size()) return "";
  return fmt::format(
      "prediction_batch_size {} was tuned on other hardware, {}; here is {}: labels are the same, "
      "speed and memory may not be; skol tune --save measures here",
      record.prediction_batch_size, hardware_text(there), hardware_text(here));
}

}  // namespace skol
