// SPDX-License-Identifier: Apache-2.0
// Where the time of prediction goes: cycles a window of each stage of a network of two layers, on
// one thread, beside the least that its multiply-adds take. A cycle is that of two multiply-adds at
// the highest peak seen meanwhile.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "harness/bf16_multiply_adds.h"
#include "multiply_add_peak.h"
#include "network/network.h"
#include "network/sparse_product.h"

namespace skol {
namespace {

constexpr std::size_t kWindow = 50, kStride = 25, kInputs = 1000, kEntries = 30, kWindows = 12;
constexpr std::size_t kRepeats = 60;

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

SparseRows make_lines() {
  std::mt19937 random(1);
  SparseRows rows;
  for (std::size_t line = 0; line < (kWindows - 1) * kStride + kWindow; ++line) {
    std::vector<std::uint32_t> columns;
    for (std::size_t j = 0; j < kEntries; ++j) {
      // Squaring favours the first columns, as the vocabulary's order by frequency does.
      const double u = std::uniform_real_distribution<>(0, 1)(random);
      columns.push_back(static_cast<std::uint32_t>(u * u * kInputs));
    }
    std::sort(columns.begin(), columns.end());
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
    rows.append(columns, std::vector<float>(columns.size(), 0.5f));
  }
  return rows;
}

// T: what the outputs of layers are kept in.
template <class T>
class Stages {
 public:
  explicit Stages(const Network& network) : network_(network), units_(network.shape().units()) {
    for (std::size_t w = 0; w < kWindows; ++w) windows_.push_back({w * kWindow, kWindow});
  }

  void sparse_rows() {
    const std::size_t width = network_.shape().gates();
    const float* bias = network_.parameters().bias(0);
    if constexpr (std::is_same_v<T, float>) {
      sparse_product(network_.kernels(), lines_, 0, lines_.size(),
                     network_.parameters().sparse_weights(), 0, width, bias, gates_.data());
    } else {
      sparse_product(*network_.bf16_kernels(), lines_, 0, lines_.size(),
                     network_.bf16_sparse_weights(), 0, width, bias, gates_.data());
    }
  }

  void layer(std::size_t number) {
    for (const Direction direction : kDirections) {
      const std::size_t half = static_cast<std::size_t>(direction) * 4 * units_;
      LstmWeights<T> weights = network_.template lstm_weights<T>(number, direction);
      weights.x = outputs_[0].data();
      weights.stride = 2 * units_;
      for (std::size_t row = 0; row < kWindows * kWindow; ++row) {
        const std::size_t line = row / kWindow * kStride + row % kWindow;
        gate_rows_[row] = number == 0 ? &gates_[line * network_.shape().gates() + half]
                                      : network_.parameters().bias(number) + half;
      }
      lstm_forward<T>({network_.kernels(), units_, direction, windows_}, 0, kWindow, gate_rows_,
                      weights, outputs_[number].data(), cells_.data(), zeros_.data(), scratch_);
    }
  }

  double entries() const { return static_cast<double>(lines_.entries()); }

 private:
  const Network& network_;
  std::size_t units_;
  SparseRows lines_ = make_lines();
  std::vector<WindowRows> windows_;
  AlignedVector<float> gates_ = AlignedVector<float>(lines_.size() * network_.shape().gates());
  AlignedVector<T> outputs_[2] = {AlignedVector<T>(kWindows * kWindow * 2 * units_),
                                  AlignedVector<T>(kWindows* kWindow * 2 * units_)};
  AlignedVector<float> cells_ = AlignedVector<float>(kWindows * units_);
  AlignedVector<T> zeros_ = AlignedVector<T>(units_);
  std::vector<const float*> gate_rows_ = std::vector<const float*>(kWindows * kWindow);
  std::vector<LstmStepRow<T>> scratch_;
};

template <class T>
void print_stages(const std::string& precision, const Network& network, double multiply_adds,
                  double (&run_peak)(std::size_t)) {
  Stages<T> stages(network);
  const std::function<void()> work[] = {[&] { stages.sparse_rows(); }, [&] { stages.layer(0); },
                                        [&] { stages.layer(1); }};
  std::vector<double> seconds[3];
  double peak = 0;
  for (std::size_t i = 0; i < kRepeats; ++i) {
    constexpr std::size_t kRounds = 400'000;
    double done = 0;
    const double peak_seconds = seconds_of([&] { done = run_peak(kRounds); });
    peak = std::max(peak, done / peak_seconds);
    for (std::size_t s = 0; s < 3; ++s) seconds[s].push_back(seconds_of(work[s]));
  }
  const double units = static_cast<double>(network.shape().units());
  const double recurrent = kWindow * 2 * units * 4 * units;
  const double least[] = {stages.entries() / kWindows * 8 * units, recurrent, 3 * recurrent};
  const char* const names[] = {"sparse rows", "layer 0", "layer 1"};
  for (std::size_t s = 0; s < 3; ++s) {
    std::nth_element(seconds[s].begin(), seconds[s].begin() + kRepeats / 2, seconds[s].end());
    const double cycles = seconds[s][kRepeats / 2] * peak / (2 * multiply_adds) / kWindows;
    fmt::print("{:<8}{:<14}{:>10.0f}{:>10.0f}\n", precision, names[s], cycles / 1e3,
               least[s] / multiply_adds / 1e3);
  }
}

}  // namespace
}  // namespace skol

int main() {
  const skol::FlushDenormals flush;
  const skol::Parameters parameters =
      skol::initial_parameters(skol::NetworkShape{skol::kInputs, 128, 2, 3}, 1);
  const skol::Kernels& kernels = skol::find_kernels("auto");
  fmt::print("thousands of cycles a window, 128x2, {} windows, {}\n{:<22}{:>10}{:>10}\n",
             skol::kWindows, kernels.name(), "", "measured", "least");
  // Two multiply-adds a cycle.
  const double lanes = static_cast<double>(kernels.lanes());
  skol::print_stages<float>("fp32", skol::Network(parameters, kernels), 2 * lanes,
                            skol::run_multiply_adds);
  if (const skol::Bf16Kernels* bf16 = skol::native_bf16_kernels(); bf16 != nullptr) {
    skol::print_stages<skol::Bf16>("bf16", skol::Network(parameters, kernels, bf16), 4 * lanes,
                                   skol::bench::run_bf16_multiply_adds);
  }
}
