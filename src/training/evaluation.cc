// SPDX-License-Identifier: Apache-2.0
#include "training/evaluation.h"

#include <algorithm>
#include <set>

#include "text/label_set.h"

namespace skol {

void Evaluation::add(const LabelledDocument& labelled, const Model& model) {
  const Document& document = labelled.document;
  const bool collapse = model.options().labels == "collapsed";
  for (std::size_t i = 0; i < document.labels.size(); ++i) {
    if (document.labels[i] == kNoLabel || labelled.labels[i] == kNoLabel) continue;
    const std::string& gold = document.label_names[static_cast<std::size_t>(document.labels[i])];
    add(collapse ? collapse_label(gold) : gold,
        model.labels()[static_cast<std::size_t>(labelled.labels[i])]);
  }
}

Scores Evaluation::scores() const {
  std::set<std::string> others;
  for (const auto& [pair, count] : counts_) others.insert({pair.first, pair.second});
  std::vector<std::string> names = labels_;
  for (const std::string& name : labels_) others.erase(name);
  names.insert(names.end(), others.begin(), others.end());
  ConfusionMatrix confusion(names);
  const auto index = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  for (const auto& [pair, count] : counts_) {
    const std::size_t gold = index(pair.first), predicted = index(pair.second);
    for (std::uint64_t line = 0; line < count; ++line) confusion.add(gold, predicted);
  }
  return score(std::move(confusion));
}

}  // namespace skol
