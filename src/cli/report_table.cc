// SPDX-License-Identifier: Apache-2.0
#include "cli/report_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <tuple>
#include <vector>

#include "text/findings.h"

namespace skol {
namespace {

constexpr std::size_t kFigureColumns = 4 * 11;
constexpr std::size_t kLeastCountColumns = 7;
constexpr std::size_t kMostErrors = 10;
// A narrower terminal has to break the lines: the figures alone need most of this.
constexpr std::size_t kLeastColumns = 60;

std::size_t columns_of(const Terminal& terminal) {
  return std::max(terminal.columns, kLeastColumns);
}

// A label fit for a table, cut to `columns`. Labels of annotated text are ASCII; those of a hostile
// model file may be anything.
std::string shown(std::string_view label, std::size_t columns) {
  const std::string name = printable_name(label);
  return name.size() <= columns ? name : name.substr(0, columns - 2) + "..";
}

std::size_t longest_label(const Scores& scores, std::size_t most) {
  std::size_t longest = 5;  // "label"
  for (const LabelScores& label : scores.per_label) {
    longest = std::max(longest, shown(label.label, most).size());
  }
  return longest;
}

bool occurs(const Scores& scores, std::size_t label) {
  if (scores.per_label[label].support > 0) return true;
  for (std::size_t gold = 0; gold < scores.per_label.size(); ++gold) {
    if (scores.confusion.count(gold, label) > 0) return true;
  }
  return false;
}

// Labels that occur, by gold lines, most first.
std::vector<std::size_t> labels_by_frequency(const Scores& scores) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < scores.per_label.size(); ++i) {
    if (occurs(scores, i)) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return scores.per_label[a].support > scores.per_label[b].support;
  });
  return order;
}

// Which labels were taken for which others, most often first.
std::string most_frequent_errors(const Scores& scores, const Terminal& terminal) {
  const ConfusionMatrix& confusion = scores.confusion;
  std::vector<std::tuple<std::uint64_t, std::size_t, std::size_t>> errors;
  for (std::size_t gold = 0; gold < confusion.labels().size(); ++gold) {
    for (std::size_t predicted = 0; predicted < confusion.labels().size(); ++predicted) {
      const std::uint64_t lines = confusion.count(gold, predicted);
      if (gold != predicted && lines > 0) errors.emplace_back(lines, gold, predicted);
    }
  }
  std::stable_sort(errors.begin(), errors.end(),
                   [](const auto& a, const auto& b) { return std::get<0>(a) > std::get<0>(b); });
  errors.resize(std::min(errors.size(), kMostErrors));
  constexpr std::string_view kHeading = "most frequent errors";
  const std::size_t width =
      std::max(longest_label(scores, columns_of(terminal) / 3), kHeading.size());
  std::string out =
      styled(fmt::format("{:<{}}  {:<{}}  {:>9}", kHeading, width, "predicted as", width, "lines"),
             Style::kBold, terminal) +
      "\n";
  for (const auto& [lines, gold, predicted] : errors) {
    out += fmt::format("{:<{}}  {:<{}}  {:>9}\n", shown(confusion.labels()[gold], width), width,
                       shown(confusion.labels()[predicted], width), width, with_commas(lines));
  }
  return out;
}

}  // namespace

std::string scores_table(const Scores& scores, const Terminal& terminal) {
  const std::size_t width = longest_label(scores, columns_of(terminal) - kFigureColumns);
  std::string out = styled(fmt::format("{:<{}}{:>11}{:>11}{:>11}{:>11}", "label", width,
                                       "precision", "recall", "F1", "lines"),
                           Style::kBold, terminal) +
                    "\n";
  for (const std::size_t i : labels_by_frequency(scores)) {
    const LabelScores& label = scores.per_label[i];
    out += fmt::format("{:<{}}{:>11.4f}{:>11.4f}{:>11.4f}{:>11}\n", shown(label.label, width),
                       width, label.precision, label.recall, label.f1, with_commas(label.support));
  }
  out +=
      fmt::format("\naccuracy {:.4f}   macro-F1 {:.4f}   weighted F1 {:.4f}   {} lines\n",
                  scores.accuracy, scores.macro_f1, scores.weighted_f1, with_commas(scores.lines));
  return out;
}

std::string confusion_table(const Scores& scores, const Terminal& terminal) {
  const std::vector<std::size_t> order = labels_by_frequency(scores);
  constexpr std::string_view kCorner = "gold \\ predicted";
  const std::size_t width = std::max(longest_label(scores, columns_of(terminal)), kCorner.size());
  std::string heading = fmt::format("{:<{}}", kCorner, width);
  std::vector<std::size_t> columns;
  for (const std::size_t i : order) {
    const std::string label = shown(scores.per_label[i].label, columns_of(terminal));
    columns.push_back(std::max(label.size(), kLeastCountColumns) + 2);
    heading += fmt::format("{:>{}}", label, columns.back());
  }
  if (heading.size() > columns_of(terminal)) return most_frequent_errors(scores, terminal);
  std::string out = styled(heading, Style::kBold, terminal) + "\n";
  for (const std::size_t gold : order) {
    out += fmt::format("{:<{}}", shown(scores.per_label[gold].label, columns_of(terminal)), width);
    for (std::size_t i = 0; i < order.size(); ++i) {
      out += fmt::format("{:>{}}", with_commas(scores.confusion.count(gold, order[i])), columns[i]);
    }
    out += "\n";
  }
  return out;
}

}  // namespace skol
