// SPDX-License-Identifier: Apache-2.0
#include "base/process_identity.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace skol {
namespace {

// 18 fields stand between the state and the start.
std::string stat_line(const std::string& name, char state) {
  std::string line = "42 (" + name + ") " + state;
  for (int i = 0; i < 18; ++i) line += " 7";
  return line + " 987654321 8 9";
}

TEST(ProcessIdentityTest, ReadsNumberAndStart) {
  const auto process = parse_process_stat(stat_line("python3", 'S'));
  ASSERT_TRUE(process);
  EXPECT_EQ(process->pid, 42);
  EXPECT_EQ(process->start, 987654321u);
}

TEST(ProcessIdentityTest, ANameMayLookLikeTheEndOfTheName) {
  const auto process = parse_process_stat(stat_line("a) Z 1 (b) R", 'R'));
  ASSERT_TRUE(process);
  EXPECT_EQ(process->start, 987654321u);
}

TEST(ProcessIdentityTest, WhatHasEndedOrIsNoStatIsNoProcess) {
  for (const std::string& line : {stat_line("x", 'Z'), stat_line("x", 'X'), std::string(),
                                  std::string("42 (x"), std::string("42 (x) S 1 2"),
                                  std::string("x (x) S 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 5")}) {
    EXPECT_FALSE(parse_process_stat(line)) << line;
  }
}

TEST(ProcessIdentityTest, ThisProcessRunsAndIsNoOther) {
  const auto process = this_process();
  ASSERT_TRUE(process);
  EXPECT_EQ(process->pid, ::getpid());
  EXPECT_EQ(process, this_process());
  EXPECT_TRUE(is_running(*process));
  // The same number with another start: a later process.
  ProcessIdentity earlier = *process;
  --earlier.start;
  EXPECT_FALSE(is_running(earlier));
}

TEST(ProcessIdentityTest, AProcessThatEndedDoesNotRunBeforeAndAfterItsParentWaitsForIt) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  std::ifstream file("/proc/" + std::to_string(child) + "/stat");
  std::string line;
  ASSERT_TRUE(std::getline(file, line));
  const auto process = parse_process_stat(line);
  ASSERT_TRUE(process);
  EXPECT_TRUE(is_running(*process));
  ::kill(child, SIGKILL);
  siginfo_t ended = {};
  ::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT);
  EXPECT_FALSE(is_running(*process));
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(is_running(*process));
}

}  // namespace
}  // namespace skol
