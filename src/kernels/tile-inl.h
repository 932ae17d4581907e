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
#include "kernels/bf16.h"
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
                          std::size_t column, std::size_t step) {
  V sums[kRows][kVectors];
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kVectors; ++v) {
      sums[r][v] = hn::LoadU(kFloats, (start == nullptr ? c[r] : start) + column + v * step);
    }
  }
  accumulate<kRows, kVectors>(a, a_step, depth, panel, sums);
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kVectors; ++v) {
      hn::StoreU(sums[r][v], kFloats, c[r] + column + v * step);
    }
  }
}

// z[r][gate] = gates + x * W + h_previous * U for units u .. u + kLanes of kRows windows. Not
// inlined: the constants of the activations would take registers from the sums.
template <std::size_t kRows>
HWY_NOINLINE void gates_tile(const LstmRow* rows, const PackedMatrix* input,
                             const PackedMatrix& recurrent, std::size_t u, float* HWY_RESTRICT z) {
  V sums[kRows][4];
  const float* a[kRows];
  const std::size_t units = recurrent.units;
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (std::size_t gate = 0; gate < 4; ++gate) {
      sums[r][gate] = hn::LoadU(kFloats, rows[r].gates + gate * units + u);
    }
  }
  if (input != nullptr) {
    for (std::size_t r = 0; r < kRows; ++r) a[r] = rows[r].x;
    accumulate<kRows, 4>(a, 1, input->depth, input->panel(4 * u), sums);
  }
  for (std::size_t r = 0; r < kRows; ++r) a[r] = rows[r].h_previous;
  accumulate<kRows, 4>(a, 1, recurrent.depth, recurrent.panel(4 * u), sums);
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (std::size_t gate = 0; gate < 4; ++gate) {
      hn::Store(sums[r][gate], kFloats, z + (r * 4 + gate) * kLanes);
    }
  }
}

HWY_INLINE void store_output(V h, float* to) {
  hn::StoreU(h, kFloats, to);
}

// As to_bf16.
HWY_INLINE void store_output(V h, Bf16* to) {
  const hn::RebindToUnsigned<Floats> words;
  const hn::Rebind<std::uint16_t, Floats> halves;
  const auto bits = hn::BitCast(words, h);
  const auto even = hn::And(hn::ShiftRight<16>(bits), hn::Set(words, 1u));
  const auto rounded = hn::Add(bits, hn::Add(even, hn::Set(words, 0x7FFFu)));
  hn::StoreU(hn::TruncateTo(halves, hn::ShiftRight<16>(rounded)), halves,
             reinterpret_cast<std::uint16_t*>(to));
}

// Brings to the second-level cache one part, of `count` bytes, of what the next step reads. The
// rows of a step lie a window apart, where no prefetcher of a processor looks for them; asked for
// all at once they would wait for each other.
template <class T>
HWY_INLINE void fetch_ahead(std::span<const LstmStepRow<T>> rows, std::size_t count,
                            std::size_t part) {
  for (const LstmStepRow<T>& row : rows) {
    if (row.ahead == nullptr) continue;
    for (std::size_t i = 0; i < count; i += kAlignment) {
      __builtin_prefetch(static_cast<const char*>(row.ahead) + part * count + i, 0, 2);
    }
  }
}

// Rows of an LSTM step whose gates lie on the stack at a time, between product and activation:
// 6 KiB of AVX-512 beside the 32 KiB of weights in the first-level cache.
constexpr std::size_t kMaxStepRows = 24;

