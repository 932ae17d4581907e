// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference_kernels.h"

#include <algorithm>
#include <cmath>

#include "kernels/reference_cell.h"

namespace skol {
namespace {

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
          float& sum = c[r][b.first_column(n) + j * b.vector_step()];
          for (std::size_t k = 0; k < b.depth; ++k) {
            sum = std::fma(a[r][k * a_step], column[k * width], sum);
          }
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

  void lstm_step(std::span<const LstmRow> rows, const PackedMatrix* input,
                 const PackedMatrix& recurrent) const override {
    const std::size_t units = recurrent.depth;
    for (const LstmRow& row : rows) {
      for (std::size_t u = 0; u < units; ++u) {
        float z[4];
        for (std::size_t gate = 0; gate < 4; ++gate) {
          z[gate] = row.gates[gate * units + u];
          if (input != nullptr) z[gate] = gate_sum(row.x, *input, u, gate, z[gate]);
          z[gate] = gate_sum(row.h_previous, recurrent, u, gate, z[gate]);
        }
        row.h[u] = update_cell(z, row.c_previous[u], row.c[u]);
        if (row.activations == nullptr) continue;
        const float activations[] = {sigmoid_of(z[0]), sigmoid_of(z[1]), tanh_of(z[2]),
                                     sigmoid_of(z[3])};
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

  void exp(std::span<const float> x, float* y) const override {
    std::transform(x.begin(), x.end(), y, exp_limited);
  }
  void sigmoid(std::span<const float> x, float* y) const override {
    std::transform(x.begin(), x.end(), y, sigmoid_of);
  }
  void tanh(std::span<const float> x, float* y) const override {
    std::transform(x.begin(), x.end(), y, tanh_of);
  }

 private:
  // sum + x * the column of this unit's gate.
  static float gate_sum(const float* x, const PackedMatrix& w, std::size_t u, std::size_t gate,
                        float sum) {
    const float* gates = w.panel(4 * u);  // [depth][4]
    for (std::size_t k = 0; k < w.depth; ++k) sum = std::fma(x[k], gates[4 * k + gate], sum);
    return sum;
  }
};

}  // namespace

const Kernels& reference_kernels() {
  static const ReferenceKernels kernels;
  return kernels;
}

}  // namespace skol
