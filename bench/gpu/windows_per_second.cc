// SPDX-License-Identifier: Apache-2.0
// On the device that libskol_cuda.so finds (or SKOL_DEVICE_LIBRARY): that its probabilities are the
// CPU's, then windows per second for batches of 1 to 4096, from sparse rows to probabilities, and
// the memory that it takes against what arithmetic says. A JSON object a line.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "device/local_device.h"
#include "network/network.h"

namespace skol {
namespace {

constexpr std::size_t kWindow = 50, kStride = 25, kInputs = 1000, kEntries = 30;
// As prediction/device_batch.h cuts a batch.
constexpr std::size_t kDeviceWindows = 512;

SparseRows make_lines(std::size_t windows) {
  std::mt19937 random(1);
  SparseRows rows;
  for (std::size_t line = 0; line < (windows - 1) * kStride + kWindow; ++line) {
    std::vector<std::uint32_t> columns;
    for (std::size_t j = 0; j < kEntries; ++j) {
      const double u = std::uniform_real_distribution<>(0, 1)(random);
      columns.push_back(static_cast<std::uint32_t>(u * u * kInputs));
    }
    std::sort(columns.begin(), columns.end());
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
    rows.append(columns, std::vector<float>(columns.size(), 0.5f));
  }
  return rows;
}

std::vector<WindowTask> tasks_of(std::size_t windows, std::vector<float>& probabilities) {
  probabilities.resize(windows * kWindow * 3);
  std::vector<WindowTask> tasks;
  for (std::size_t w = 0; w < windows; ++w) {
    tasks.push_back({{w * kStride, kWindow}, &probabilities[w * kWindow * 3]});
  }
  return tasks;
}

// The largest difference from the CPU over some windows.
double difference(Accelerator& device, const Parameters& parameters) {
  constexpr std::size_t kWindows = 24;
  const SparseRows lines = make_lines(kWindows);
  std::vector<float> here, there;
  const Network network(parameters, find_kernels("auto"));
  Workspace workspace(network.shape(), kWindows, kWindow);
  predict_windows(network, lines, tasks_of(kWindows, here), workspace);
  const auto queue = device.make_queue(kWindows, kWindow);
  queue->start(0, lines, tasks_of(kWindows, there));
  queue->finish(0);
  double largest = 0;
  for (std::size_t i = 0; i < here.size(); ++i) {
    largest = std::max<double>(largest, std::abs(here[i] - there[i]));
  }
  return largest;
}

struct Measured {
  double windows_per_second;
  std::uint64_t bytes;  // that the device has less free
};

// Batches one after the other, the next started before the last is finished.
Measured measure(Accelerator& device, std::size_t batch, double seconds) {
  using Clock = std::chrono::steady_clock;
  const std::size_t wave = std::min(batch, kDeviceWindows);
  const std::uint64_t free = device.free_bytes();
  const auto queue = device.make_queue(wave, kWindow);
  const std::uint64_t left = device.free_bytes();
  const SparseRows lines = make_lines(wave);
  std::vector<float> probabilities[2];
  std::vector<WindowTask> tasks[2];
  for (int slot = 0; slot < 2; ++slot) tasks[slot] = tasks_of(wave, probabilities[slot]);
  const std::size_t waves = (batch + wave - 1) / wave;
  const auto run_batch = [&] {
    for (std::size_t i = 0; i <= waves; ++i) {
      if (i < waves) queue->start(i % 2, lines, tasks[i % 2]);
      if (i > 0) queue->finish((i - 1) % 2);
    }
  };
  run_batch();  // warm
  std::size_t done = 0;
  const auto begin = Clock::now();
  double passed = 0;
  while (passed < seconds) {
    run_batch();
    done += waves * wave;
    passed = std::chrono::duration<double>(Clock::now() - begin).count();
  }
  return {static_cast<double>(done) / passed, free - std::min(free, left)};
}

void run(const NetworkShape& shape, const std::vector<std::size_t>& batches, double seconds) {
  const auto opened = std::make_shared<LocalDevice>(DeviceLibrary::find(), 0);
  const Parameters parameters = initial_parameters(shape, 1);
  const auto device = load_network(opened, parameters);
  fmt::print(R"({{"engine":"skol","device":"{}","network":"{}x{}","largest_difference":{:.2e},)"
             R"("context_bytes":{},"base_bytes":{}}})"
             "\n",
             device->name(), shape.hidden_size, shape.num_layers, difference(*device, parameters),
             opened->context_bytes(), device->base_bytes());
  for (const std::size_t batch : batches) {
    const Measured m = measure(*device, batch, seconds);
    fmt::print(R"({{"engine":"skol","network":"{}x{}","batch":{},"windows_per_second":{:.0f},)"
               R"("bytes":{},"planned_bytes":{}}})"
               "\n",
               shape.hidden_size, shape.num_layers, batch, m.windows_per_second, m.bytes,
               device->queue_bytes(std::min(batch, kDeviceWindows), kWindow));
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace skol

int main(int argc, char** argv) {
  CLI::App app(
      "Windows per second on a device, its memory, and that it computes what the CPU does");
  skol::NetworkShape shape{skol::kInputs, 128, 2, 3};
  std::vector<std::size_t> batches;
  for (std::size_t b = 1; b <= 4096; b *= 2) batches.push_back(b);
  double seconds = 1;
  app.add_option("--hidden-size", shape.hidden_size, "units of each direction");
  app.add_option("--num-layers", shape.num_layers, "layers, 1 or more");
  app.add_option("--batches", batches, "batch sizes")->delimiter(',');
  app.add_option("--seconds", seconds, "that each is measured");
  CLI11_PARSE(app, argc, argv);
  try {
    skol::run(shape, batches, seconds);
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
  }
  return 0;
}
