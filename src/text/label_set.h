// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "skol/document.h"

namespace skol {

// The labels of a model, in the order of its outputs. Immutable, so it may be shared by threads.
class LabelSet {
 public:
  LabelSet() = default;
  // Names in index order, as a model keeps them. Error kParameter for an empty name or two alike.
  explicit LabelSet(std::vector<std::string> names);
  // The most frequent label first, equals in byte order; labels never seen are left out.
  static LabelSet from_counts(const std::map<std::string, std::size_t>& counts);

  std::size_t size() const { return names_.size(); }
  const std::vector<std::string>& names() const { return names_; }
  // kNoLabel for a name that is not in the set.
  std::int32_t index(std::string_view name) const;

 private:
  std::vector<std::string> names_;
  std::vector<std::int32_t> by_name_;  // indices, sorted by name
};

// What labels are turned into that a model does not keep.
inline constexpr std::string_view kOtherLabel = "Misc-exposition";

// "Nomenclature" and "Description" stay, everything else becomes "Misc-exposition".
std::string collapse_label(std::string_view label);

// The document's label of each line as an index into `set`, after collapse_label if asked for.
// Lines whose label is not in the set get kNoLabel, and each such label one diagnostic: at its
// first line (column 1), its count that of its lines.
std::vector<std::int32_t> labels_in(const Document& document, const LabelSet& set, bool collapse,
                                    std::vector<Diagnostic>& diagnostics);

}  // namespace skol
