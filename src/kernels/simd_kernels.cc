// SPDX-License-Identifier: Apache-2.0
// The kernels for AVX2, AVX-512 and NEON from one source: Highway includes this file once for each
// target. The choice among them is made at run time, at the end of the file.

// The bits are those of fused multiply-adds, which Highway's lesser targets round twice; processors
// without them get the reference.
#if defined(__x86_64__)
#define HWY_BASELINE_TARGETS HWY_AVX2
#define HWY_DISABLED_TARGETS (HWY_SCALAR | HWY_EMU128 | HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL)
#else
#define HWY_COMPILE_ONLY_STATIC  // NEON: SVE's vectors have no size to make tiles of
#endif
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/simd_kernels.cc"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

#include <algorithm>

#include "kernels/activations-inl.h"
#include "kernels/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace skol {
namespace HWY_NAMESPACE {

template <std::size_t kVectors>
void gemm_panel(std::span<const float* const> a, std::size_t a_step, std::size_t depth,
                const float* panel, const float* start, std::span<float* const> c,
                std::size_t column, std::size_t step) {
  for_tiles(a.size(), std::make_index_sequence<kTileRows - 1>(), [&](std::size_t r, auto rows) {
    gemm_tile<rows(), kVectors>(a.data() + r, a_step, depth, panel, start, c.data() + r, column,
                                step);
  });
}

// out[0 .. kVectors vectors) of sparse_row.
template <std::size_t kVectors>
HWY_INLINE void sparse_block(std::span<const std::uint32_t> columns, std::span<const float> values,
                             const float* w, std::size_t stride, const float* start, float* out) {
  V sums[kVectors];
#pragma GCC unroll 8
  for (std::size_t v = 0; v < kVectors; ++v) sums[v] = hn::LoadU(kFloats, start + v * kLanes);
  for (std::size_t j = 0; j < columns.size(); ++j) {
    const float* row = w + columns[j] * stride;
    const V value = hn::Set(kFloats, values[j]);
    fetch_entry<kVectors * kLanes>(columns, j, w, stride);
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kVectors; ++v) {
      sums[v] = hn::MulAdd(value, hn::LoadU(kFloats, row + v * kLanes), sums[v]);
    }
  }
#pragma GCC unroll 8
  for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(sums[v], kFloats, out + v * kLanes);
}

class SimdKernels final : public Kernels {
 public:
  std::string_view name() const override {
    return HWY_TARGET == HWY_AVX2 ? "avx2" : HWY_TARGET == HWY_AVX3 ? "avx512" : "neon";
  }
  std::size_t lanes() const override { return kLanes; }
  std::size_t tile_rows() const override { return kTileRows; }

  void gemm(std::span<const float* const> a, std::size_t a_step, const PackedMatrix& b,
            const float* start, std::span<float* const> c) const override {
    gemm_from(a, a_step, b, start, c);
  }

  void gemm_add(std::span<const float* const> a, std::size_t a_step, const PackedMatrix& b,
                std::span<float* const> c) const override {
    gemm_from(a, a_step, b, nullptr, c);
  }

  void sparse_row(std::span<const std::uint32_t> columns, std::span<const float> values,
                  const float* w, std::size_t stride, std::size_t width, const float* start,
                  float* out) const override {
    std::size_t n = 0;
    for (; n + kSparseBlock * kLanes <= width; n += kSparseBlock * kLanes) {
      sparse_block<kSparseBlock>(columns, values, w + n, stride, start + n, out + n);
    }
    for (; n + kSparseBlock / 2 * kLanes <= width; n += kSparseBlock / 2 * kLanes) {
      sparse_block<kSparseBlock / 2>(columns, values, w + n, stride, start + n, out + n);
    }
    for (; n < width; n += kLanes) {
      sparse_block<1>(columns, values, w + n, stride, start + n, out + n);
    }
  }

  void lstm_step(std::span<const LstmRow> rows, const PackedMatrix* input,
                 const PackedMatrix& recurrent) const override {
    const std::size_t units = recurrent.depth;
    const std::size_t ahead =
        (input == nullptr ? 4 : input->depth / units) * kLanes * sizeof(float);
    step_by_tiles(rows, units, ahead,
                  [&](const LstmRow* some, auto count, std::size_t u, float* z) {
                    gates_tile<count()>(some, input, recurrent, u, z);
                  });
  }

  void lstm_step_gradient(std::span<const LstmRowGradient> rows, std::size_t units) const override {
    for (const LstmRowGradient& row : rows) {
      for (std::size_t u = 0; u < units; u += kLanes) gradient_of_units(row, units, u);
    }
  }

