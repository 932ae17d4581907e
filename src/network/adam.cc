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

double norm(const Parameters& gradient, ThreadPool& pool) {
  const auto values = gradient.values();
  std::vector<double> sums(task_count(values.size()));
  pool.parallel_for(sums.size(), [&](std::size_t task, std::size_t) {
    const std::size_t first = task * kWeightsOfTask;
    sums[task] = square_sum(values.subspan(first, std::min(kWeightsOfTask, values.size() - first)));
  });
  double sum = 0;
  for (const double part : sums) sum += part;
  return std::sqrt(sum);
}

Adam::Adam(const NetworkShape& shape, const AdamOptions& options)
    : options_(options), m_(shape), v_(shape) {}

void Adam::update(const Kernels& kernels, ThreadPool& pool, const Parameters& gradient,
                  Parameters& parameters) {
  ++steps_;
  const auto t = static_cast<double>(steps_);
  AdamStep step{};
  const double clip = options_.clip_norm;
  step.gradient_scale =
      clip > 0 ? static_cast<float>(clip / std::max(norm(gradient, pool), clip)) : 1.0f;
  step.beta1 = static_cast<float>(options_.beta1);
  step.beta2 = static_cast<float>(options_.beta2);
  step.step = static_cast<float>(options_.learning_rate / (1 - std::pow(options_.beta1, t)));
  step.root_correction = static_cast<float>(1 / std::sqrt(1 - std::pow(options_.beta2, t)));
  step.epsilon = static_cast<float>(options_.epsilon);
  const auto g = gradient.values();
  const auto w = parameters.values(), m = m_.values(), v = v_.values();
  pool.parallel_for(task_count(w.size()), [&](std::size_t task, std::size_t) {
    const std::size_t first = task * kWeightsOfTask;
    const std::size_t count = std::min(kWeightsOfTask, w.size() - first);
    kernels.adam(step, g.subspan(first, count), w.subspan(first, count), m.subspan(first, count),
                 v.subspan(first, count));
  });
}

}  // namespace skol
