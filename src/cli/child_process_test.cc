// SPDX-License-Identifier: Apache-2.0
#include "cli/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "cli/standard_output.h"

namespace skol {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr milliseconds kLong{60'000}, kShort{200};

ChildAnswer shell(const std::string& script, milliseconds timeout = kLong) {
  return run_program({"sh", "-c", script}, timeout);
}

TEST(ChildProcessTest, TellsStatusAndOutput) {
  const ChildAnswer answer = shell("echo one; echo two >&2; exit 3");
  EXPECT_EQ(answer.output, "one\ntwo\n");
  EXPECT_EQ(answer.status, 3);
  EXPECT_FALSE(answer.timed_out);
  EXPECT_FALSE(answer.ok());
  EXPECT_TRUE(shell("true").ok());
}

TEST(ChildProcessTest, AProgramThatIsNotThereIsNotStarted) {
  for (const char* name : {"/no/such/program", "no-such-program-of-skol", "/dev/null", "/"}) {
    EXPECT_EQ(run_program({name}, kLong).status, ChildAnswer::kNotStarted) << name;
  }
}

TEST(ChildProcessTest, WhatHangsIsEndedWithAllItStarted) {
  const ChildAnswer answer = shell("sleep 1000 & echo $!; wait", kShort);
  EXPECT_TRUE(answer.timed_out);
  EXPECT_FALSE(answer.ok());
  const auto grandchild = static_cast<pid_t>(std::atoi(answer.output.c_str()));
  ASSERT_GT(grandchild, 1);
  // Killed, it is waited for by whoever adopted it; until then it is there to be signalled.
  EXPECT_EQ(shell("while test -d /proc/" + std::to_string(grandchild) + " && ! grep -q Z /proc/" +
                  std::to_string(grandchild) + "/stat; do sleep 0.01; done")
                .status,
            0);
}

TEST(ChildProcessTest, WhatItLeavesRunningIsNotWaitedFor) {
  const ChildAnswer answer = shell("sleep 1000 & echo done");
  EXPECT_EQ(answer.output, "done\n");
  EXPECT_TRUE(answer.ok());
}

TEST(ChildProcessTest, WorkMayWriteCrashAndThrow) {
  const auto writes = [] {
    print_to_stdout("found\n");
    return 0;
  };
  EXPECT_EQ(in_child(writes, kLong).output, "found\n");
  const auto crashes = []() -> int {
    std::raise(SIGKILL);
    return 0;
  };
  EXPECT_EQ(in_child(crashes, kLong).status, 128 + SIGKILL);
  const auto throws = []() -> int { throw std::runtime_error("x"); };
  EXPECT_EQ(in_child(throws, kLong).status, 1);
}

TEST(ChildProcessTest, OutputIsCutNotWaitedFor) {
  const ChildAnswer answer = shell("head -c 1000000 /dev/zero | tr '\\0' x; exit 4");
  EXPECT_EQ(answer.output.size(), 65536u);
  EXPECT_EQ(answer.status, 4);
}

TEST(ChildProcessTest, StandardInputIsEmpty) {
  EXPECT_EQ(shell("cat; echo end").output, "end\n");
}

}  // namespace
}  // namespace skol