  void softmax(float* logits, std::size_t rows, std::size_t classes,
               std::size_t stride) const override {
    // Lanes are rows: a column of kLanes rows is brought together in `lane`.
    HWY_ALIGN float lane[kLanes] = {};
    const auto gather = [&](const float* from, std::size_t count) HWY_ATTR {
      for (std::size_t r = 0; r < count; ++r) lane[r] = from[r * stride];
      return hn::Load(kFloats, lane);
    };
    const auto scatter = [&](V values, float* to, std::size_t count) HWY_ATTR {
      hn::Store(values, kFloats, lane);
      for (std::size_t r = 0; r < count; ++r) to[r * stride] = lane[r];
    };
    for (std::size_t r = 0; r < rows; r += kLanes, logits += kLanes * stride) {
      const std::size_t count = std::min(kLanes, rows - r);
      V largest = gather(logits, count);
      for (std::size_t c = 1; c < classes; ++c) {
        largest = hn::Max(largest, gather(logits + c, count));
      }
      V sum = hn::Zero(kFloats);
      for (std::size_t c = 0; c < classes; ++c) {
        const V e = exp_limited(hn::Sub(gather(logits + c, count), largest));
        sum = hn::Add(sum, e);
        scatter(e, logits + c, count);
      }
      for (std::size_t c = 0; c < classes; ++c) {
        scatter(hn::Div(gather(logits + c, count), sum), logits + c, count);
      }
    }
  }

  void adam(const AdamStep& step, std::span<const float> gradient, std::span<float> w,
            std::span<float> m, std::span<float> v) const override {
    std::size_t i = 0;
    for (; i + kLanes <= w.size(); i += kLanes) {
      adam_lanes(step, &gradient[i], &w[i], &m[i], &v[i]);
    }
    if (i == w.size()) return;
    HWY_ALIGN float rest[4][kLanes] = {};
    const std::size_t count = w.size() - i;
    const auto each = [&](auto copy) {
      copy(const_cast<float*>(&gradient[i]), rest[0]);
      copy(&w[i], rest[1]), copy(&m[i], rest[2]), copy(&v[i], rest[3]);
    };
    each([&](float* from, float* to) { std::copy_n(from, count, to); });
    adam_lanes(step, rest[0], rest[1], rest[2], rest[3]);
    each([&](float* to, const float* from) { std::copy_n(from, count, to); });
  }

  void exp(std::span<const float> x, float* y) const override {
    for_lanes(x, y, [](V v) HWY_ATTR { return exp_limited(v); });
  }
  void sigmoid(std::span<const float> x, float* y) const override {
    for_lanes(x, y, [](V v) HWY_ATTR { return sigmoid_of(v); });
  }
  void tanh(std::span<const float> x, float* y) const override {
    for_lanes(x, y, [](V v) HWY_ATTR { return tanh_of(v); });
  }

 private:
  // Rows that gemm takes through a panel before the next panel: their share of a and of c, 1 KiB
  // and 128 bytes a row at 128 units, stays in the second-level cache.
  static constexpr std::size_t kMaxRows = 192;
  // Vectors of a sparse row that are summed at once: with 8 sums the next entries are on their way
  // from the second-level cache while one multiply-add waits for the one before.
  static constexpr std::size_t kSparseBlock = 8;

  static void gemm_from(std::span<const float* const> a, std::size_t a_step, const PackedMatrix& b,
                        const float* start, std::span<float* const> c) {
    for (std::size_t r0 = 0; r0 < a.size(); r0 += kMaxRows) {
      const std::size_t rows = std::min(kMaxRows, a.size() - r0);
      for (std::size_t n = 0, width; n < b.columns; n += width) {
        width = PackedMatrix::panel_width(b.columns - n, kLanes);
        gemm_rows(a.subspan(r0, rows), a_step, b, n, width, start, c.subspan(r0, rows));
      }
    }
  }

  // A panel, by blocks of its depth.
  static void gemm_rows(std::span<const float* const> a, std::size_t a_step, const PackedMatrix& b,
                        std::size_t n, std::size_t width, const float* start,
                        std::span<float* const> c) {
    const float* first[kMaxRows];
    for (std::size_t k0 = 0; k0 == 0 || k0 < b.depth; k0 += kDepthBlock) {
      const std::size_t depth = std::min(kDepthBlock, b.depth - k0);
      for (std::size_t r = 0; r < a.size(); ++r) first[r] = a[r] + k0 * a_step;
      const float* panel = b.panel(n) + k0 * width;
      const std::span<const float* const> rows(first, a.size());
      const float* from = k0 == 0 ? start : nullptr;
      const std::size_t column = b.first_column(n), step = b.vector_step();
      switch (width / kLanes) {
        case 4:
          gemm_panel<4>(rows, a_step, depth, panel, from, c, column, step);
          break;
        case 2:
          gemm_panel<2>(rows, a_step, depth, panel, from, c, column, step);
          break;
        default:
          gemm_panel<1>(rows, a_step, depth, panel, from, c, column, step);
      }
    }
  }

