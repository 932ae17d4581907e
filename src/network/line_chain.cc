// SPDX-License-Identifier: Apache-2.0
#include "network/line_chain.h"

#include <algorithm>
#include <cmath>

#include "base/fail.h"

namespace skol {
namespace {

// A probability of 0 in float32 is only a small one: it must not forbid a label for good.
constexpr double kLeastProbability = 1e-9;

// Forward-backward over one document. Holds its scratch from document to document.
class ForwardBackward {
 public:
  explicit ForwardBackward(std::size_t classes) : k_(classes) {}

  // `emissions`: [lines][classes]. The spans are there until the last question about this run.
  void run(std::span<const double> emissions, std::span<const std::uint8_t> apart,
           std::span<const double> factors) {
    lines_ = emissions.size() / k_;
    emissions_ = emissions;
    apart_ = apart;
    factors_ = factors;
    scales_.resize(lines_);
    forward_.resize(emissions.size());
    backward_.resize(emissions.size());
    for (std::size_t t = 0; t < lines_; ++t) scales_[t] = forward_line(t);
    for (std::size_t t = lines_; t-- > 0;) backward_line(t);
  }

  // The logarithm of the sum over all label sequences.
  double log_sum() const {
    double sum = 0;
    for (const double scale : scales_) sum += std::log(scale);
    return sum;
  }

  // Of the last run: P(label of line t), [classes].
  void marginals(std::size_t t, double* out) const {
    double sum = 0;
    for (std::size_t b = 0; b < k_; ++b) {
      out[b] = forward_[t * k_ + b] * backward_[t * k_ + b];
      sum += out[b];
    }
    for (std::size_t b = 0; b < k_; ++b) out[b] /= sum;
  }

  // Adds sign * P(labels a, b of lines t - 1 and t) to pairs [2][classes][classes]; t >= 1.
  void add_pairs(std::size_t t, double sign, std::vector<double>& scratch,
                 std::vector<double>& pairs) const {
    double sum = 0;
    scratch.resize(k_ * k_);
    for (std::size_t a = 0; a < k_; ++a) {
      for (std::size_t b = 0; b < k_; ++b) {
        const std::size_t at = a * k_ + b;
        scratch[at] = forward_[(t - 1) * k_ + a] * factors_before(t)[at] * emissions_[t * k_ + b] *
                      backward_[t * k_ + b];
        sum += scratch[at];
      }
    }
    const std::size_t first = apart_[t] != 0 ? k_ * k_ : 0;
    for (std::size_t at = 0; at < scratch.size(); ++at) {
      pairs[first + at] += sign * scratch[at] / sum;
    }
  }

 private:
  // Between lines t - 1 and t.
  const double* factors_before(std::size_t t) const {
    return &factors_[apart_[t] != 0 ? k_ * k_ : 0];
  }

  // Each line is scaled to the sum 1; returns what it was.
  double forward_line(std::size_t t) {
    double* const now = &forward_[t * k_];
    double sum = 0;
    for (std::size_t b = 0; b < k_; ++b) {
      double from = t == 0 ? 1 : 0;
      for (std::size_t a = 0; t > 0 && a < k_; ++a) {
        from += forward_[(t - 1) * k_ + a] * factors_before(t)[a * k_ + b];
      }
      now[b] = from * emissions_[t * k_ + b];
      sum += now[b];
    }
    for (std::size_t b = 0; b < k_; ++b) now[b] /= sum;
    return sum;
  }

  void backward_line(std::size_t t) {
    double* const now = &backward_[t * k_];
    if (t + 1 == lines_) {
      std::fill_n(now, k_, 1.0);
      return;
    }
    double sum = 0;
    for (std::size_t a = 0; a < k_; ++a) {
      now[a] = 0;
      for (std::size_t b = 0; b < k_; ++b) {
        now[a] += factors_before(t + 1)[a * k_ + b] * emissions_[(t + 1) * k_ + b] * now[k_ + b];
      }
      sum += now[a];
    }
    for (std::size_t a = 0; a < k_; ++a) now[a] /= sum;
  }

