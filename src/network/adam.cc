// SPDX-License-Identifier: Apache-2.0
#include "network/adam.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace skol {
namespace {

// Weights of one task: 64 KiB of floats, so that a task is worth its hand-over.
constexpr std::size_t kWeightsOfTask = 16384;

// Rows of an embedding that are one task: about as many weights.
constexpr std::size_t kRowsOfTask = 128;

std::size_t task_count_of_rows(std::size_t rows) {
  return (rows + kRowsOfTask - 1) / kRowsOfTask;
}

std::span<const std::uint32_t> rows_of_task(std::span<const std::uint32_t> rows, std::size_t task) {
  const std::size_t first = task * kRowsOfTask;
  return rows.subspan(first, std::min(kRowsOfTask, rows.size() - first));
}

std::size_t task_count(std::size_t weights) {
  return (weights + kWeightsOfTask - 1) / kWeightsOfTask;
}

// Eight sums side by side, as many as keep the adders of one core busy.
double square_sum(std::span<const float> values) {
  std::array<double, 8> sums{};
  std::size_t i = 0;
  for (; i + sums.size() <= values.size(); i += sums.size()) {
    for (std::size_t j = 0; j < sums.size(); ++j) {
      sums[j] += static_cast<double>(values[i + j]) * values[i + j];
    }
  }
  for (; i < values.size(); ++i) sums[0] += static_cast<double>(values[i]) * values[i];
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

}  // namespace

double norm(const Parameters& gradient, std::span<const std::uint32_t> touched, ThreadPool& pool) {
  const auto values = gradient.core_values();
  std::vector<double> sums(task_count(values.size()));
  pool.parallel_for(sums.size(), [&](std::size_t task, std::size_t) {
    const std::size_t first = task * kWeightsOfTask;
    sums[task] = square_sum(values.subspan(first, std::min(kWeightsOfTask, values.size() - first)));
  });
  const SlicedMatrix<const float> rows = gradient.sparse_weights();
  std::vector<double> row_sums(task_count_of_rows(touched.size()));
  pool.parallel_for(row_sums.size(), [&](std::size_t task, std::size_t) {
    for (const std::uint32_t row : rows_of_task(touched, task)) {
      row_sums[task] += square_sum({rows.at(row, 0), rows.columns});
    }
  });
  double sum = 0;
  for (const double part : sums) sum += part;
  for (const double part : row_sums) sum += part;
  return std::sqrt(sum);
}

Adam::Adam(const NetworkShape& shape, const AdamOptions& options)
    : options_(options), m_(shape), v_(shape) {}

void Adam::update(const Kernels& kernels, ThreadPool& pool, const Parameters& gradient,
                  std::span<const std::uint32_t> touched, Parameters& parameters) {
  ++steps_;
  const auto t = static_cast<double>(steps_);
  AdamStep step{};
  const double clip = options_.clip_norm;
  step.gradient_scale =
      clip > 0 ? static_cast<float>(clip / std::max(norm(gradient, touched, pool), clip)) : 1.0f;
  step.beta1 = static_cast<float>(options_.beta1);
  step.beta2 = static_cast<float>(options_.beta2);
  step.step = static_cast<float>(options_.learning_rate / (1 - std::pow(options_.beta1, t)));
  step.root_correction = static_cast<float>(1 / std::sqrt(1 - std::pow(options_.beta2, t)));
  step.epsilon = static_cast<float>(options_.epsilon);
  const auto g = gradient.core_values();
  const auto w = parameters.core_values(), m = m_.core_values(), v = v_.core_values();
  pool.parallel_for(task_count(w.size()), [&](std::size_t task, std::size_t) {
    const std::size_t first = task * kWeightsOfTask;
    const std::size_t count = std::min(kWeightsOfTask, w.size() - first);
    kernels.adam(step, g.subspan(first, count), w.subspan(first, count), m.subspan(first, count),
                 v.subspan(first, count));
  });
  const SlicedMatrix<const float> g_rows = gradient.sparse_weights();
  const SlicedMatrix<float> w_rows = parameters.sparse_weights(), m_rows = m_.sparse_weights(),
                            v_rows = v_.sparse_weights();
  const std::size_t width = g_rows.columns;
  pool.parallel_for(task_count_of_rows(touched.size()), [&](std::size_t task, std::size_t) {
    for (const std::uint32_t row : rows_of_task(touched, task)) {
      kernels.adam(step, {g_rows.at(row, 0), width}, {w_rows.at(row, 0), width},
                   {m_rows.at(row, 0), width}, {v_rows.at(row, 0), width});
    }
  });
}

}  // namespace skol
