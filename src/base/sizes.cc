// SPDX-License-Identifier: Apache-2.0
#include "base/sizes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/fail.h"
#include "base/in_quotes.h"

namespace skol {
namespace {

struct Quantity {
  double number;
  bool whole;  // written without a fraction
  std::string unit;
};

// "6.6 GiB" -> 6.6, "gib".
std::optional<Quantity> split(std::string_view text) {
  // Otherwise "-1", "inf" and "nan" are numbers too.
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  Quantity quantity{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), quantity.number,
                                            std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  const std::string_view number = text.substr(0, static_cast<std::size_t>(end - text.data()));
  quantity.whole = number.find('.') == number.npos;
  text.remove_prefix(number.size());
  if (text.size() > 1 && text[0] == ' ') text.remove_prefix(1);
  for (const char c : text) {
    quantity.unit += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return quantity;
}

// Bytes of a unit in lower case and its kind; 0 bytes for what is none.
struct Unit {
  double bytes;
  SizeUnits kind;
};
Unit find_unit(std::string_view name) {
  if (name.empty() || name == "b") return {1, SizeUnits::kBinary};
  constexpr std::string_view kPrefixes = "kmgtp";
  const std::size_t power = kPrefixes.find(name[0]);
  if (power == kPrefixes.npos) return {0, SizeUnits::kBinary};
  const std::string_view rest = name.substr(1);
  const auto exponent = static_cast<double>(power + 1);
  if (rest == "b") return {std::pow(1000.0, exponent), SizeUnits::kDecimal};
  if (rest == "ib") return {std::pow(1024.0, exponent), SizeUnits::kBinary};
  return {0, SizeUnits::kBinary};
}

[[noreturn]] void fail_size(std::string_view name, std::string_view text, bool percentage) {
  fail(ErrorKind::kParameter, "{} is {}: expected a size such as 6.6GiB, 412MB or 1073741824{}",
       name, in_quotes(text), percentage ? ", or a percentage such as 80%" : " (bytes)");
}

std::uint64_t checked_bytes(std::string_view name, std::string_view text, double bytes) {
  if (bytes > static_cast<double>(kMostBytes)) {
    fail(ErrorKind::kParameter, "{} is {}: expected at most 8 PiB", name, in_quotes(text));
  }
  return static_cast<std::uint64_t>(std::llround(bytes));
}

double rounded(double value, int digits, Rounding rounding) {
  const double scale = std::pow(10.0, digits);
  const double scaled = value * scale;
  switch (rounding) {
    case Rounding::kNearest:
      return std::round(scaled) / scale;
    case Rounding::kUp:
      return std::ceil(scaled) / scale;
    case Rounding::kDown:
      return std::floor(scaled) / scale;
  }
  return value;
}

std::string text_of(double bytes, SizeUnits units, Rounding rounding) {
  constexpr const char* kNames[2][6] = {{"B", "KiB", "MiB", "GiB", "TiB", "PiB"},
                                        {"B", "kB", "MB", "GB", "TB", "PB"}};
  const bool decimal = units == SizeUnits::kDecimal;
  const double step = decimal ? 1000 : 1024;
  double value = bytes;
  std::size_t unit = 0;
  // What would print as 1000 in three figures is 1 of the next unit.
  for (; std::abs(value) >= 999.5 && unit + 1 < std::size(kNames[0]); ++unit) value /= step;
  const double magnitude = std::abs(value);
  const int digits = unit == 0 || magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f} {}", rounded(value, digits, rounding), digits,
                     kNames[decimal ? 1 : 0][unit]);
}

}  // namespace

Size parse_size(std::string_view name, std::string_view text) {
  const auto quantity = split(text);
  if (!quantity) fail_size(name, text, false);
  const Unit unit = find_unit(quantity->unit);
  if (unit.bytes == 0 || (unit.bytes == 1 && !quantity->whole)) fail_size(name, text, false);
  return {checked_bytes(name, text, quantity->number * unit.bytes), unit.kind};
}

Size parse_size_or_percentage(std::string_view name, std::string_view text, std::uint64_t whole) {
  const auto quantity = split(text);
  if (!quantity) fail_size(name, text, true);
  if (quantity->unit != "%") {
    if (find_unit(quantity->unit).bytes == 0) fail_size(name, text, true);
    return parse_size(name, text);
  }
  if (quantity->number > 100) {
    fail(ErrorKind::kParameter, "{} is {}: expected at most 100%", name, in_quotes(text));
  }
  const double bytes = static_cast<double>(whole) * quantity->number / 100;
  return {checked_bytes(name, text, bytes), SizeUnits::kBinary};
}

std::string size_text(std::int64_t bytes, SizeUnits units) {
  return text_of(static_cast<double>(bytes), units, Rounding::kNearest);
}

std::string size_text(std::uint64_t bytes, SizeUnits units, Rounding rounding) {
  return text_of(static_cast<double>(bytes), units, rounding);
}

}  // namespace skol
