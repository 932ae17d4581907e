// SPDX-License-Identifier: Apache-2.0
#include "network/lstm_direction.h"

#include <algorithm>

#include "base/aligned_vector.h"

namespace skol {
namespace {

std::size_t steps(const LstmDirection& lstm) {
  return lstm.windows.empty() ? 0 : lstm.windows.front().length;
}

// Windows longer than `step`, given how many were longer than an earlier step.
std::size_t running(const LstmDirection& lstm, std::size_t step, std::size_t before) {
  while (before > 0 && lstm.windows[before - 1].length <= step) --before;
  return before;
}

// Brings to the second-level cache what the next step reads. The rows of a step lie a window apart,
// where no prefetcher of a processor looks for them, and a training batch does not fit in the
// cache: without this a layer takes a twelfth longer.
void prefetch(const float* values, std::size_t count) {
  constexpr std::size_t kLine = kAlignment / sizeof(float);
  for (std::size_t i = 0; i < count; i += kLine) __builtin_prefetch(values + i, 0, 2);
}

}  // namespace

std::size_t row_of(const LstmDirection& lstm, const WindowRows& window, std::size_t step) {
  return window.first_row +
         (lstm.direction == Direction::kForward ? step : window.length - 1 - step);
}

template <class T>
void lstm_forward(const LstmDirection& lstm, std::size_t first_step, std::size_t end_step,
                  std::span<const float* const> gates, const LstmWeights<T>& weights, T* h,
                  float* cells, const T* zeros, std::vector<LstmStepRow<T>>& scratch) {
  const std::size_t units = lstm.units, half = static_cast<std::size_t>(lstm.direction);
  const auto h_of = [&](std::size_t row) { return h + (2 * row + half) * units; };
  const auto x_of = [&](std::size_t row) { return weights.x + row * weights.stride; };
  if (first_step == 0) std::fill_n(cells, lstm.windows.size() * units, 0.0f);
  scratch.resize(lstm.windows.size());
  std::size_t active = lstm.windows.size();
  for (std::size_t step = first_step; step < std::min(end_step, steps(lstm)); ++step) {
    active = running(lstm, step, active);
    for (std::size_t w = 0; w < active; ++w) {
      const WindowRows& window = lstm.windows[w];
      const std::size_t row = row_of(lstm, window, step);
      const T* h_previous = step == 0 ? zeros : h_of(row_of(lstm, window, step - 1));
      float* cell = cells + w * units;
      scratch[w] = {gates[row], nullptr, h_previous, cell, cell, h_of(row), nullptr, nullptr};
      if (weights.input != nullptr) scratch[w].x = x_of(row);
      if (step + 1 >= std::min(end_step, window.length)) continue;
      const std::size_t next = row_of(lstm, window, step + 1);
      scratch[w].ahead =
          weights.input == nullptr ? static_cast<const void*>(gates[next]) : x_of(next);
    }
    weights.kernels.lstm_step({scratch.data(), active}, weights.input, weights.recurrent);
  }
}

template void lstm_forward(const LstmDirection&, std::size_t, std::size_t,
                           std::span<const float* const>, const LstmWeights<float>&, float*, float*,
                           const float*, std::vector<LstmStepRow<float>>&);
template void lstm_forward(const LstmDirection&, std::size_t, std::size_t,
                           std::span<const float* const>, const LstmWeights<Bf16>&, Bf16*, float*,
                           const Bf16*, std::vector<LstmStepRow<Bf16>>&);

void lstm_forward(const LstmDirection& lstm, const LstmWeights<float>& weights, const float* bias,
                  const LstmTrace& trace, const float* zeros, std::vector<LstmRow>& scratch) {
  const std::size_t units = lstm.units, half = static_cast<std::size_t>(lstm.direction);
  const bool multiplied = weights.input == nullptr;
  scratch.resize(lstm.windows.size());
  std::size_t active = lstm.windows.size();
  for (std::size_t step = 0; step < steps(lstm); ++step) {
    active = running(lstm, step, active);
    for (std::size_t w = 0; w < active; ++w) {
      const WindowRows& window = lstm.windows[w];
      const std::size_t row = row_of(lstm, window, step), at = 2 * row + half;
      const std::size_t before = step == 0 ? 0 : 2 * row_of(lstm, window, step - 1) + half;
      const std::size_t next = step + 1 == window.length ? row : row_of(lstm, window, step + 1);
      float* activations = trace.activations + at * 4 * units;
      scratch[w] = {multiplied ? activations : bias,
                    multiplied ? nullptr : weights.x + row * weights.stride,
                    step == 0 ? zeros : trace.h + before * units,
                    step == 0 ? zeros : trace.cells + before * units,
                    trace.cells + at * units,
                    trace.h + at * units,
                    activations,
                    multiplied ? trace.activations + (2 * next + half) * 4 * units
                               : weights.x + next * weights.stride};
    }
    lstm.kernels.lstm_step({scratch.data(), active}, weights.input, weights.recurrent);
  }
}

void lstm_backward(const LstmDirection& lstm, const PackedMatrix& recurrent_transposed,
                   const LstmTrace& trace, float* dh, float* dc, const float* zeros) {
  const std::size_t units = lstm.units, half = static_cast<std::size_t>(lstm.direction);
  const std::size_t windows = lstm.windows.size();
  std::fill_n(dc, windows * units, 0.0f);
  std::vector<const float*> gates_after(windows);
  std::vector<float*> dh_rows(windows);
  std::vector<LstmRowGradient> rows(windows);
  for (std::size_t step = steps(lstm); step-- > 0;) {
    const std::size_t active = running(lstm, step, windows);
    const std::size_t with_after = running(lstm, step + 1, active);
    for (std::size_t w = 0; w < active; ++w) {
      const std::size_t at = 2 * row_of(lstm, lstm.windows[w], step) + half;
      dh_rows[w] = dh + at * units;
      if (step > 0) {
        const std::size_t before = 2 * row_of(lstm, lstm.windows[w], step - 1) + half;
        prefetch(trace.activations + before * 4 * units, 4 * units);
        prefetch(dh + before * units, units);
        prefetch(trace.cells + before * units, units);
      }
      if (w < with_after) {
        const std::size_t after = 2 * row_of(lstm, lstm.windows[w], step + 1) + half;
        gates_after[w] = trace.activations + after * 4 * units;
      }
      const float* c_previous =
          step == 0 ? zeros
                    : trace.cells + (2 * row_of(lstm, lstm.windows[w], step - 1) + half) * units;
      rows[w] = {dh_rows[w], dc + w * units, c_previous, trace.cells + at * units,
                 trace.activations + at * 4 * units};
    }
    lstm.kernels.gemm_add({gates_after.data(), with_after}, 1, recurrent_transposed,
                          {dh_rows.data(), with_after});
    lstm.kernels.lstm_step_gradient({rows.data(), active}, units);
  }
}

}  // namespace skol
