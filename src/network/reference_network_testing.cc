// SPDX-License-Identifier: Apache-2.0
#include "network/reference_network_testing.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace skol {
namespace {

using Matrix = ReferenceMatrix;

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

// c += a * b
void add_product(const Matrix& a, const Matrix& b, Matrix& c) {
  for (std::size_t r = 0; r < a.rows; ++r) {
    for (std::size_t k = 0; k < a.columns; ++k) {
      for (std::size_t n = 0; n < b.columns; ++n) c.at(r, n) += a.at(r, k) * b.at(k, n);
    }
  }
}

// c += transpose(a) * b
void add_product_of_columns(const Matrix& a, const Matrix& b, Matrix& c) {
  for (std::size_t r = 0; r < a.rows; ++r) {
    for (std::size_t k = 0; k < a.columns; ++k) {
      for (std::size_t n = 0; n < b.columns; ++n) c.at(k, n) += a.at(r, k) * b.at(r, n);
    }
  }
}

// a * transpose(b)
Matrix product_of_rows(const Matrix& a, const Matrix& b) {
  Matrix c(a.rows, b.rows);
  for (std::size_t r = 0; r < a.rows; ++r) {
    for (std::size_t n = 0; n < b.rows; ++n) {
      for (std::size_t k = 0; k < a.columns; ++k) c.at(r, n) += a.at(r, k) * b.at(n, k);
    }
  }
  return c;
}

void add_sum_of_rows(const Matrix& a, Matrix& sum) {
  for (std::size_t r = 0; r < a.rows; ++r) {
    for (std::size_t n = 0; n < a.columns; ++n) sum.at(0, n) += a.at(r, n);
  }
}

Matrix repeated(const Matrix& row, std::size_t times) {
  Matrix m(times, row.columns);
  for (std::size_t r = 0; r < times; ++r) {
    for (std::size_t c = 0; c < row.columns; ++c) m.at(r, c) = row.at(0, c);
  }
  return m;
}

Matrix upside_down(const Matrix& m) {
  Matrix turned(m.rows, m.columns);
  for (std::size_t r = 0; r < m.rows; ++r) {
    for (std::size_t c = 0; c < m.columns; ++c) turned.at(m.rows - 1 - r, c) = m.at(r, c);
  }
  return turned;
}

Matrix side_by_side(const Matrix& left, const Matrix& right) {
  Matrix m(left.rows, left.columns + right.columns);
  for (std::size_t r = 0; r < m.rows; ++r) {
    for (std::size_t c = 0; c < m.columns; ++c) {
      m.at(r, c) = c < left.columns ? left.at(r, c) : right.at(r, c - left.columns);
    }
  }
  return m;
}

// Columns first .. first + count.
Matrix columns_of(const Matrix& m, std::size_t first, std::size_t count) {
  Matrix part(m.rows, count);
  for (std::size_t r = 0; r < m.rows; ++r) {
    for (std::size_t c = 0; c < count; ++c) part.at(r, c) = m.at(r, first + c);
  }
  return part;
}

Matrix rows_of(const Matrix& m, std::size_t first, std::size_t count) {
  Matrix part(count, m.columns);
  for (std::size_t r = 0; r < count; ++r) {
    for (std::size_t c = 0; c < m.columns; ++c) part.at(r, c) = m.at(first + r, c);
  }
  return part;
}

void softmax(Matrix& logits) {
  for (std::size_t r = 0; r < logits.rows; ++r) {
    double largest = logits.at(r, 0), sum = 0;
    for (std::size_t c = 1; c < logits.columns; ++c) largest = std::max(largest, logits.at(r, c));
    for (std::size_t c = 0; c < logits.columns; ++c) {
      sum += logits.at(r, c) = std::exp(logits.at(r, c) - largest);
    }
    for (std::size_t c = 0; c < logits.columns; ++c) logits.at(r, c) /= sum;
  }
}

std::vector<std::int32_t> labels_of(const TrainingBatch& batch) {
  std::vector<std::int32_t> labels;
  for (const WindowRows& window : batch.windows) {
    for (std::size_t t = 0; t < window.length; ++t) {
      labels.push_back(batch.labels[window.first_row + t]);
    }
  }
  return labels;
}

// Loss of probabilities p; slope becomes its derivative by each of them.
double cross_entropy(const LossOptions& options, const Matrix& p,
                     const std::vector<std::int32_t>& labels, Matrix& slope) {
  double sum = 0, labelled = 0;
  for (const std::int32_t label : labels) labelled += label >= 0 ? 1 : 0;
  for (std::size_t r = 0; r < p.rows; ++r) {
    if (labels[r] < 0) continue;
    const auto y = static_cast<std::size_t>(labels[r]);
    const double weight = options.class_weights.empty() ? 1.0 : options.class_weights[y];
    sum -= weight * std::log(p.at(r, y));
    slope.at(r, y) = -weight / p.at(r, y) / labelled;
  }
  return labelled > 0 ? sum / labelled : 0.0;
}

double soft_f1_loss(const LossOptions& options, const Matrix& p,
                    const std::vector<std::int32_t>& labels, Matrix& slope) {
  const auto share = 1.0 / static_cast<double>(options.focal_classes.size());
  double loss = 1;
  for (const std::int32_t focal : options.focal_classes) {
    const auto c = static_cast<std::size_t>(focal);
    // 2 TP + FP + FN = predicted + actual, where both count the class, softly and hard.
    double true_positive = 0, predicted = 0, actual = 0;
    for (std::size_t r = 0; r < p.rows; ++r) {
      if (labels[r] < 0) continue;
      predicted += p.at(r, c);
      if (labels[r] != focal) continue;
      true_positive += p.at(r, c);
      actual += 1;
    }
    const double all = predicted + actual + 1e-7;
    loss -= share * 2 * true_positive / all;
    for (std::size_t r = 0; r < p.rows; ++r) {
      if (labels[r] < 0) continue;
      slope.at(r, c) += share * 2 * true_positive / (all * all);
      if (labels[r] == focal) slope.at(r, c) -= share * 2 / all;
    }
  }
  return loss;
}

double loss_of(const LossOptions& options, const Matrix& p, const std::vector<std::int32_t>& labels,
               Matrix& slope) {
  slope = Matrix(p.rows, p.columns);
  return options.focal_classes.empty() ? cross_entropy(options, p, labels, slope)
                                       : soft_f1_loss(options, p, labels, slope);
}

// Turns derivatives by the probabilities into derivatives by the logits.
void softmax_gradient(const Matrix& p, Matrix& slope) {
  for (std::size_t r = 0; r < p.rows; ++r) {
    double mean = 0;
    for (std::size_t c = 0; c < p.columns; ++c) mean += p.at(r, c) * slope.at(r, c);
    for (std::size_t c = 0; c < p.columns; ++c) {
      slope.at(r, c) = p.at(r, c) * (slope.at(r, c) - mean);
    }
  }
}

}  // namespace

