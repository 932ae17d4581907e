// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/aligned_vector.h"
#include "base/carver.h"
#include "base/sparse_rows.h"
#include "kernels/kernels.h"
#include "network/lstm_direction.h"
#include "network/parameters.h"

namespace skol {

// A network ready to predict: its parameters and the packed form of those that are multiplied, for
// one backend. Immutable and shared by all threads; scratch is passed in.
class Network {
 public:
  // Parameters and kernels outlive the network.
  Network(const Parameters& parameters, const Kernels& kernels);
  Network(Parameters&& parameters, const Kernels& kernels) = delete;

  const NetworkShape& shape() const { return parameters_->shape(); }
  const Parameters& parameters() const { return *parameters_; }
  const Kernels& kernels() const { return *kernels_; }
  // [2 * units][4 * units], layer >= 1; layer 0 reads sparse rows.
  const PackedMatrix& input_weights(std::size_t layer, Direction direction) const {
    return input_[2 * (layer - 1) + static_cast<std::size_t>(direction)];
  }
  const PackedMatrix& recurrent(std::size_t layer, Direction direction) const {
    return recurrent_[2 * layer + static_cast<std::size_t>(direction)];
  }
  const PackedMatrix& dense() const { return dense_; }
  // Bytes of the packed weights; the parameters are not its own.
  std::size_t bytes() const;
  // The same for a network of this shape, which need not be there.
  static std::size_t bytes(const NetworkShape& shape);

 private:
  const Parameters* parameters_;
  const Kernels* kernels_;
  std::vector<PackedMatrix> input_, recurrent_;  // two a layer
  PackedMatrix dense_;
};

// Windows that one thread takes through the network at a time: a multiple of every tile (3 rows of
// AVX2, 6 of AVX-512 and NEON), so that a block of recurrent weights read into the first-level
// cache serves several tiles; more gain nothing and cost memory.
inline constexpr std::size_t kMicroBatchWindows = 24;

// Steps of an upper layer whose gates are computed ahead of the recurrence: few enough that they
// are still in the second-level cache when it reads them, enough for the input weights to be used
// on 60 rows each time they are read.
inline constexpr std::size_t kStepsAhead = 5;

// All scratch of one thread for a micro-batch. Cut from one block; bytes() is what the block of a
// workspace would be, without allocating it.
class Workspace {
 public:
  // For up to `windows` windows (1 .. kMicroBatchWindows) of up to `window_size` lines each.
  Workspace(const NetworkShape& shape, std::size_t windows, std::size_t window_size);
  // Its arrays point into its own block: it moves, but cannot be copied.
  Workspace(Workspace&&) = default;
  Workspace& operator=(Workspace&&) = default;
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  static std::size_t bytes(const NetworkShape& shape, std::size_t windows, std::size_t window_size);

 private:
  friend class MicroBatch;
  Workspace() = default;
  void lay_out(Carver& carver, const NetworkShape& shape);

  std::size_t windows_ = 0, window_size_ = 0;
  AlignedVector<std::byte> block_;
  float* gates_ = nullptr;   // of layer 0: [distinct lines][gates]; of others: kStepsAhead
  float* outputs_[2] = {};   // [rows][2][units]: what a layer reads and what it writes
  float* cells_ = nullptr;   // [windows][units]
  float* zeros_ = nullptr;   // [units]
  float* logits_ = nullptr;  // [rows][padded classes]
  const float** gate_rows_ = nullptr;   // [rows]
  const float** input_rows_ = nullptr;  // [rows]
  float** output_rows_ = nullptr;       // [rows]
  std::vector<LstmRow> steps_;
};

// A window to predict: its lines in the batch's sparse rows, and where its probabilities go.
struct WindowTask {
  WindowRows lines;
  float* probabilities;  // [length][num_classes]
};

// Predicts up to kMicroBatchWindows windows, given longest first. Pure: a window's probabilities
// depend on its lines and the network alone, not on the other windows, bit for bit.
void predict_windows(const Network& network, const SparseRows& rows,
                     std::span<const WindowTask> windows, Workspace& workspace);

}  // namespace skol
