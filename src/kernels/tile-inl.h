// SPDX-License-Identifier: Apache-2.0
// The innermost loops: register tiles of a matrix product and of an LSTM step.
// Compiled once per SIMD target: the guard is toggled, as Highway asks of -inl.h files.

#if defined(SKOL_KERNELS_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SKOL_KERNELS_TILE_INL_H_
#undef SKOL_KERNELS_TILE_INL_H_
#else
#define SKOL_KERNELS_TILE_INL_H_
#endif

#include <hwy/highway.h>

#include <utility>

#include "kernels/activations-inl.h"
#include "kernels/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace skol {
namespace HWY_NAMESPACE {

constexpr std::size_t kLanes = hn::MaxLanes(kFloats);

// Rows of a tile. With 4 vectors a row the sums take 4 * kTileRows registers, and a step needs 4
// weights and a value besides: 6 rows fill the 32 registers of AVX-512 and NEON, 3 rows (which read
// their weights as memory operands) the 16 of AVX2.
constexpr std::size_t kTileRows = HWY_TARGET == HWY_AVX2 ? 3 : 6;

// Rows of a panel that one pass takes. 128 rows of 4 vectors of AVX2 are 16 KiB, which stay in the
// first-level cache while all tiles pass. With vectors of AVX-512 a tile works long enough on each
// row of the panel for the next to come from the second level, and every block of rows less saves a
// load and a store of all sums: 256 rows, 64 KiB, are 2 % faster there than 128.
constexpr std::size_t kDepthBlock = HWY_TARGET == HWY_AVX2 ? 128 : 256;

// Without this GCC folds the load of the weights into each multiply-add of AVX2, and the three
// loads in place of one are more than the load ports can carry.
HWY_INLINE void keep_in_register([[maybe_unused]] V& v) {
#if HWY_TARGET == HWY_AVX2
  asm("" : "+x"(v.raw));
#endif
}

// sums[r][v] += sum over k of a[r][k * a_step] * panel[k][v], panel rows of kVectors vectors.
template <std::size_t kRows, std::size_t kVectors>
HWY_INLINE void accumulate(const float* const* HWY_RESTRICT a, std::size_t a_step,
                           std::size_t depth, const float* HWY_RESTRICT panel,
                           V (&sums)[kRows][kVectors]) {
  const float* rows[kRows];
  for (std::size_t r = 0; r < kRows; ++r) rows[r] = a[r];
  for (std::size_t k = 0; k < depth; ++k, panel += kVectors * kLanes) {
    V x[kRows];
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRows; ++r) x[r] = hn::Set(kFloats, rows[r][k * a_step]);
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kVectors; ++v) {
      V weights = hn::Load(kFloats, panel + v * kLanes);
      keep_in_register(weights);
#pragma GCC unroll 8
      for (std::size_t r = 0; r < kRows; ++r) sums[r][v] = hn::MulAdd(x[r], weights, sums[r][v]);
    }
  }
}

// start: the row that every row's sums begin with; nullptr: they go on from c.
template <std::size_t kRows, std::size_t kVectors>
HWY_INLINE void gemm_tile(const float* const* a, std::size_t a_step, std::size_t depth,
                          const float* panel, const float* start, float* const* c,
                          std::size_t column) {
  V sums[kRows][kVectors];
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kVectors; ++v) {
      sums[r][v] = hn::LoadU(kFloats, (start == nullptr ? c[r] : start) + column + v * kLanes);
    }
  }
  accumulate<kRows, kVectors>(a, a_step, depth, panel, sums);
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kVectors; ++v) {
      hn::StoreU(sums[r][v], kFloats, c[r] + column + v * kLanes);
    }
  }
}

// z[r][gate] = gates + h_previous * U for units u .. u + kLanes of kRows windows. Not inlined: the
// constants of the activations would take registers from the sums.
template <std::size_t kRows>
HWY_NOINLINE void gates_tile(const LstmRow* rows, std::size_t units, const float* panel,
                             std::size_t u, float* HWY_RESTRICT z) {
  V sums[kRows][4];
  const float* h[kRows];
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
    h[r] = rows[r].h_previous;
#pragma GCC unroll 8
    for (std::size_t gate = 0; gate < 4; ++gate) {
      sums[r][gate] = hn::LoadU(kFloats, rows[r].gates + gate * units + u);
    }
  }
  accumulate<kRows, 4>(h, 1, units, panel, sums);
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (std::size_t gate = 0; gate < 4; ++gate) {
      hn::Store(sums[r][gate], kFloats, z + (r * 4 + gate) * kLanes);
    }
  }
}

// The new state of units u .. u + kLanes from their gates z[r][gate]. In two passes: the second
// half of a row waits for the first, other rows do not.
HWY_NOINLINE void update_state(std::span<const LstmRow> rows, std::size_t units, std::size_t u,
                               float* HWY_RESTRICT z) {
  for (std::size_t r = 0; r < rows.size(); ++r) {
    float* z_row = z + r * 4 * kLanes;
    const V i = sigmoid_of(hn::Load(kFloats, z_row));
    const V f = sigmoid_of(hn::Load(kFloats, z_row + kLanes));
    const V g = tanh_of(hn::Load(kFloats, z_row + 2 * kLanes));
    const V o = sigmoid_of(hn::Load(kFloats, z_row + 3 * kLanes));
    const V c = hn::MulAdd(f, hn::LoadU(kFloats, rows[r].c_previous + u), hn::Mul(i, g));
    hn::StoreU(c, kFloats, rows[r].c + u);
    hn::Store(c, kFloats, z_row);
    hn::Store(o, kFloats, z_row + kLanes);
    float* activations = rows[r].activations;
    if (activations == nullptr) continue;
    hn::StoreU(i, kFloats, activations + u);
    hn::StoreU(f, kFloats, activations + units + u);
    hn::StoreU(g, kFloats, activations + 2 * units + u);
    hn::StoreU(o, kFloats, activations + 3 * units + u);
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const float* z_row = z + r * 4 * kLanes;
    const V tanh_c = tanh_of(hn::Load(kFloats, z_row));
    hn::StoreU(hn::Mul(hn::Load(kFloats, z_row + kLanes), tanh_c), kFloats, rows[r].h + u);
  }
}

// Calls tile(row, std::integral_constant<rows>) for groups of kTileRows rows and, at the end, for
// the smaller group that is left.
template <class Tile, std::size_t... kRest>
HWY_INLINE void for_tiles(std::size_t rows, std::index_sequence<kRest...>, const Tile& tile) {
  std::size_t r = 0;
  for (; r + kTileRows <= rows; r += kTileRows) {
    tile(r, std::integral_constant<std::size_t, kTileRows>());
  }
  const std::size_t rest = rows - r;
  ((rest == kRest + 1 ? tile(r, std::integral_constant<std::size_t, kRest + 1>()) : void()), ...);
}

}  // namespace HWY_NAMESPACE
}  // namespace skol
HWY_AFTER_NAMESPACE();

#endif  // toggled guard
