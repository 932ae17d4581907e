// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

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

// gates[row]: what input and bias give, [2 directions][4][units], for every row.
// h: [rows][2 directions][units], this direction's half is written.
// cells: [windows][units], overwritten; zeros: [units] zeros.
void lstm_forward(const LstmDirection& lstm, std::span<const float* const> gates,
                  const PackedMatrix& recurrent, float* h, float* cells, const float* zeros,
                  std::vector<LstmRow>& scratch);

// What the way forward keeps for the way back, for both directions.
struct LstmTrace {
  float* h;            // [rows][2][units]
  float* cells;        // [rows][2][units]
  float* activations;  // [rows][2][4][units]; in: gates from input and bias; on the way back it
                       // becomes the gradient of the gates
};

void lstm_forward(const LstmDirection& lstm, const PackedMatrix& recurrent, const LstmTrace& trace,
                  const float* zeros, std::vector<LstmRow>& scratch);

// dh: [rows][2][units], gradient of h. recurrent_transposed: pack_transposed of the recurrent
// weights, [4 * units][units]. state: [2][windows][units], overwritten.
void lstm_backward(const LstmDirection& lstm, const PackedMatrix& recurrent_transposed,
                   const LstmTrace& trace, const float* dh, float* state, const float* zeros);

}  // namespace skol
