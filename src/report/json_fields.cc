// SPDX-License-Identifier: Apache-2.0
#include "report/json_fields.h"

#include <cmath>

#include "base/fail.h"
#include "base/in_quotes.h"

namespace skol {
namespace {

constexpr double kMostWhole = double{std::uint64_t{1} << 53U};

[[noreturn]] void fail_field(const Json& json, const char* key, const char* expected) {
  const std::string line = to_line(json.is_object() && json.contains(key) ? json[key] : json);
  fail(ErrorKind::kParameter,
       "a report cannot be made of {}: expected {} under {}; give what --json prints or stats_ "
       "holds",
       in_quotes({line.data(), line.size() - 1}, 80), expected, in_quotes(key));
}

bool is_there(const Json& json, const char* key) {
  if (!json.is_object()) fail_field(json, key, "an object");
  return json.contains(key) && !json[key].is_null();
}

}  // namespace

std::optional<double> optional_number(const Json& json, const char* key) {
  if (!is_there(json, key)) return std::nullopt;
  const Json& value = json[key];
  const double number = value.is_number() ? value.get<double>() : -1;
  if (!std::isfinite(number) || number < 0) fail_field(json, key, "a number from 0 on");
  return number;
}

double number_at(const Json& json, const char* key) {
  const auto number = optional_number(json, key);
  if (!number) fail_field(json, key, "a number from 0 on");
  return *number;
}

std::optional<std::uint64_t> optional_count(const Json& json, const char* key) {
  const auto number = optional_number(json, key);
  if (!number) return std::nullopt;
  if (*number > kMostWhole || *number != std::floor(*number)) {
    fail_field(json, key, "a whole number of at most 2^53");
  }
  return static_cast<std::uint64_t>(*number);
}

std::uint64_t count_at(const Json& json, const char* key) {
  const auto count = optional_count(json, key);
  if (!count) fail_field(json, key, "a whole number");
  return *count;
}

std::string text_at(const Json& json, const char* key) {
  if (!is_there(json, key) || !json[key].is_string()) fail_field(json, key, "a text");
  return json[key].get<std::string>();
}

Json array_at(const Json& json, const char* key) {
  if (!is_there(json, key)) return Json::array();
  if (!json[key].is_array()) fail_field(json, key, "a list");
  return json[key];
}

}  // namespace skol
