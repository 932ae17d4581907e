// SPDX-License-Identifier: Apache-2.0
#include "report/review_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "prediction/output_format.h"

namespace skol {
namespace {

bool follows(const Document& document, const Finding& before, const Contradiction& next) {
  if (before.gold != next.gold || before.predicted != next.predicted) return false;
  std::size_t line = before.lines.back() + 1;
  while (line < next.line && !is_classified(document.line(line))) ++line;
  return line == next.line;
}

}  // namespace

std::vector<Finding> findings_of(const std::vector<Document>& documents, const Review& review) {
  std::vector<Contradiction> in_order = review.contradictions;
  std::sort(in_order.begin(), in_order.end(), [](const Contradiction& a, const Contradiction& b) {
    return std::tuple(a.document, a.line) < std::tuple(b.document, b.line);
  });
  std::vector<Finding> findings;
  for (const Contradiction& one : in_order) {
    if (findings.empty() || findings.back().document != one.document ||
        !follows(documents[one.document], findings.back(), one)) {
      // Member by member: GCC 12 destroys a copied string of the braced form where it was not made.
      Finding& begun = findings.emplace_back();
      begun.document = one.document;
      begun.gold = one.gold;
      begun.predicted = one.predicted;
    }
    Finding& finding = findings.back();
    finding.lines.push_back(one.line);
    finding.probabilities.push_back(one.probability);
    finding.probability = std::max(finding.probability, one.probability);
  }
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return a.probability > b.probability;
  });
  return findings;
}

std::vector<LabelPair> pairs_of(const std::vector<Finding>& findings) {
  std::map<std::pair<std::string, std::string>, LabelPair> by_names;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const Finding& finding = findings[i];
    const auto [found, is_new] = by_names.try_emplace(
        {finding.gold, finding.predicted}, LabelPair{finding.gold, finding.predicted, 0, 0, i});
    found->second.lines += finding.lines.size();
    ++found->second.findings;
  }
  std::vector<LabelPair> pairs;
  for (auto& [names, pair] : by_names) pairs.push_back(std::move(pair));
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const LabelPair& a, const LabelPair& b) { return a.lines > b.lines; });
  return pairs;
}

std::string review_tsv(const std::vector<Document>& documents, const Review& review) {
  std::string out = "doc_id\tline_number\tgold\tpredicted\tprobability\ttext\n";
  for (const Contradiction& one : review.contradictions) {
    const Document& document = documents[one.document];
    fmt::format_to(std::back_inserter(out), "{}\t{}\t{}\t{}\t{}\t{}\n", tsv_field(document.id),
                   one.line, tsv_field(one.gold), tsv_field(one.predicted), one.probability,
                   tsv_field(document.line(one.line)));
  }
  return out;
}

Json review_report(const std::vector<Document>& documents, const Review& review) {
  Json pairs = Json::array();
  const std::vector<Finding> findings = findings_of(documents, review);
  for (const LabelPair& pair : pairs_of(findings)) {
    pairs.push_back({{"gold", pair.gold},
                     {"predicted", pair.predicted},
                     {"lines", pair.lines},
                     {"findings", pair.findings}});
  }
  Json out = {{"documents", documents.size()},
              {"folds", review.folds},
              {"contradictions", review.contradictions.size()},
              {"findings", findings.size()},
              {"pairs", std::move(pairs)}};
  out.update(scores_report(review.scores));
  return out;
}

}  // namespace skol
