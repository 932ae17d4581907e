// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/sparse_rows.h"
#include "network/lstm_direction.h"
#include "skol/document.h"
#include "skol/model.h"

namespace skol::bench {

// What every engine labels: whole windows of real documents as sparse rows. A folder holds it as
// `workload.json` and plain little-endian arrays, which numpy reads as they are.
struct Workload {
  std::size_t window_size = 0, stride = 0, input_size = 0, classes = 0;
  // Lines of each document, in order: window_size + k * stride, so that no window is cut.
  std::vector<std::size_t> documents;
  SparseRows rows;                   // of all documents
  std::vector<std::int32_t> labels;  // one a line; kNoLabel: none

  std::size_t windows_of(std::size_t lines) const { return (lines - window_size) / stride + 1; }
  std::size_t windows() const;
  // All windows in order, as lines of `rows`.
  std::vector<WindowRows> window_rows() const;
  // Documents with their features given, as RNN models without a vocabulary take them.
  std::vector<Document> as_documents(const Model& model) const;
};

// Documents of these files, cut to whole windows, until there are `windows` of them.
Workload make_workload(const Model& model, const std::vector<std::string>& files,
                       std::size_t windows);
void write_workload(const Workload& workload, const std::string& folder);
Workload read_workload(const std::string& folder);

// The same network for documents that bring their features.
Model without_vocabulary(const Model& model);

}  // namespace skol::bench
