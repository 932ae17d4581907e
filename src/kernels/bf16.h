// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

namespace skol {

// The upper half of a float32.
enum class Bf16 : std::uint16_t {};

constexpr float to_float(Bf16 value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16);
}

// The nearest one, the even one of two. For finite numbers.
constexpr Bf16 to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<Bf16>((bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);
}

}  // namespace skol
