// SPDX-License-Identifier: Apache-2.0
#include "cli/top_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <sstream>
#include <vector>

#include "report/running_json.h"

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;

RunningPrediction some_run(pid_t pid = 12345) {
  RunningPrediction run;
  run.process.pid = pid;
  run.seconds = 72;
  run.age_seconds = 0.1;
  RunStatus& status = run.status;
  status.what = "predict";
  status.model = "models/papers.skol";
  status.device = "cpu avx512";
  status.documents = 12;
  status.lines = 3400;
  status.windows = 140;
  status.windows_done = 128;
  status.predict_calls = 2;
  status.prediction_batch_size = 64;
  status.resident_bytes = std::uint64_t{46} << 20;
  status.workspace_bytes = 1000;
  status.threads = 2;
  status.windows_per_second = 2900.4;
  return run;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  for (const std::string& line : lines_of(text)) longest = std::max(longest, line.size());
  return longest;
}

std::string table(const std::vector<RunningPrediction>& runs, const Terminal& terminal = {}) {
  const std::vector<MemoryLimit> limits = {{"memory of the host", 8u << 20, 5u << 20}};
  return top_table(runs, limits, terminal);
}

TEST(TopTableTest, ShowsEachRunInTwoLines) {
  EXPECT_EQ(table({some_run()}),
            "1 run, 2,900 windows/s, 46.0 MiB; 3.0 MiB left of memory of the host\n"
            "\n"
            "    pid what           batch windows/s     windows     memory budget device\n"
            "  12345 predict           64     2,900         128   46.0 MiB      - cpu avx512\n"
            "        1:12, 12 documents, 3,400 lines, 2 threads, models/papers.skol\n");
}

TEST(TopTableTest, SaysWhatWasReducedAndWhatIsOfTheBudget) {
  RunningPrediction run = some_run();
  run.status.reductions = 2;
  run.status.budget_bytes = std::uint64_t{92} << 20;
  EXPECT_THAT(table({run}), AllOf(HasSubstr("  50 % cpu"), HasSubstr(", 2 reductions,")));
}

TEST(TopTableTest, ARunThatSaysNothingIsQuietAndHasNoRate) {
  RunningPrediction run = some_run();
  run.age_seconds = 12;
  EXPECT_THAT(table({run}), AllOf(HasSubstr("1 run, 0 windows/s"), HasSubstr("    quiet  "),
                                  HasSubstr("quiet for 0:12")));
}

TEST(TopTableTest, RunsOfOneProcessShareItsMemory) {
  EXPECT_THAT(table({some_run(), some_run(), some_run(7)}),
              HasSubstr("3 runs, 8,701 windows/s, 92.0 MiB"));
}

TEST(TopTableTest, FitsEightyColumnsWhateverItIsTold) {
  RunningPrediction run = some_run(std::numeric_limits<pid_t>::max());
  for (std::uint64_t* number : {&run.status.documents, &run.status.lines, &run.status.windows_done,
                                &run.status.prediction_batch_size, &run.status.resident_bytes,
                                &run.status.threads, &run.status.reductions}) {
    *number = std::numeric_limits<std::uint64_t>::max();
  }
  run.status.windows_per_second = 1e300;
  run.status.budget_bytes = 1;
  run.status.what = run.status.device = std::string(32, 'x');
  run.status.model = "\x1b[31m\n" + std::string(300, 'y');
  run.seconds = run.age_seconds = 1e300;
  const std::string text = table({run, run});
  EXPECT_THAT(longest_line(text), Le(79U));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(TopTableTest, OfALongPathTheEndIsShown) {
  RunningPrediction run = some_run();
  run.status.model = "/srv/" + std::string(100, 'x') + "/m\xC3\xBCller.skol";
  EXPECT_THAT(table({run}), AllOf(HasSubstr(", ...xx"), HasSubstr("/m\xC3\xBCller.skol\n")));
}

TEST(TopTableTest, ANarrowTerminalLeavesColumnsOut) {
  Terminal terminal;
  for (std::size_t columns = 80; columns > 0; --columns) {
    terminal.columns = columns;
    const std::string text = table({some_run()}, terminal);
    EXPECT_THAT(longest_line(text), Le(std::max<std::size_t>(columns, 9) - 1)) << columns;
  }
  terminal.columns = 40;
  EXPECT_THAT(table({some_run()}, terminal),
              AllOf(HasSubstr("    pid   batch windows/s     memory\n"),
                    HasSubstr("  12345      64     2,900   46.0 MiB\n"), Not(HasSubstr("cpu"))));
}

TEST(TopTableTest, ALowTerminalLeavesLinesOutThenRuns) {
  const std::vector<RunningPrediction> runs(6, some_run());
  Terminal terminal;
  terminal.rows = 16;
  EXPECT_THAT(lines_of(table(runs, terminal)), SizeIs(15));
  terminal.rows = 15;
  EXPECT_THAT(lines_of(table(runs, terminal)), SizeIs(9));
  terminal.rows = 8;
  EXPECT_THAT(lines_of(table(runs, terminal)), SizeIs(8));
  EXPECT_THAT(table(runs, terminal), HasSubstr("\nand 2 more\n"));
  for (std::size_t rows = 1; rows < 8; ++rows) {
    terminal.rows = rows;
    EXPECT_THAT(lines_of(table(runs, terminal)).size(), Le(std::max<std::size_t>(rows, 4)));
  }
}

TEST(TopTableTest, HasColoursOnATerminalOnly) {
  Terminal terminal;
  EXPECT_THAT(table({some_run()}, terminal), Not(HasSubstr("\033")));
  terminal.colour = true;
  EXPECT_THAT(table({some_run()}, terminal), HasSubstr("\033[1m"));
}

TEST(RunningReportTest, HasTheKeysScriptsRelyOn) {
  RunningPrediction run = some_run();
  run.seconds = 0;
  const Json json = running_report(run);
  const std::string time = json.at("time");
  EXPECT_THAT(time, MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+Z"));
  EXPECT_EQ(json.dump(),
            R"({"time":")" + time +
                R"(","pid":12345,"what":"predict","model":"models/papers.skol",)"
                R"("device":"cpu avx512","threads":2,"started":")" +
                time +
                R"(","seconds":0.0,"age_seconds":0.1,"documents":12,"lines":3400,"windows":140,)"
                R"("windows_done":128,"windows_per_second":2900.4,"predict_calls":2,)"
                R"("prediction_batch_size":64,"reductions":0,"resident_bytes":48234496,)"
                R"("workspace_bytes":1000,"budget_bytes":null})");
}

TEST(RunningReportTest, WhatIsNotKnownIsNull) {
  RunningPrediction run = some_run();
  run.status.model = "";
  run.status.budget_bytes = 5;
  EXPECT_TRUE(running_report(run)["model"].is_null());
  EXPECT_EQ(running_report(run)["budget_bytes"], 5);
}

}  // namespace
}  // namespace skol
