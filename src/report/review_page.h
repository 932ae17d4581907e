// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "report/review_report.h"

namespace skol {

// The page of a review: the lines that the models contradict, the worst first, each with the lines
// around it, and how many there are of each pair of labels and in each document.
std::string review_page(const std::vector<Document>& documents, const Review& review,
                        const ReviewOptions& options, const std::string& made_by);

// Findings on a page; a browser is still quick with these, and nobody reads more at once.
inline constexpr std::size_t kMostFindings = 2000;

}  // namespace skol
