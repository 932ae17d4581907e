// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace skol {

// How labels of neighbouring lines go together: a linear-chain conditional random field (Lafferty,
// McCallum, Pereira 2001) over all lines of a document,
//   P(labels) ~ product over lines of p[line][label] * product over neighbours of factor[a][b],
// where p are the network's probabilities. Blank lines part blocks of text, and labels change with
// blocks, so neighbours with something between them have factors of their own. Immutable;
// thread-safe.
class LineChain {
 public:
  // Every line by itself.
  LineChain() = default;
  // factors: [2][classes][classes], first for lines that follow each other, then for lines with
  // something between them; row: the label of the line before. Error kModel unless there are
  // 2 classes^2 of them, all in [kLeastFactor, 1 / kLeastFactor].
  LineChain(std::vector<float> factors, std::size_t classes);

  bool empty() const { return factors_.empty(); }
  std::span<const float> factors() const { return factors_; }

  // Replaces the probabilities [lines][classes] of a document by the marginals of the chain;
  // apart[t], one a line, is not 0 where something stands between lines t - 1 and t
  // (forward-backward; Rabiner 1989, scaled line by line), which again sum up to 1. Nothing for an
  // empty chain. Arithmetic is in double, in the order of the lines: the same bits everywhere.
  // Either all of them or, where there is no memory for scratch_bytes(), none (std::bad_alloc).
  void decode(std::span<float> probabilities, std::span<const std::uint8_t> apart,
              std::size_t classes) const;
  // What decode() takes beside its arguments for a document.
  static std::uint64_t scratch_bytes(std::uint64_t lines, std::size_t classes);

 private:
  std::vector<float> factors_;
};

// Keeps every product in double far from 0 and infinity.
inline constexpr float kLeastFactor = 1e-6f;

// The lines of one document that a chain is fitted to.
struct ChainExample {
  std::vector<float> probabilities;  // [lines][classes]
  std::vector<std::uint8_t> apart;   // one a line, as in LineChain::decode
  std::vector<std::int32_t> labels;  // one a line; below 0: not known, any label may be right
};

struct FittedChain {
  LineChain chain;         // empty where no transitions were to be fitted
  double sharpness = 1;    // of probabilities: p ~ p^sharpness; below 1: they were too sure
  double loss_before = 0;  // - log-likelihood a labelled line, as the examples are
  double loss = 0;         // with chain and sharpness
};

// The mean of - log(marginal of the line's label) over the labelled lines of the examples; 0 for
// none. What a reader of single lines pays, where fit_chain asks for whole sequences.
double line_loss(const LineChain& chain, std::span<const ChainExample> examples,
                 std::size_t classes);

// The chain with its factors to the power of 0, 0.1, ... or 1 that has the least line_loss. The
// network saw the neighbours of a line already, so lines that it gets wrong stand together; to
// fit_chain they are so many independent witnesses, and its factors are too strong by as much.
LineChain tempered(const LineChain& chain, std::span<const ChainExample> examples,
                   std::size_t classes);

struct FitOptions {
  bool transitions = true;
  bool sharpness = true;
};

// Maximises the log-likelihood of the labels over the factors, with a weak prior for equal ones,
// and over the sharpness. Concave but for the sharpness of mixed lines, started at no transitions
// and 1; a fixed number of steps, the same bits everywhere. Examples without a label: as they are.
FittedChain fit_chain(std::span<const ChainExample> examples, std::size_t classes,
                      const FitOptions& options);

}  // namespace skol
