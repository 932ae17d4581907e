// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference_kernels.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "kernels/activation_constants.h"

namespace skol {
namespace {

struct Expm1Parts {
  float scale;  // 2^n
  float expm1;  // of the remainder
};

// exp(x) = scale * (1 + expm1), for |x| <= kExpLimit.
Expm1Parts expm1_parts(float x) {
  const float shifted = std::fma(x, kLog2E, kRoundMagic);
  const float n = shifted - kRoundMagic;
  const float scale = std::bit_cast<float>((std::bit_cast<std::uint32_t>(shifted) + 127u) << 23);
  const float r = std::fma(n, -kLn2Low, std::fma(n, -kLn2High, x));
  float p = kExpm1[4];
  for (int i = 3; i >= 0; --i) p = std::fma(p, r, kExpm1[i]);
  return {scale, std::fma(p, r * r, r)};
}

float exp_limited(float x) {
  x = x > -kExpLimit ? x : -kExpLimit;
  x = x < kExpLimit ? x : kExpLimit;
  const Expm1Parts parts = expm1_parts(x);
  return std::fma(parts.scale, parts.expm1, parts.scale);
}

float sigmoid_of(float x) {
  return 1.0f / (1.0f + exp_limited(-x));
}

float tanh_of(float x) {
  float magnitude = std::fabs(x);
  magnitude = magnitude < kTanhLimit ? magnitude : kTanhLimit;
  const Expm1Parts parts = expm1_parts(-2.0f * magnitude);
  const float expm1 = std::fma(parts.scale, parts.expm1, parts.scale - 1.0f);
  return std::copysign(-expm1 / (expm1 + 2.0f), x);
}

class ReferenceKernels final : public Kernels {
 public:
  std::string_view name() const override { return "scalar"; }
  std::size_t lanes() const override { return 1; }
  std::size_t tile_rows() const override { return 1; }

  void gemm(std::span<const float* const> a, std::size_t a_step, const PackedMatrix& b,
            const float* start, std::span<float* const> c) const override {
    for (float* row : c) std::copy_n(start, b.columns, row);
    gemm_add(a, a_step, b, c);
  }

  void gemm_add(std::span<const float* const> a, std::size_t a_step, const PackedMatrix& b,
                std::span<float* const> c) const override {
    for (std::size_t r = 0; r < a.size(); ++r) {
      for (std::size_t n = 0, width; n < b.columns; n += width) {
        width = PackedMatrix::panel_width(b.columns - n, 1);
        for (std::size_t j = 0; j < width; ++j) {
          const float* column = b.panel(n) + j;
          float sum = c[r][n + j];
          for (std::size_t k = 0; k < b.depth; ++k) {
            sum = std::fma(a[r][k * a_step], column[k * width], sum);
          }
          c[r][n + j] = sum;
        }
      }
    }
  }

  void sparse_row(std::span<const std::uint32_t> columns, std::span<const float> values,
                  const float* w, std::size_t stride, std::size_t width, const float* start,
                  float* out) const override {
    std::copy_n(start, width, out);
    for (std::size_t j = 0; j < columns.size(); ++j) {
      const float* row = w + columns[j] * stride;
      for (std::size_t n = 0; n < width; ++n) out[n] = std::fma(values[j], row[n], out[n]);
    }
  }

  void lstm_step(std::span<const LstmRow> rows, const PackedMatrix& recurrent) const override {
    const std::size_t units = recurrent.depth;
    for (const LstmRow& row : rows) {
      for (std::size_t u = 0; u < units; ++u) {
        const float* u_gates = recurrent.panel(4 * u);  // [units][4]
        float z[4];
        for (std::size_t gate = 0; gate < 4; ++gate) {
          z[gate] = row.gates[gate * units + u];
          for (std::size_t k = 0; k < units; ++k) {
            z[gate] = std::fma(row.h_previous[k], u_gates[4 * k + gate], z[gate]);
          }
        }
        const float i = sigmoid_of(z[0]), f = sigmoid_of(z[1]), g = tanh_of(z[2]);
        const float o = sigmoid_of(z[3]);
        const float c = std::fma(f, row.c_previous[u], i * g);
        row.c[u] = c;
        row.h[u] = o * tanh_of(c);
        if (row.activations == nullptr) continue;
        const float activations[4] = {i, f, g, o};
        for (std::size_t gate = 0; gate < 4; ++gate) {
          row.activations[gate * units + u] = activations[gate];
        }
      }
    }
  }

  // With y = sigmoid(z), dz = dy y (1 - y); with y = tanh(z), dz = dy (1 - y^2).
  void lstm_step_gradient(std::span<const LstmRowGradient> rows, std::size_t units) const override {
    for (const LstmRowGradient& row : rows) {
      for (std::size_t u = 0; u < units; ++u) {
        float* gates[4];
        for (std::size_t gate = 0; gate < 4; ++gate)
          gates[gate] = row.activations + gate * units + u;
        const float i = *gates[0], f = *gates[1], g = *gates[2], o = *gates[3];
        const float dh = row.dh[u], tanh_c = tanh_of(row.c[u]);
        const float dc = std::fma(dh * o, std::fma(-tanh_c, tanh_c, 1.0f), row.dc[u]);
        *gates[0] = (dc * g) * (i * (1.0f - i));
        *gates[1] = (dc * row.c_previous[u]) * (f * (1.0f - f));
        *gates[2] = (dc * i) * std::fma(-g, g, 1.0f);
        *gates[3] = (dh * tanh_c) * (o * (1.0f - o));
        row.dc[u] = dc * f;
      }
    }
  }

  void softmax(float* logits, std::size_t rows, std::size_t classes,
               std::size_t stride) const override {
    for (std::size_t r = 0; r < rows; ++r, logits += stride) {
      float largest = logits[0];
      for (std::size_t c = 1; c < classes; ++c) largest = largest > logits[c] ? largest : logits[c];
      float sum = 0;
      for (std::size_t c = 0; c < classes; ++c) sum += logits[c] = exp_limited(logits[c] - largest);
      for (std::size_t c = 0; c < classes; ++c) logits[c] /= sum;
    }
  }

  void adam(const AdamStep& step, std::span<const float> gradient, std::span<float> w,
            std::span<float> m, std::span<float> v) const override {
    for (std::size_t i = 0; i < w.size(); ++i) {
      const float g = gradient[i] * step.gradient_scale;
      m[i] = std::fma(step.beta1, m[i], (1.0f - step.beta1) * g);
      v[i] = std::fma(step.beta2, v[i], (1.0f - step.beta2) * (g * g));
      const float denominator = std::fma(std::sqrt(v[i]), step.root_correction, step.epsilon);
      w[i] -= step.step * m[i] / denominator;
    }
  }

  void sigmoid(std::span<const float> x, float* y) const override {
    std::transform(x.begin(), x.end(), y, sigmoid_of);
  }
  void tanh(std::span<const float> x, float* y) const override {
    std::transform(x.begin(), x.end(), y, tanh_of);
  }
};

}  // namespace

const Kernels& reference_kernels() {
  static const ReferenceKernels kernels;
  return kernels;
}

}  // namespace skol
