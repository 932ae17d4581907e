// SPDX-License-Identifier: Apache-2.0
#include "tuning/workload.h"

#include <algorithm>

#include "windows/sliding_window.h"

namespace skol {
namespace {

// The value that a share of all do not exceed: the nearest rank.
std::size_t quantile(const std::vector<std::size_t>& sorted, std::size_t percent) {
  return sorted[(percent * sorted.size() + 99) / 100 - 1];
}

Spread spread_of(std::vector<std::size_t> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  double sum = 0;
  for (const std::size_t value : values) sum += static_cast<double>(value);
  return {values.front(), quantile(values, 50), quantile(values, 90), values.back(),
          sum / static_cast<double>(values.size())};
}

}  // namespace

Workload profile_workload(const std::vector<std::size_t>& lines_of_documents,
                          std::size_t window_size, std::size_t stride) {
  Workload out;
  out.documents = lines_of_documents.size();
  out.window_size = window_size;
  out.stride = stride;
  std::vector<std::size_t> windows_of_documents;
  std::size_t rows = 0;  // of all windows together
  for (const std::size_t lines : lines_of_documents) {
    const std::vector<Window> windows = sliding_windows(lines, window_size, stride);
    for (const Window& window : windows) rows += window.length;
    windows_of_documents.push_back(windows.size());
    out.lines += lines;
    out.windows += windows.size();
  }
  out.lines_of_document = spread_of(lines_of_documents);
  out.windows_of_document = spread_of(std::move(windows_of_documents));
  if (out.windows > 0) {
    out.padding_share = 1 - static_cast<double>(rows) / (static_cast<double>(out.windows) *
                                                         static_cast<double>(window_size));
    out.passes = static_cast<double>(rows) / static_cast<double>(out.lines);
  }
  return out;
}

}  // namespace skol
