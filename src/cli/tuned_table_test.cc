// SPDX-License-Identifier: Apache-2.0
#include "cli/tuned_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "model/tuning_record_testing.h"

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Characters, not bytes; without colour.
std::size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto width = std::ranges::count_if(
        line, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80; });
    widest = std::max(widest, static_cast<std::size_t>(width));
  }
  return widest;
}

TEST(TunedTable, HasARowABatchSizeThenTheChoiceAndWhereItWasMade) {
  EXPECT_EQ(tuned_table(sample_record(), {}),
            "batch size       memory    windows/s\n"
            "         1     28.8 MiB          411  ######\n"
            "        32     36.3 MiB        2,400  ##################################### <--\n"
            "        64     43.9 MiB        2,480  ######################################\n"
            "\n"
            "prediction_batch_size 32: the smallest size within 5 % of the fastest\n"
            "Memory is 28.6 MiB + batch size x 244 KiB; no point is further off than 1.25 %.\n"
            "Measured 2026-11-23T19:41:52Z on AMD EPYC (family 25, model 17), 2 cores, avx512\n"
            "(cpu, fp32).\n");
}

TEST(TunedTable, DrawsEighthsOfAColumnWhereTheTerminalHasThem) {
  TuningRecord record = sample_record();
  record.points = {{1, 1, 0}, {2, 1, 1}, {4, 1, 1.5}, {8, 1, 4}};
  Terminal terminal;
  terminal.unicode = true;
  EXPECT_THAT(tuned_table(record, terminal),
              AllOf(HasSubstr("  0.0  \n"), HasSubstr("1.0  █████████▌\n"),
                    HasSubstr("1.5  ██████████████▎\n"), Not(HasSubstr("#"))));
}

TEST(TunedTable, ColoursTheChoiceOnATerminalOnly) {
  Terminal terminal;
  terminal.colour = true;
  EXPECT_THAT(tuned_table(sample_record(), terminal), HasSubstr("\033[32m#"));
  EXPECT_THAT(tuned_table(sample_record(), {}), Not(HasSubstr("\033")));
}

TEST(TunedTable, GivesTheBarUpInFewColumns) {
  Terminal terminal;
  for (std::size_t columns = 40; columns <= 80; ++columns) {
    terminal.columns = columns;
    const std::string table = tuned_table(sample_record(), terminal);
    const std::string rows = table.substr(0, table.find("\n\n"));
    EXPECT_LE(widest_line(rows), std::max<std::size_t>(columns, 42)) << columns;
  }
  terminal.columns = 40;
  EXPECT_THAT(tuned_table(sample_record(), terminal), Not(HasSubstr("#")));
}

// A model file may hold anything that check() lets pass.
TEST(TunedTable, IsPrintableAndFitsWhateverTheFileHolds) {
  TuningRecord record = sample_record();
  record.points = {{1, 0, 0}, {1 << 24, std::uint64_t{1} << 53, 1e308}};
  record.base_bytes = record.window_bytes = std::uint64_t{1} << 53;
  record.fit_error = 1e308;
  record.reason = record.date = record.hardware.processor = record.device = "\x1b[31m\n two";
  check(record);
  const std::string table = tuned_table(record, {});
  EXPECT_LE(widest_line(table), 80U);
  EXPECT_THAT(table, Not(HasSubstr("\x1b")));
  record.points.clear();
  EXPECT_THAT(tuned_table(record, {}), HasSubstr("windows/s\n\n"));
}

}  // namespace
}  // namespace skol
