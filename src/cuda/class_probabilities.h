// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cuda/activations.h"
#include "cuda/portable.h"

namespace skol::cuda {

// out[row] = softmax(bias + inputs[row] * weights) over the classes of each row. Eight rows a
// group, 16 threads a row, each every 16th class; without weights, inputs are the logits.
struct ClassProbabilities {
  static constexpr int kThreads = 128;
  static constexpr std::uint32_t kRows = 8, kColumns = 16;
  static constexpr std::size_t kSharedBytes = 0;

  struct Args {
    const float* inputs;   // [rows][depth]
    const float* weights;  // [depth][padded_classes]; null: inputs are [rows][padded_classes]
    const float* bias;     // [padded_classes]
    float* out;            // [rows][classes]
    std::uint32_t rows, depth, classes, padded_classes;
  };

  static constexpr std::uint32_t groups(std::uint32_t rows) { return (rows + kRows - 1) / kRows; }

  template <class Group>
  SKOL_DEVICE static void run(Group& group, const Args& args) {
    group.each_thread([&](int, int thread) {
      const std::uint32_t row = row_of(group, thread);
      if (row >= args.rows) return;
      float* const out = args.out + static_cast<std::size_t>(row) * args.classes;
      for (std::uint32_t c = static_cast<std::uint32_t>(thread) % kColumns; c < args.classes;
           c += kColumns) {
        out[c] = logit(args, row, c);
      }
    });
    group.barrier();
    // Three classes are the rule: one thread a row is as good as sixteen.
    group.each_thread([&](int, int thread) {
      const std::uint32_t row = row_of(group, thread);
      if (row >= args.rows || static_cast<std::uint32_t>(thread) % kColumns != 0) return;
      softmax(args.out + static_cast<std::size_t>(row) * args.classes, args.classes);
    });
  }

 private:
  template <class Group>
  SKOL_DEVICE static std::uint32_t row_of(const Group& group, int thread) {
    return group.x() * kRows + static_cast<std::uint32_t>(thread) / kColumns;
  }
  SKOL_DEVICE static float logit(const Args& args, std::uint32_t row, std::uint32_t c) {
    if (args.weights == nullptr) {
      return args.inputs[static_cast<std::size_t>(row) * args.padded_classes + c];
    }
    const float* const input = args.inputs + static_cast<std::size_t>(row) * args.depth;
    float sum = args.bias[c];
    for (std::uint32_t k = 0; k < args.depth; ++k) {
      sum =
          fmaf(input[k], args.weights[static_cast<std::size_t>(k) * args.padded_classes + c], sum);
    }
    return sum;
  }
  SKOL_DEVICE static void softmax(float* row, std::uint32_t classes) {
    float largest = row[0];
    for (std::uint32_t c = 1; c < classes; ++c) largest = largest > row[c] ? largest : row[c];
    float sum = 0;
    for (std::uint32_t c = 0; c < classes; ++c) sum += row[c] = exp_limited(row[c] - largest);
    for (std::uint32_t c = 0; c < classes; ++c) row[c] /= sum;
  }
};

}  // namespace skol::cuda
