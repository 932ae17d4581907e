// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace skol {

// Which units a size is written in: KiB, MiB, GiB, TiB = 1024^n bytes, or kB, MB, GB, TB = 1000^n.
enum class SizeUnits { kBinary, kDecimal };

struct Size {
  std::uint64_t bytes = 0;
  SizeUnits units = SizeUnits::kBinary;  // as written; plain bytes count as binary
};

// Sizes end here: beyond any memory, and doubles hold every whole number of bytes up to it, also
// those of the programs that read our JSON.
inline constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 53;

// "6.6GiB", "412MB", "1.0 gb", "1073741824", to the nearest byte. Error kParameter, which begins
// with `name`, for all else.
Size parse_size(std::string_view name, std::string_view text);

// The same, or a percentage of `whole` bytes: "80%".
Size parse_size_or_percentage(std::string_view name, std::string_view text, std::uint64_t whole);

// To three figures: up where less would not do, down where more would be too much.
enum class Rounding { kNearest, kUp, kDown };

// Three figures and a unit: 412 MB, 6.60 GiB, -1.88 GiB, 17 B.
std::string size_text(std::int64_t bytes, SizeUnits units);
std::string size_text(std::uint64_t bytes, SizeUnits units, Rounding rounding = Rounding::kNearest);

}  // namespace skol