ReferenceNetwork::ReferenceNetwork(const Parameters& parameters)
    : embeds_(parameters.shape().embeds()) {
  for (const PlainTensor& tensor : parameters.plain_tensors()) {
    const auto plain = parameters.to_plain(tensor);
    Matrix& matrix = tensors_.emplace_back(tensor.rows, tensor.columns);
    std::copy(plain.begin(), plain.end(), matrix.values.begin());
  }
}

ReferenceMatrix ReferenceNetwork::probabilities(const TrainingBatch& batch) const {
  Matrix all(0, tensors_[dense() + 1].columns);
  for (const WindowRows& window : batch.windows) {
    const Matrix p = forward(batch, window).probabilities;
    all.values.insert(all.values.end(), p.values.begin(), p.values.end());
    all.rows += p.rows;
  }
  return all;
}

double ReferenceNetwork::loss(const TrainingBatch& batch, const LossOptions& options) const {
  Matrix slope;
  return loss_of(options, probabilities(batch), labels_of(batch), slope);
}

std::vector<ReferenceMatrix> ReferenceNetwork::gradient(const TrainingBatch& batch,
                                                        const LossOptions& options) const {
  const Matrix p = probabilities(batch);
  Matrix logits_gradient;
  loss_of(options, p, labels_of(batch), logits_gradient);
  softmax_gradient(p, logits_gradient);
  std::vector<Matrix> gradient;
  for (const Matrix& tensor : tensors_) gradient.emplace_back(tensor.rows, tensor.columns);
  std::size_t row = 0;
  for (const WindowRows& window : batch.windows) {
    backward(forward(batch, window), rows_of(logits_gradient, row, window.length), gradient);
    row += window.length;
  }
  return gradient;
}

