// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <vector>

#include "skol/document.h"
#include "text/annotation_writer.h"

namespace skol {
namespace {

constexpr std::size_t kSmall = std::size_t{1} << 14;
constexpr std::size_t kGrowth = 16;

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

// Processor seconds to read and write back, the least of three.
double seconds(const std::string& bytes) {
  double least = 1e9;
  for (int round = 0; round < 3; ++round) {
    const std::clock_t start = std::clock();
    std::vector<Diagnostic> diagnostics;
    const Document document = parse_annotated("x", bytes, TextErrors::kReplace, diagnostics);
    write_annotated(document, document.labels, document.label_names, true);
    least = std::min(least, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return least;
}

class LinearTime : public testing::TestWithParam<std::string> {};

// Sixteen times the input may take four times sixteen the time; were the time quadratic, it would
// take sixteen times sixteen. A millisecond is allowed for what the clock cannot tell.
TEST_P(LinearTime, IsEnoughForTextMadeToBeSlow) {
  const double small = seconds(repeated(GetParam(), kSmall));
  const double large = seconds(repeated(GetParam(), kSmall * kGrowth));
  EXPECT_LE(large, 4.0 * static_cast<double>(kGrowth) * (small + 1e-3));
}

INSTANTIATE_TEST_SUITE_P(Families, LinearTime,
                         testing::Values("[@", "#", "*]", "a", "[", "*", "#a*]", "[@#a*]",
                                         "[@a#a*]", "@a*]", "[@a", "[@\n", "\n", "\r", "\r\n",
                                         "[@a\n#a*]", "\xE9", " ", "--- PDF Page 1 Label "),
                         [](const auto& family) { return std::to_string(family.index); });

// A line of many blocks, each with a label of its own.
TEST(LinearTime, IsEnoughForManyLabelsOnManyBlocks) {
  const auto text = [](std::size_t blocks) {
    std::string bytes;
    for (std::size_t i = 0; i < blocks; ++i) bytes += "[@x#L" + std::to_string(i) + "*]";
    return bytes;
  };
  const double small = seconds(text(kSmall));
  const double large = seconds(text(kSmall * kGrowth));
  EXPECT_LE(large, 4.0 * static_cast<double>(kGrowth) * (small + 1e-3));
}

}  // namespace
}  // namespace skol
