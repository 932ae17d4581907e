// SPDX-License-Identifier: Apache-2.0
#include "text/label_set.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "text/findings.h"

namespace skol {

LabelSet::LabelSet(std::vector<std::string> names)
    : names_(std::move(names)), by_name_(names_.size()) {
  const auto name_of = [&](std::int32_t i) -> const std::string& {
    return names_[static_cast<std::size_t>(i)];
  };
  std::iota(by_name_.begin(), by_name_.end(), 0);
  std::sort(by_name_.begin(), by_name_.end(),
            [&](std::int32_t a, std::int32_t b) { return name_of(a) < name_of(b); });
  const auto twice =
      std::adjacent_find(by_name_.begin(), by_name_.end(),
                         [&](std::int32_t a, std::int32_t b) { return name_of(a) == name_of(b); });
  if (twice != by_name_.end()) {
    fail(ErrorKind::kParameter, "label {} is listed twice; give every label once",
         in_quotes(name_of(*twice)));
  }
  if (!by_name_.empty() && name_of(by_name_.front()).empty()) {
    fail(ErrorKind::kParameter, "a label without a name; give every label a name");
  }
}

LabelSet LabelSet::from_counts(const std::map<std::string, std::size_t>& counts) {
  std::vector<std::pair<std::string, std::size_t>> ordered;
  std::copy_if(counts.begin(), counts.end(), std::back_inserter(ordered),
               [](const auto& entry) { return entry.second > 0; });
  // The map's order is the byte order, which a stable sort keeps among equals.
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> names;
  names.reserve(ordered.size());
  for (auto& [name, count] : ordered) names.push_back(std::move(name));
  return LabelSet(std::move(names));
}

std::int32_t LabelSet::index(std::string_view name) const {
  const auto name_of = [&](std::int32_t i) -> const std::string& {
    return names_[static_cast<std::size_t>(i)];
  };
  const auto found = std::lower_bound(
      by_name_.begin(), by_name_.end(), name,
      [&](std::int32_t i, std::string_view wanted) { return name_of(i) < wanted; });
  return found != by_name_.end() && name_of(*found) == name ? *found : kNoLabel;
}

std::string collapse_label(std::string_view label) {
  const bool stays = label == "Nomenclature" || label == "Description";
  return std::string(stays ? label : kOtherLabel);
}

std::vector<std::int32_t> labels_in(const Document& document, const LabelSet& set, bool collapse,
                                    std::vector<Diagnostic>& diagnostics) {
  std::vector<std::int32_t> index_of;  // by the document's own label index
  for (const std::string& label : document.label_names) {
    index_of.push_back(set.index(collapse ? collapse_label(label) : label));
  }
  constexpr std::size_t kNotReported = static_cast<std::size_t>(-1);
  std::vector<std::size_t> report_of(document.label_names.size(), kNotReported);
  std::vector<std::int32_t> labels(document.labels.size(), kNoLabel);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (document.labels[i] == kNoLabel) continue;
    const auto label = static_cast<std::size_t>(document.labels[i]);
    labels[i] = index_of[label];
    if (labels[i] != kNoLabel) continue;
    if (report_of[label] == kNotReported) {
      report_of[label] = diagnostics.size();
      diagnostics.push_back({document.id, i + 1, 1, DiagnosticKind::kUnknownLabel,
                             describe(DiagnosticKind::kUnknownLabel, document.label_names[label]),
                             0});
    }
    ++diagnostics[report_of[label]].count;
  }
  return labels;
}

}  // namespace skol
