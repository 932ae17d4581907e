// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "kernels/packed_matrix.h"

namespace skol {

// One row (a window) in one time step of an LSTM direction; T is what the outputs of layers are
// kept in. Arrays of `units` values, `gates` and `activations` of 4 * units in the order i, f, g,
// o. None may overlap but c and c_previous.
template <class T>
struct LstmStepRow {
  const float* gates;   // what the bias, and the input as far as it is not x, give the gates
  const T* x;           // the input, where it is still to be multiplied
  const T* h_previous;  // zeros in the first step
  const float* c_previous;
  float* c;
  T* h;
  float* activations;  // the gates after sigmoid and tanh, for the way back; nullptr: not wanted
  const void* ahead;   // what the next step reads, x or else gates: fetched meanwhile; or nullptr
};
using LstmRow = LstmStepRow<float>;

// The same on the way back: from dh and dc to the gradient of the gates before their activation.
struct LstmRowGradient {
  const float* dh;
  float* dc;  // in: from the step after; out: for the step before
  const float* c_previous;
  const float* c;
  float* activations;  // in: as the way forward left them; out: gradient of the gates
};

// Adam (Kingma and Ba 2015) in Keras' form: w -= step * m / (sqrt(v) * root_correction + epsilon),
// where step and root_correction carry the bias corrections of this iteration.
struct AdamStep {
  float gradient_scale;  // gradient clipping
  float beta1, beta2;
  float step, root_correction, epsilon;
};

// The few primitives a backend offers. All are pure functions of their arguments and thread-safe.
// Every output is one chain of fused multiply-adds in ascending order of depth, in float32, so that
// all backends of a CPU give the same bits; `reference` is the definition in plain loops.
class Kernels {
 public:
  virtual ~Kernels() = default;
  virtual std::string_view name() const = 0;
  // Floats of one vector: the `lanes` with which matrices for these kernels are packed.
  virtual std::size_t lanes() const = 0;
  // Rows (windows) that one pass of the innermost loop takes; multiples of it leave no remainder.
  virtual std::size_t tile_rows() const = 0;

  // c[r][n] = start[n] + sum over k of a[r][k * a_step] * b[k][n], for all rows and columns of b.
  virtual void gemm(std::span<const float* const> a, std::size_t a_step, const PackedMatrix& b,
                    const float* start, std::span<float* const> c) const = 0;
  // c[r][n] += the same sum.
  virtual void gemm_add(std::span<const float* const> a, std::size_t a_step, const PackedMatrix& b,
                        std::span<float* const> c) const = 0;

  // out[n] = start[n] + sum over j of values[j] * w[columns[j] * stride + n], n in [0, width);
  // width is a multiple of kColumnBlock.
  virtual void sparse_row(std::span<const std::uint32_t> columns, std::span<const float> values,
                          const float* w, std::size_t stride, std::size_t width, const float* start,
                          float* out) const = 0;

  // One time step (Hochreiter and Schmidhuber 1997, with forget gates):
  // z = gates + x * W + h_previous * U; c = sigmoid(zf) * c_previous + sigmoid(zi) * tanh(zg);
  // h = sigmoid(zo) * tanh(c). input: W, nullptr where the gates have it; recurrent: U; both from
  // pack_gates. gemm with W before gives the same bits as W here.
  virtual void lstm_step(std::span<const LstmRow> rows, const PackedMatrix* input,
                         const PackedMatrix& recurrent) const = 0;
  virtual void lstm_step_gradient(std::span<const LstmRowGradient> rows,
                                  std::size_t units) const = 0;

  // Replaces the first `classes` values of each of `rows` rows, `stride` apart, by their softmax.
  virtual void softmax(float* logits, std::size_t rows, std::size_t classes,
                       std::size_t stride) const = 0;

  virtual void adam(const AdamStep& step, std::span<const float> gradient, std::span<float> w,
                    std::span<float> m, std::span<float> v) const = 0;

  // y[i] = exp(x[i]) as softmax computes it, sigmoid(x[i]) and tanh(x[i]) as lstm_step does: for
  // tests of their accuracy.
  virtual void exp(std::span<const float> x, float* y) const = 0;
  virtual void sigmoid(std::span<const float> x, float* y) const = 0;
  virtual void tanh(std::span<const float> x, float* y) const = 0;
};

// The backends this machine can run, best first; "scalar" is always the last.
std::vector<const Kernels*> available_kernels();

// The names of all backends of this build, best first, whether they can run here or not.
std::vector<std::string_view> compiled_targets();

// The backend of that name ("auto": the best); Error kDevice where it is unknown or cannot run
// here.
const Kernels& find_kernels(std::string_view name);

}  // namespace skol