  std::size_t k_, lines_ = 0;
  std::span<const double> emissions_, factors_;
  std::span<const std::uint8_t> apart_;
  std::vector<double> forward_, backward_, scales_;
};

// The likelihood of all examples, and its gradient.
struct Likelihood {
  double value = 0;
  std::vector<double> by_log_factor;
  double by_sharpness = 0;
};

class ChainFit {
 public:
  ChainFit(std::span<const ChainExample> examples, std::size_t classes)
      : k_(classes), free_(classes), bound_(classes) {
    for (const ChainExample& example : examples) {
      logs_.emplace_back();
      for (const float p : example.probabilities) {
        logs_.back().push_back(std::log(std::max(static_cast<double>(p), kLeastProbability)));
      }
      apart_.push_back(example.apart);
      labels_.push_back(example.labels);
      for (const std::int32_t label : example.labels) lines_ += label >= 0;
    }
  }

  std::size_t labelled() const { return lines_; }

  // Of the labels, all label sequences that agree with them against all that there are.
  Likelihood at(const std::vector<double>& log_factors, double sharpness) {
    factors_.resize(log_factors.size());
    for (std::size_t i = 0; i < factors_.size(); ++i) factors_[i] = std::exp(log_factors[i]);
    Likelihood total;
    total.by_log_factor.assign(2 * k_ * k_, 0.0);
    for (std::size_t d = 0; d < logs_.size(); ++d) add_document(d, sharpness, total);
    return total;
  }

 private:
  void add_document(std::size_t d, double sharpness, Likelihood& total) {
    const std::vector<double>& logs = logs_[d];
    emissions_.resize(logs.size());
    for (std::size_t i = 0; i < logs.size(); ++i) emissions_[i] = std::exp(sharpness * logs[i]);
    right_ = emissions_;
    for (std::size_t t = 0; t < labels_[d].size(); ++t) {
      for (std::size_t b = 0; labels_[d][t] >= 0 && b < k_; ++b) {
        if (b != static_cast<std::size_t>(labels_[d][t])) right_[t * k_ + b] = 0;
      }
    }
    bound_.run(right_, apart_[d], factors_);
    free_.run(emissions_, apart_[d], factors_);
    total.value += bound_.log_sum() - free_.log_sum();
    std::vector<double> p(k_), q(k_);
    for (std::size_t t = 0; t < labels_[d].size(); ++t) {
      bound_.marginals(t, p.data());
      free_.marginals(t, q.data());
      for (std::size_t b = 0; b < k_; ++b) total.by_sharpness += (p[b] - q[b]) * logs[t * k_ + b];
      if (t == 0) continue;
      bound_.add_pairs(t, 1, scratch_, total.by_log_factor);
      free_.add_pairs(t, -1, scratch_, total.by_log_factor);
    }
  }

