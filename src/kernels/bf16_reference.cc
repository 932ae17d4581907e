// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "kernels/bf16_kernels.h"
#include "kernels/reference_cell.h"
#include "kernels/reference_kernels.h"

namespace skol {

void pack_gates(const float* w, std::size_t stride, std::size_t depth, std::size_t units,
                PackedBf16& packed) {
  packed.depth = depth;
  packed.units = units;
  packed.data.resize(depth * 4 * units);
  Bf16* out = packed.data.data();
  for (std::size_t u = 0; u < units; u += kColumnBlock) {
    for (std::size_t k = 0; k < depth; k += 2) {
      for (std::size_t gate = 0; gate < 4; ++gate) {
        for (std::size_t j = 0; j < kColumnBlock; ++j, out += 2) {
          const float* column = w + gate * units + u + j;
          out[0] = to_bf16(column[k * stride]);
          out[1] = to_bf16(column[(k + 1) * stride]);
        }
      }
    }
  }
}

void pack_sparse(const float* w, std::size_t width, Bf16* packed) {
  for (std::size_t n = 0; n < width; n += 2 * kColumnBlock) {
    for (std::size_t j = 0; j < kColumnBlock; ++j) {
      packed[n + 2 * j] = to_bf16(w[n + j]);
      packed[n + 2 * j + 1] = to_bf16(w[n + kColumnBlock + j]);
    }
  }
}

namespace {

class ReferenceBf16Kernels final : public Bf16Kernels {
 public:
  std::string_view name() const override { return "scalar"; }

  void lstm_step(std::span<const Bf16LstmRow> rows, const PackedBf16* input,
                 const PackedBf16& recurrent) const override {
    const std::size_t units = recurrent.units;
    for (const Bf16LstmRow& row : rows) {
      for (std::size_t u = 0; u < units; ++u) {
        float z[4];
        for (std::size_t gate = 0; gate < 4; ++gate) {
          z[gate] = row.gates[gate * units + u];
          if (input != nullptr) z[gate] = gate_sum(row.x, *input, u, gate, z[gate]);
          z[gate] = gate_sum(row.h_previous, recurrent, u, gate, z[gate]);
        }
        row.h[u] = to_bf16(update_cell(z, row.c_previous[u], row.c[u]));
      }
    }
  }

  void sparse_row(std::span<const std::uint32_t> columns, std::span<const float> values,
                  const Bf16* w, std::size_t stride, std::size_t width, const float* start,
                  float* out) const override {
    std::copy_n(start, width, out);
    for (std::size_t j = 0; j < columns.size(); ++j) {
      const Bf16* row = w + columns[j] * stride;
      for (std::size_t n = 0; n < width; ++n) {
        const std::size_t block = n / (2 * kColumnBlock) * (2 * kColumnBlock), in = n - block;
        const Bf16 weight = row[block + 2 * (in % kColumnBlock) + in / kColumnBlock];
        out[n] = std::fma(values[j], to_float(weight), out[n]);
      }
    }
  }

 private:
  static float gate_sum(const Bf16* x, const PackedBf16& w, std::size_t u, std::size_t gate,
                        float sum) {
    const Bf16* pairs =
        w.panel(u / kColumnBlock * kColumnBlock) + 2 * (gate * kColumnBlock + u % kColumnBlock);
    for (std::size_t k = 0; k < w.depth; k += 2, pairs += 8 * kColumnBlock) {
      sum = std::fma(to_float(x[k + 1]), to_float(pairs[1]), sum);
      sum = std::fma(to_float(x[k]), to_float(pairs[0]), sum);
    }
    return sum;
  }
};

}  // namespace

const Bf16Kernels& reference_bf16_kernels() {
  static const ReferenceBf16Kernels kernels;
  return kernels;
}

const Bf16Kernels* find_bf16_kernels(const Kernels& target, std::string_view precision) {
  if (precision != "bf16") return nullptr;
  if (target.name() == "scalar") return &reference_bf16_kernels();
  return target.name() == "avx512" ? native_bf16_kernels() : nullptr;
}

}  // namespace skol