  static HWY_INLINE void gradient_of_units(const LstmRowGradient& row, std::size_t units,
                                           std::size_t u) {
    float* activations = row.activations + u;
    const V one = hn::Set(kFloats, 1.0f);
    const V i = hn::LoadU(kFloats, activations), f = hn::LoadU(kFloats, activations + units);
    const V g = hn::LoadU(kFloats, activations + 2 * units);
    const V o = hn::LoadU(kFloats, activations + 3 * units);
    const V dh = hn::LoadU(kFloats, row.dh + u);
    const V tanh_c = tanh_of(hn::LoadU(kFloats, row.c + u));
    const V dc = hn::MulAdd(hn::Mul(dh, o), hn::NegMulAdd(tanh_c, tanh_c, one),
                            hn::LoadU(kFloats, row.dc + u));
    const V c_previous = hn::LoadU(kFloats, row.c_previous + u);
    hn::StoreU(hn::Mul(hn::Mul(dc, g), hn::Mul(i, hn::Sub(one, i))), kFloats, activations);
    hn::StoreU(hn::Mul(hn::Mul(dc, c_previous), hn::Mul(f, hn::Sub(one, f))), kFloats,
               activations + units);
    hn::StoreU(hn::Mul(hn::Mul(dc, i), hn::NegMulAdd(g, g, one)), kFloats, activations + 2 * units);
    hn::StoreU(hn::Mul(hn::Mul(dh, tanh_c), hn::Mul(o, hn::Sub(one, o))), kFloats,
               activations + 3 * units);
    hn::StoreU(hn::Mul(dc, f), kFloats, row.dc + u);
  }

  static HWY_INLINE void adam_lanes(const AdamStep& step, const float* gradient, float* w, float* m,
                                    float* v) {
    const auto set = [](float value) HWY_ATTR { return hn::Set(kFloats, value); };
    const V g = hn::Mul(hn::LoadU(kFloats, gradient), set(step.gradient_scale));
    const V new_m =
        hn::MulAdd(set(step.beta1), hn::LoadU(kFloats, m), hn::Mul(set(1.0f - step.beta1), g));
    const V new_v = hn::MulAdd(set(step.beta2), hn::LoadU(kFloats, v),
                               hn::Mul(set(1.0f - step.beta2), hn::Mul(g, g)));
    const V denominator = hn::MulAdd(hn::Sqrt(new_v), set(step.root_correction), set(step.epsilon));
    hn::StoreU(new_m, kFloats, m);
    hn::StoreU(new_v, kFloats, v);
    hn::StoreU(hn::Sub(hn::LoadU(kFloats, w), hn::Div(hn::Mul(set(step.step), new_m), denominator)),
               kFloats, w);
  }

  template <class Function>
  static void for_lanes(std::span<const float> x, float* y, const Function& function) {
    std::size_t i = 0;
    for (; i + kLanes <= x.size(); i += kLanes) {
      hn::StoreU(function(hn::LoadU(kFloats, x.data() + i)), kFloats, y + i);
    }
    HWY_ALIGN float lane[kLanes] = {};
    std::copy_n(x.data() + i, x.size() - i, lane);
    hn::Store(function(hn::Load(kFloats, lane)), kFloats, lane);
    std::copy_n(lane, x.size() - i, y + i);
  }
};

const Kernels& simd_kernels() {
  static const SimdKernels kernels;
  return kernels;
}

}  // namespace HWY_NAMESPACE
}  // namespace skol
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "base/fail.h"
#include "kernels/reference_kernels.h"

namespace skol {

std::vector<const Kernels*> available_kernels() {
  std::vector<const Kernels*> kernels;
#if defined(__x86_64__)
  const auto supported = hwy::SupportedTargets();
  if (supported & HWY_AVX3) kernels.push_back(&N_AVX3::simd_kernels());
  if (supported & HWY_AVX2) kernels.push_back(&N_AVX2::simd_kernels());
#else
  kernels.push_back(&HWY_STATIC_DISPATCH(simd_kernels)());
#endif
  kernels.push_back(&reference_kernels());
  return kernels;
}

std::vector<std::string_view> compiled_targets() {
#if defined(__x86_64__)
  return {"avx512", "avx2", "scalar"};
#else
  return {HWY_STATIC_DISPATCH(simd_kernels)().name(), "scalar"};
#endif
}

const Kernels& find_kernels(std::string_view name) {
  const auto kernels = available_kernels();
  if (name == "auto") return *kernels.front();
  std::string names;
  for (const Kernels* candidate : kernels) {
    if (candidate->name() == name) return *candidate;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", candidate->name());
  }
  fail(ErrorKind::kDevice, "SIMD target '{}': not on this machine, which has {}", name, names);
}

}  // namespace skol
#endif  // HWY_ONCE