ReferenceNetwork::WindowTrace ReferenceNetwork::forward(const TrainingBatch& batch,
                                                        const WindowRows& window) const {
  Matrix lines(window.length, (embeds_ ? tensors_.back() : tensors_.front()).rows);
  for (std::size_t t = 0; t < window.length; ++t) {
    const auto columns = batch.lines.row_columns(window.first_row + t);
    const auto values = batch.lines.row_values(window.first_row + t);
    for (std::size_t j = 0; j < columns.size(); ++j) lines.at(t, columns[j]) += values[j];
  }
  WindowTrace trace;
  if (embeds_) {
    trace.lines = std::move(lines);
    embed(trace);
    lines = trace.embedded;
  }
  for (std::size_t d = 0; d < num_directions(); d += 2) {
    trace.directions.push_back(forward_direction(lines, d));
    trace.directions.push_back(forward_direction(upside_down(lines), d + 1));
    lines = side_by_side(trace.directions[d].outputs, upside_down(trace.directions[d + 1].outputs));
  }
  trace.dense_inputs = std::move(lines);
  trace.probabilities = repeated(tensors_[dense() + 1], window.length);
  add_product(trace.dense_inputs, tensors_[dense()], trace.probabilities);
  softmax(trace.probabilities);
  return trace;
}

void ReferenceNetwork::embed(WindowTrace& trace) const {
  const Matrix& embedding = tensors_.back();
  const auto size = static_cast<double>(embedding.columns);
  trace.embedded = Matrix(trace.lines.rows, embedding.columns);
  trace.deviations = Matrix(trace.lines.rows, 1);
  add_product(trace.lines, embedding, trace.embedded);
  for (std::size_t r = 0; r < trace.embedded.rows; ++r) {
    double mean = 0, square = 0;
    for (std::size_t c = 0; c < embedding.columns; ++c) mean += trace.embedded.at(r, c) / size;
    for (std::size_t c = 0; c < embedding.columns; ++c) {
      square += std::pow(trace.embedded.at(r, c) - mean, 2) / size;
    }
    trace.deviations.at(r, 0) = std::sqrt(square + 1e-5);
    for (std::size_t c = 0; c < embedding.columns; ++c) {
      trace.embedded.at(r, c) = (trace.embedded.at(r, c) - mean) / trace.deviations.at(r, 0);
    }
  }
}

// By the derivative of each normalised value by each sum:
// (1 [c = n] - 1 / size - y_c y_n / size) / deviation.
void ReferenceNetwork::embedding_gradient(const WindowTrace& trace, ReferenceMatrix above,
                                          std::vector<ReferenceMatrix>& gradient) const {
  const Matrix& y = trace.embedded;
  const auto size = static_cast<double>(y.columns);
  Matrix sums(y.rows, y.columns);
  for (std::size_t r = 0; r < y.rows; ++r) {
    for (std::size_t c = 0; c < y.columns; ++c) {
      for (std::size_t n = 0; n < y.columns; ++n) {
        const double own = c == n ? 1 : 0;
        sums.at(r, n) += above.at(r, c) * (own - 1 / size - y.at(r, c) * y.at(r, n) / size) /
                         trace.deviations.at(r, 0);
      }
    }
  }
  add_product_of_columns(trace.lines, sums, gradient.back());
}

