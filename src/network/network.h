// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/aligned_vector.h"
#include "base/carver.h"
#include "base/sparse_rows.h"
#include "base/thread_pool.h"
#include "kernels/kernels.h"
#include "network/lstm_direction.h"
#include "network/parameters.h"

namespace skol {

// A network ready to predict: its parameters and the packed form of those that are multiplied, for
// one backend. Immutable and shared by all threads; scratch is passed in.
class Network {
 public:
  // Parameters and kernels outlive the network. bf16: LSTM layers compute with these; nullptr: in
  // float32.
  Network(const Parameters& parameters, const Kernels& kernels, const Bf16Kernels* bf16 = nullptr);
  Network(Parameters&& parameters, const Kernels& kernels,
          const Bf16Kernels* bf16 = nullptr) = delete;

  const NetworkShape& shape() const { return parameters_->shape(); }
  const Parameters& parameters() const { return *parameters_; }
  const Kernels& kernels() const { return *kernels_; }
  const Bf16Kernels* bf16_kernels() const { return bf16_kernels_; }
  // What a layer's direction computes with; its input weights in `input` from layer 1 on.
  template <class T>
  LstmWeights<T> lstm_weights(std::size_t layer, Direction direction) const;
  // [embedding][4 * units]: what layer 0 reads behind an embedding, in float32 whatever the others.
  const PackedMatrix& embedding_input(Direction direction) const {
    return embedding_input_[static_cast<std::size_t>(direction)];
  }
  // The weights of sparse rows as pack_sparse has them; none behind an embedding.
  SlicedMatrix<const Bf16> bf16_sparse_weights() const;
  const PackedMatrix& dense() const { return dense_; }
  // Bytes of the packed weights; the parameters are not its own.
  std::size_t bytes() const;
  // The same for a network of this shape, which need not be there.
  static std::size_t bytes(const NetworkShape& shape, bool bf16 = false);

 private:
  const Parameters* parameters_;
  const Kernels* kernels_;
  const Bf16Kernels* bf16_kernels_;
  // Two a layer; of one precision or the other.
  std::vector<PackedMatrix> input_, recurrent_;
  std::vector<PackedBf16> bf16_input_, bf16_recurrent_;
  AlignedVector<Bf16> bf16_sparse_;
  PackedMatrix dense_, embedding_input_[2];
};

// Windows whose lines one thread projects at a time: the weights that sparse rows are multiplied
// with come from the third-level cache once for all of them; more gain little and cost memory.
inline constexpr std::size_t kMicroBatchWindows = 24;

// Windows of these that go through the layers together: a multiple of every tile (3 rows of AVX2, 6
// of AVX-512 and NEON), so that a block of weights read into the first-level cache serves several
// tiles, and few enough that what one layer writes is in the second-level cache when the next reads
// it.
inline constexpr std::size_t kLayerWindows = 12;

// All scratch for a micro-batch, of one thread or of two that share its directions. Cut from one
// block; bytes() is what the block of a workspace would be, without allocating it.
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
  template <class T>
  friend class MicroBatch;
  Workspace() = default;
  void lay_out(Carver& carver, const NetworkShape& shape);

  // What a direction needs for itself. Layer rows: the lines of kLayerWindows windows, or fewer.
  struct DirectionScratch {
    template <class T>
    std::vector<LstmStepRow<T>>& steps();

    float* gates = nullptr;  // [layer rows][4 * units], of an upper layer whose input comes first
    float* cells = nullptr;  // [layer windows][units]
    const float** gate_rows = nullptr;   // [layer rows]
    const float** input_rows = nullptr;  // [layer rows]
    float** output_rows = nullptr;       // [layer rows]
    std::size_t rows = 0;                // layer rows
    std::vector<LstmRow> float_steps;
    std::vector<Bf16LstmRow> bf16_steps;
  };

  std::size_t windows_ = 0, window_size_ = 0;
  AlignedVector<std::byte> block_;
  float* gates_ = nullptr;  // of layer 0: [distinct lines][gates]
  float* outputs_[2] = {};  // [layer rows][2][units]: what a layer reads and what it writes; bf16
                            // takes the first half
  float* embedded_ = nullptr;  // [distinct lines][embedding]
  float* zeros_ = nullptr;     // [units], or [embedding] where that is more
  float* logits_ = nullptr;    // [layer rows][padded classes]
  DirectionScratch directions_[2];
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

// The same, bit for bit, with the two directions of each layer on two threads of the pool.
void predict_windows(const Network& network, const SparseRows& rows,
                     std::span<const WindowTask> windows, Workspace& workspace, ThreadPool& pool);

// Whether `windows` are so few that sharing them out among the threads is worse than that: a window
// reads all weights whether it is alone in its tile or not, so two threads do better to halve the
// weights than the tile; more threads, where not even half of them would get a window.
inline bool directions_are_shared(std::size_t windows, std::size_t threads, std::size_t tile_rows) {
  return threads == 2 ? windows < 2 * tile_rows : windows <= threads / 2;
}

}  // namespace skol
