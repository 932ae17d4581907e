// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/aligned_vector.h"
#include "kernels/bf16.h"
#include "kernels/kernels.h"

namespace skol {

// Weights of gates [depth][4 * units] in bf16, depth even. A panel holds the four gates of
// kColumnBlock units; in it, neighbouring rows stand in pairs: [depth / 2][4][kColumnBlock][2].
struct PackedBf16 {
  std::size_t depth = 0, units = 0;
  AlignedVector<Bf16> data;

  const Bf16* panel(std::size_t unit) const { return data.data() + depth * 4 * unit; }
};

// Packs w [depth][4 * units], columns by gate i, f, g, o, rows `stride` floats apart.
void pack_gates(const float* w, std::size_t stride, std::size_t depth, std::size_t units,
                PackedBf16& packed);

// A row of weights for sparse rows, `width` of them, a multiple of 2 * kColumnBlock. In each block
// of so many, columns that are kColumnBlock apart stand side by side, so that a shift and a mask
// make two vectors of float32 of them.
void pack_sparse(const float* w, std::size_t width, Bf16* packed);

using Bf16LstmRow = LstmStepRow<Bf16>;

// The primitives of prediction with weights and outputs of layers in bf16; all sums, cells, gates
// and activations are float32. Pure and thread-safe. A pair of rows is added to a sum as the
// processor's instruction does it: the second row's product fused, then the first one's. So both
// backends give the same bits (as long as no number is denormal), which are not those of float32.
class Bf16Kernels {
 public:
  virtual ~Bf16Kernels() = default;
  virtual std::string_view name() const = 0;

  // As Kernels::lstm_step.
  virtual void lstm_step(std::span<const Bf16LstmRow> rows, const PackedBf16* input,
                         const PackedBf16& recurrent) const = 0;

  // As Kernels::sparse_row, w from pack_sparse.
  virtual void sparse_row(std::span<const std::uint32_t> columns, std::span<const float> values,
                          const Bf16* w, std::size_t stride, std::size_t width, const float* start,
                          float* out) const = 0;
};

// Plain loops, the definition of what is correct.
const Bf16Kernels& reference_bf16_kernels();

// With the AVX512_BF16 instructions; nullptr where the processor or the build has none.
const Bf16Kernels* native_bf16_kernels();

// The backend for a precision, "fp32" or "bf16", that belongs to a SIMD target: plain loops for the
// plain loops; nullptr where the prediction is to be made in float32, by choice or because there is
// no bf16.
const Bf16Kernels* find_bf16_kernels(const Kernels& target, std::string_view precision = "bf16");

}  // namespace skol
