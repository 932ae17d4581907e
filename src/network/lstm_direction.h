// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include "kernels/bf16_kernels.h"
#include "kernels/kernels.h"
#include "network/shape.h"

namespace skol {

// The rows of one window: first_row .. first_row + length, one a line.
struct WindowRows {
  std::size_t first_row;
  std::size_t length;  // >= 1
};

// One direction of one LSTM layer over several windows, longest first, so that the windows that are
// still running in a step are the first ones and padding is never computed. The backward direction
// starts at each window's own last line. Windows do not influence each other.
struct LstmDirection {
  const Kernels& kernels;
  std::size_t units;
  Direction direction;
  std::span<const WindowRows> windows;
};

// The row of a window in a step: steps count from where the direction starts.
std::size_t row_of(const LstmDirection& lstm, const WindowRows& window, std::size_t step);

// What a direction of a layer computes with; T is what the outputs of layers are kept in.
template <class T>
struct LstmWeights {
  using Matrix = std::conditional_t<std::is_same_v<T, float>, PackedMatrix, PackedBf16>;
  using Backend = std::conditional_t<std::is_same_v<T, float>, Kernels, Bf16Kernels>;
  const Backend& kernels;
  const Matrix& recurrent;
  // Of an upper layer whose input x[row], `stride` values apart, is multiplied step by step;
  // nullptr: the gates have the input.
  const Matrix* input = nullptr;
  const T* x = nullptr;
  std::size_t stride = 0;
};

// Steps first_step .. end_step, or to the end of the longest window; called for successive ranges.
// gates[row]: what the bias, and the input where the weights have none, give this direction's
// gates, [4][units], for the rows of these steps. h: [rows][2 directions][units], this direction's
// half is written. cells: [windows][units], kept from range to range. zeros: [units] zeros.
template <class T>
void lstm_forward(const LstmDirection& lstm, std::size_t first_step, std::size_t end_step,
                  std::span<const float* const> gates, const LstmWeights<T>& weights, T* h,
                  float* cells, const T* zeros, std::vector<LstmStepRow<T>>& scratch);

// What the way forward keeps for the way back, for both directions.
struct LstmTrace {
  float* h;            // [rows][2][units]
  float* cells;        // [rows][2][units]
  float* activations;  // [rows][2][4][units]; in: gates from input and bias, where the weights have
                       // no input; on the way back it becomes the gradient of the gates
};

// bias: [4][units] of this direction, for weights with an input; the gates have it otherwise.
void lstm_forward(const LstmDirection& lstm, const LstmWeights<float>& weights, const float* bias,
                  const LstmTrace& trace, const float* zeros, std::vector<LstmRow>& scratch);

// dh: [rows][2][units], gradient of h from above; what comes from the step after is added to it.
// recurrent_transposed: pack_transposed of the recurrent weights, [4 * units][units]. dc:
// [windows][units], overwritten.
void lstm_backward(const LstmDirection& lstm, const PackedMatrix& recurrent_transposed,
                   const LstmTrace& trace, float* dh, float* dc, const float* zeros);

}  // namespace skol
