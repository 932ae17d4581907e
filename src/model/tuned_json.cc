// SPDX-License-Identifier: Apache-2.0
#include "model/tuned_json.h"

#include <cmath>
#include <concepts>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "text/utf8.h"

namespace skol {
namespace {

using nlohmann::json;

// As of PredictionOptions.
constexpr std::size_t kMostBatchSize = std::size_t{1} << 24;
// More threads or cores than any machine has.
constexpr std::size_t kMostCores = std::size_t{1} << 16;
// Doubles hold every whole number up to here, also those of the programs that read our JSON.
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 53;
// A hostile value is not repeated in full.
constexpr std::size_t kMostShown = 60;

void at_most(const char* name, std::uint64_t value, std::uint64_t limit) {
  if (value > limit) {
    fail(ErrorKind::kParameter, "tuned {} is {}: expected at most {}", name, value, limit);
  }
}

void within(const char* name, std::size_t value, std::size_t limit) {
  if (value < 1 || value > limit) {
    fail(ErrorKind::kParameter, "tuned {} is {}: expected 1 to {}", name, value, limit);
  }
}

void not_negative(const char* name, double value) {
  if (!(value >= 0 && std::isfinite(value))) {
    fail(ErrorKind::kParameter, "tuned {} is {}: expected a number, 0 or more", name, value);
  }
}

void short_text(const char* name, const std::string& text) {
  at_most(name, text.size(), kMostTunedText);
  if (find_ill_formed(text)) {
    fail(ErrorKind::kParameter, "tuned {} is {}: expected UTF-8", name,
         in_quotes(text, kMostShown));
  }
}

void check_points(const std::vector<TuningRecord::Point>& points) {
  if (points.size() > kMostTunedPoints) {
    fail(ErrorKind::kParameter, "tuned points are {}: expected at most {}", points.size(),
         kMostTunedPoints);
  }
  std::size_t before = 0;
  for (const TuningRecord::Point& point : points) {
    within("batch_size of a point", point.batch_size, kMostBatchSize);
    if (point.batch_size <= before) {
      fail(ErrorKind::kParameter, "tuned points have batch_size {} after {}: expected ascending",
           point.batch_size, before);
    }
    before = point.batch_size;
    at_most("bytes of a point", point.bytes, kMostBytes);
    not_negative("windows_per_second of a point", point.windows_per_second);
  }
}

[[noreturn]] void fail_to_read(const char* name, const json& value, const char* expected) {
  fail(ErrorKind::kModel, "model tuned {} is {}: expected {}", name,
       in_quotes(value.dump(), kMostShown), expected);
}

const json& member(const json& in, const char* name) {
  const auto found = in.find(name);
  if (found == in.end()) fail(ErrorKind::kModel, "model tuned has no {}", name);
  return *found;
}

// Nothing is converted that is not of the kind: a library would take 1.5 for 1 and true for 1.
void read(const json& in, const char* name, std::unsigned_integral auto& value) {
  const json& field = member(in, name);
  if (!field.is_number_unsigned()) fail_to_read(name, field, "a whole number, 0 or more");
  value = field.get<std::uint64_t>();
}

void read(const json& in, const char* name, double& value) {
  const json& field = member(in, name);
  if (!field.is_number()) fail_to_read(name, field, "a number");
  value = field.get<double>();
}

void read(const json& in, const char* name, std::string& value) {
  const json& field = member(in, name);
  if (!field.is_string()) fail_to_read(name, field, "a text");
  value = field.get<std::string>();
}

TuningRecord::Point read_point(const json& in) {
  if (!in.is_object()) fail_to_read("point", in, "an object");
  TuningRecord::Point point;
  read(in, "batch_size", point.batch_size);
  read(in, "bytes", point.bytes);
  read(in, "windows_per_second", point.windows_per_second);
  return point;
}

std::vector<TuningRecord::Point> read_points(const json& in) {
  if (!in.is_array()) fail_to_read("points", in, "an array");
  if (in.size() > kMostTunedPoints) {
    fail(ErrorKind::kModel, "model tuned points are {}: expected at most {}", in.size(),
         kMostTunedPoints);
  }
  std::vector<TuningRecord::Point> points;
  for (const json& point : in) points.push_back(read_point(point));
  return points;
}

TuningRecord::Hardware read_hardware(const json& in) {
  if (!in.is_object()) fail_to_read("hardware", in, "an object");
  TuningRecord::Hardware hardware;
  read(in, "processor", hardware.processor);
  read(in, "cores", hardware.cores);
  read(in, "target", hardware.target);
  read(in, "memory_bytes", hardware.memory_bytes);
  return hardware;
}

}  // namespace

void check(const TuningRecord& record) {
  at_most("base_bytes", record.base_bytes, kMostBytes);
  at_most("window_bytes", record.window_bytes, kMostBytes);
  not_negative("fit_error", record.fit_error);
  check_points(record.points);
  within("prediction_batch_size", record.prediction_batch_size, kMostBatchSize);
  short_text("reason", record.reason);
  short_text("date", record.date);
  short_text("processor", record.hardware.processor);
  within("cores", record.hardware.cores, kMostCores);
  short_text("target", record.hardware.target);
  at_most("memory_bytes", record.hardware.memory_bytes, kMostBytes);
  short_text("device", record.device);
  short_text("precision", record.precision);
}

nlohmann::ordered_json tuned_json(const TuningRecord& record) {
  using Json = nlohmann::ordered_json;
  Json points = Json::array();
  for (const TuningRecord::Point& point : record.points) {
    points.push_back({{"batch_size", point.batch_size},
                      {"bytes", point.bytes},
                      {"windows_per_second", point.windows_per_second}});
  }
  return {{"base_bytes", record.base_bytes},
          {"window_bytes", record.window_bytes},
          {"fit_error", record.fit_error},
          {"points", std::move(points)},
          {"prediction_batch_size", record.prediction_batch_size},
          {"reason", record.reason},
          {"date", record.date},
          {"hardware",
           {{"processor", record.hardware.processor},
            {"cores", record.hardware.cores},
            {"target", record.hardware.target},
            {"memory_bytes", record.hardware.memory_bytes}}},
          {"device", record.device},
          {"precision", record.precision}};
}

TuningRecord tuned_from_json(const json& in) {
  if (!in.is_object()) {
    fail(ErrorKind::kModel, "model tuned is {}: expected an object",
         in_quotes(in.dump(), kMostShown));
  }
  TuningRecord record;
  read(in, "base_bytes", record.base_bytes);
  read(in, "window_bytes", record.window_bytes);
  read(in, "fit_error", record.fit_error);
  record.points = read_points(member(in, "points"));
  read(in, "prediction_batch_size", record.prediction_batch_size);
  read(in, "reason", record.reason);
  read(in, "date", record.date);
  record.hardware = read_hardware(member(in, "hardware"));
  read(in, "device", record.device);
  read(in, "precision", record.precision);
  check(record);
  return record;
}

}  // namespace skol
