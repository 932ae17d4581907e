// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "features/classified_lines.h"
#include "windows/sliding_window.h"

namespace skol {

// A window of a document, and where its probabilities go.
struct BatchWindow {
  const ClassifiedLines* lines;
  Window window;
  float* probabilities;  // [length][num_classes]
};

// Prediction calls of up to a number of windows, and the memory for them: on the CPU
// (BatchPredictor) or on a device (DeviceBatchPredictor). One thread at a time.
class BatchRunner {
 public:
  virtual ~BatchRunner() = default;

  // From the lines of the windows to their probabilities. `look` is called several times a second
  // with the windows that are done by then; what it throws ends the call, and the runner.
  virtual void predict(std::span<const BatchWindow> windows,
                       const std::function<void(std::size_t windows)>& look) = 0;
  // Scratch of all threads; memory of the device.
  virtual std::size_t workspace_bytes() const = 0;
  virtual std::size_t device_bytes() const { return 0; }
};

}  // namespace skol