  std::size_t k_, lines_ = 0;
  ForwardBackward free_, bound_;
  std::vector<std::vector<double>> logs_;
  std::vector<std::vector<std::uint8_t>> apart_;
  std::vector<std::vector<std::int32_t>> labels_;
  std::vector<double> factors_, emissions_, right_, scratch_;
};

// Of the prior on each log factor, a normal distribution around 0: strong enough to bound pairs of
// labels that never meet, weak against a hundred lines.
constexpr double kPriorPrecision = 1.0;

// Steps of the climb, and its first step for each number. Resilient propagation (Riedmiller and
// Braun 1993) follows signs alone and needs no scale: after 60 steps nothing moves any more.
constexpr std::size_t kFitSteps = 60;
constexpr double kFirstStep = 0.1, kMostStep = 0.5, kLongestLog = 13;

void climb(double gradient, double& before, double& step, double& value) {
  if (gradient * before < 0) {
    step *= 0.5;
    before = 0;
    return;
  }
  if (gradient * before > 0) step = std::min(1.2 * step, kMostStep);
  before = gradient;
  value += gradient > 0 ? step : gradient < 0 ? -step : 0;
}

}  // namespace

LineChain::LineChain(std::vector<float> factors, std::size_t classes)
    : factors_(std::move(factors)) {
  if (factors_.size() != 2 * classes * classes) {
    fail(ErrorKind::kModel, "{} factors between labels: expected {} for {} labels", factors_.size(),
         2 * classes * classes, classes);
  }
  for (const float factor : factors_) {
    if (factor >= kLeastFactor && factor <= 1 / kLeastFactor) continue;
    fail(ErrorKind::kModel, "a factor between labels is {}: expected {} to {}", factor,
         kLeastFactor, 1 / kLeastFactor);
  }
}

void LineChain::decode(std::span<float> probabilities, std::span<const std::uint8_t> apart,
                       std::size_t classes) const {
  if (empty() || probabilities.empty()) return;
  std::vector<double> emissions(probabilities.size());
  for (std::size_t i = 0; i < emissions.size(); ++i) {
    emissions[i] = std::max(static_cast<double>(probabilities[i]), kLeastProbability);
  }
  const std::vector<double> factors(factors_.begin(), factors_.end());
  ForwardBackward chain(classes);
  chain.run(emissions, apart, factors);
  std::vector<double> p(classes);
  for (std::size_t t = 0; t < probabilities.size() / classes; ++t) {
    chain.marginals(t, p.data());
    for (std::size_t b = 0; b < classes; ++b) {
      probabilities[t * classes + b] = static_cast<float>(p[b]);
    }
  }
}

std::uint64_t LineChain::scratch_bytes(std::uint64_t lines, std::size_t classes) {
  // Emissions, forward and backward; a line's scale.
  const std::uint64_t of_line = (3 * classes + 1) * sizeof(double);
  return lines * of_line + (2 * classes * classes + classes) * sizeof(double);
}

double line_loss(const LineChain& chain, std::span<const ChainExample> examples,
                 std::size_t classes) {
  double loss = 0;
  std::size_t lines = 0;
  for (const ChainExample& example : examples) {
    std::vector<float> p = example.probabilities;
    chain.decode(p, example.apart, classes);
    for (std::size_t t = 0; t < example.labels.size(); ++t) {
      if (example.labels[t] < 0) continue;
      const float right = p[t * classes + static_cast<std::size_t>(example.labels[t])];
      loss -= std::log(std::max(static_cast<double>(right), kLeastProbability));
      ++lines;
    }
  }
  return lines == 0 ? 0 : loss / static_cast<double>(lines);
}

LineChain tempered(const LineChain& chain, std::span<const ChainExample> examples,
                   std::size_t classes) {
  constexpr int kStrengths = 10;
  LineChain best;
  double least = 0;
  for (int strength = 0; !chain.empty() && strength <= kStrengths; ++strength) {
    std::vector<float> factors(chain.factors().begin(), chain.factors().end());
    for (float& factor : factors) {
      factor = static_cast<float>(
          std::pow(static_cast<double>(factor), static_cast<double>(strength) / kStrengths));
    }
    LineChain candidate(std::move(factors), classes);
    const double loss = line_loss(candidate, examples, classes);
    if (!best.empty() && loss >= least) continue;
    least = loss;
    best = std::move(candidate);
  }
  return best;
}

FittedChain fit_chain(std::span<const ChainExample> examples, std::size_t classes,
                      const FitOptions& options) {
  ChainFit fit(examples, classes);
  FittedChain result;
  if (fit.labelled() == 0) return result;
  const auto lines = static_cast<double>(fit.labelled());
  std::vector<double> logs(2 * classes * classes, 0.0), before(logs.size(), 0.0),
      steps(logs.size(), kFirstStep);
  double log_sharpness = 0, sharpness_before = 0, sharpness_step = kFirstStep;
  for (std::size_t i = 0; i <= kFitSteps; ++i) {
    const Likelihood now = fit.at(logs, std::exp(log_sharpness));
    result.loss = -now.value / lines;
    if (i == 0) result.loss_before = result.loss;
    if (i == kFitSteps) break;
    for (std::size_t f = 0; options.transitions && f < logs.size(); ++f) {
      climb(now.by_log_factor[f] - kPriorPrecision * logs[f], before[f], steps[f], logs[f]);
      logs[f] = std::clamp(logs[f], -kLongestLog, kLongestLog);
    }
    if (options.sharpness) {
      climb(now.by_sharpness, sharpness_before, sharpness_step, log_sharpness);
      log_sharpness = std::clamp(log_sharpness, -2.0, 2.0);
    }
  }
  result.sharpness = std::exp(log_sharpness);
  if (options.transitions) {
    std::vector<float> factors;
    for (const double log : logs) factors.push_back(static_cast<float>(std::exp(log)));
    result.chain = LineChain(std::move(factors), classes);
  }
  return result;
}

}  // namespace skol