// The new state of units u .. u + kLanes from their gates z[r][gate], operation for operation as
// in reference_kernels.cc. The operations for one vector wait for each other, and a processor looks
// some hundred operations ahead: a pass does little for a vector, but for all rows.
template <class T>
HWY_NOINLINE void update_state(std::span<const LstmStepRow<T>> rows, std::size_t units,
                               std::size_t u, float* HWY_RESTRICT z) {
  const V one = hn::Set(kFloats, 1.0f);
  for (float* at = z; at < z + rows.size() * 4 * kLanes; at += 4 * kLanes) {
    for (std::size_t gate : {0, 1, 3}) {
      float* const sigmoid = at + gate * kLanes;
      hn::Store(plus_one(decay(hn::Load(kFloats, sigmoid))), kFloats, sigmoid);
    }
    hn::Store(decay_twice(hn::Load(kFloats, at + 2 * kLanes)), kFloats, at + 2 * kLanes);
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    float* const at = z + r * 4 * kLanes;
    const V i = hn::Load(kFloats, at), f = hn::Load(kFloats, at + kLanes);
    const V e_g = hn::Load(kFloats, at + 2 * kLanes), o = hn::Load(kFloats, at + 3 * kLanes);
    const V i_g = hn::Mul(i, plus_one(e_g));
    const V numerator =
        hn::MulAdd(hn::LoadU(kFloats, rows[r].c_previous + u), i_g, hn::Mul(one_minus(e_g), f));
    const V c = hn::Div(numerator, hn::Mul(i_g, f));
    hn::StoreU(c, kFloats, rows[r].c + u);
    hn::Store(c, kFloats, at);
    if (rows[r].activations == nullptr) continue;
    float* const activations = rows[r].activations + u;
    hn::StoreU(hn::Div(one, i), kFloats, activations);
    hn::StoreU(hn::Div(one, f), kFloats, activations + units);
    hn::StoreU(hn::Div(one_minus(e_g), plus_one(e_g)), kFloats, activations + 2 * units);
    hn::StoreU(hn::Div(one, o), kFloats, activations + 3 * units);
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const float* const at = z + r * 4 * kLanes;
    const V e_c = decay_twice(hn::Load(kFloats, at));
    const V o = hn::Load(kFloats, at + 3 * kLanes);
    store_output(hn::Div(one_minus(e_c), hn::Mul(o, plus_one(e_c))), rows[r].h + u);
  }
}

// Entries of a sparse row between the one that is added and the one whose weights are asked for:
// the way from the second-level cache, some 14 cycles, and from the third, where a neighbour on
// the machine lets a slice rest there.
constexpr std::size_t kEntriesAhead = 6;

// Brings `kCount` weights of a later entry of a sparse row to the first-level cache.
template <std::size_t kCount, class T>
HWY_INLINE void fetch_entry(std::span<const std::uint32_t> columns, std::size_t entry, const T* w,
                            std::size_t stride) {
  const T* next = w + columns[std::min(entry + kEntriesAhead, columns.size() - 1)] * stride;
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kCount; i += kAlignment / sizeof(T)) __builtin_prefetch(next + i);
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

// An LSTM step: tile(rows, std::integral_constant<count>, u, z) multiplies, to z[row][gate] of
// units u .. u + kLanes. ahead: bytes that the next step reads for so many units.
template <class T, class Tile>
HWY_INLINE void step_by_tiles(std::span<const LstmStepRow<T>> all_rows, std::size_t units,
                              std::size_t ahead, const Tile& tile) {
  HWY_ALIGN float z[kMaxStepRows * 4 * kLanes];
  for (std::size_t r0 = 0; r0 < all_rows.size(); r0 += kMaxStepRows) {
    const auto rows = all_rows.subspan(r0, std::min(kMaxStepRows, all_rows.size() - r0));
    for (std::size_t u = 0; u < units; u += kLanes) {
      for_tiles(rows.size(), std::make_index_sequence<kTileRows - 1>(),
                [&](std::size_t r, auto count) { tile(&rows[r], count, u, z + r * 4 * kLanes); });
      fetch_ahead(rows, ahead, u / kLanes);
      update_state(rows, units, u, z);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace skol
HWY_AFTER_NAMESPACE();

#endif  // toggled guard