ReferenceNetwork::DirectionTrace ReferenceNetwork::forward_direction(ReferenceMatrix inputs,
                                                                     std::size_t direction) const {
  const Matrix& recurrent = tensors_[3 * direction + 1];
  const std::size_t hidden = recurrent.rows, length = inputs.rows;
  DirectionTrace trace;
  trace.activations = repeated(tensors_[3 * direction + 2], length);
  add_product(inputs, tensors_[3 * direction], trace.activations);
  trace.inputs = std::move(inputs);
  trace.cells = trace.outputs = Matrix(length, hidden);
  for (std::size_t t = 0; t < length; ++t) {
    for (std::size_t k = 0; k < hidden && t > 0; ++k) {
      for (std::size_t n = 0; n < 4 * hidden; ++n) {
        trace.activations.at(t, n) += trace.outputs.at(t - 1, k) * recurrent.at(k, n);
      }
    }
    for (std::size_t n = 0; n < 4 * hidden; ++n) {
      double& z = trace.activations.at(t, n);
      z = n / hidden == 2 ? std::tanh(z) : sigmoid(z);
    }
    for (std::size_t u = 0; u < hidden; ++u) {
      const auto gate = [&](std::size_t g) { return trace.activations.at(t, g * hidden + u); };
      const double before = t == 0 ? 0.0 : trace.cells.at(t - 1, u);
      trace.cells.at(t, u) = gate(1) * before + gate(0) * gate(2);
      trace.outputs.at(t, u) = gate(3) * std::tanh(trace.cells.at(t, u));
    }
  }
  return trace;
}

void ReferenceNetwork::backward(const WindowTrace& trace, const ReferenceMatrix& logits_gradient,
                                std::vector<ReferenceMatrix>& gradient) const {
  add_product_of_columns(trace.dense_inputs, logits_gradient, gradient[dense()]);
  add_sum_of_rows(logits_gradient, gradient[dense() + 1]);
  Matrix above = product_of_rows(logits_gradient, tensors_[dense()]);
  for (std::size_t d = num_directions(); d > 0; d -= 2) {
    const std::size_t hidden = above.columns / 2;
    const Matrix forward =
        backward_direction(trace.directions[d - 2], columns_of(above, 0, hidden), d - 2, gradient);
    const Matrix backward = upside_down(backward_direction(
        trace.directions[d - 1], upside_down(columns_of(above, hidden, hidden)), d - 1, gradient));
    above = forward;
    for (std::size_t i = 0; i < above.values.size(); ++i) above.values[i] += backward.values[i];
  }
  if (embeds_) embedding_gradient(trace, std::move(above), gradient);
}

ReferenceMatrix ReferenceNetwork::backward_direction(const DirectionTrace& trace,
                                                     const ReferenceMatrix& outputs_gradient,
                                                     std::size_t direction,
                                                     std::vector<ReferenceMatrix>& gradient) const {
  const Matrix& recurrent = tensors_[3 * direction + 1];
  const std::size_t hidden = recurrent.rows, length = trace.inputs.rows;
  Matrix gates(length, 4 * hidden), outputs_before(length, hidden);
  std::vector<double> from_next(hidden), cell_gradient(hidden);  // of h and c of the step at hand
  for (std::size_t t = length; t-- > 0;) {
    for (std::size_t u = 0; u < hidden; ++u) {
      const auto gate = [&](std::size_t g) { return trace.activations.at(t, g * hidden + u); };
      const double i = gate(0), f = gate(1), g = gate(2), o = gate(3);
      const double tanh_c = std::tanh(trace.cells.at(t, u));
      const double dh = outputs_gradient.at(t, u) + from_next[u];
      const double dc = cell_gradient[u] + dh * o * (1 - tanh_c * tanh_c);
      const double before = t == 0 ? 0.0 : trace.cells.at(t - 1, u);
      gates.at(t, u) = dc * g * i * (1 - i);
      gates.at(t, hidden + u) = dc * before * f * (1 - f);
      gates.at(t, 2 * hidden + u) = dc * i * (1 - g * g);
      gates.at(t, 3 * hidden + u) = dh * tanh_c * o * (1 - o);
      cell_gradient[u] = dc * f;
      outputs_before.at(t, u) = t == 0 ? 0.0 : trace.outputs.at(t - 1, u);
    }
    from_next = product_of_rows(rows_of(gates, t, 1), recurrent).values;
  }
  add_product_of_columns(trace.inputs, gates, gradient[3 * direction]);
  add_product_of_columns(outputs_before, gates, gradient[3 * direction + 1]);
  add_sum_of_rows(gates, gradient[3 * direction + 2]);
  return product_of_rows(gates, tensors_[3 * direction]);
}

}  // namespace skol
