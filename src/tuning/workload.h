// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace skol {

// A distribution over documents.
struct Spread {
  std::size_t least = 0, median = 0, ninetieth = 0, most = 0;  // of 10 documents, 9 have no more
  double mean = 0;
};

// What text means for predictions with one window size and stride.
struct Workload {
  std::size_t documents = 0;
  std::size_t lines = 0;  // that are labelled: neither blank nor page markers
  std::size_t windows = 0;
  std::size_t window_size = 0, stride = 0;
  Spread lines_of_document, windows_of_document;
  // Of all lines of full windows, those that a short document has not: an engine that pads computes
  // them, this one skips them.
  double padding_share = 0;
  // How often a line is computed, for windows overlap.
  double passes = 0;

  // Prediction calls of one run.
  std::size_t calls(std::size_t batch_size) const {
    return (windows + batch_size - 1) / batch_size;
  }
};

// From the numbers of lines to label of the documents. Error kParameter as of window_count().
Workload profile_workload(const std::vector<std::size_t>& lines_of_documents,
                          std::size_t window_size, std::size_t stride);

}  // namespace skol
