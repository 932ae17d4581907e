// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace skol {
namespace {

TEST(TerminalTest, WritesDurationsAsAClock) {
  EXPECT_EQ(as_clock(0.4), "0:00");
  EXPECT_EQ(as_clock(61.6), "1:02");
  EXPECT_EQ(as_clock(3723), "1:02:03");
  EXPECT_EQ(as_clock(std::numeric_limits<double>::infinity()), "99:59:59");
}

TEST(TerminalTest, WritesSizesInBinaryUnits) {
  EXPECT_EQ(as_bytes(1023), "1023 B");
  EXPECT_EQ(as_bytes(1536), "1.5 KiB");
  EXPECT_EQ(as_bytes(std::size_t{5} << 20), "5.0 MiB");
}

TEST(TerminalTest, KnowsUtf8ByTheNameOfTheLocale) {
  for (const char* name : {"en_US.UTF-8", "C.UTF-8", "de_DE.utf8", "sr_RS.UTF-8@latin"}) {
    EXPECT_TRUE(names_utf8(name)) << name;
  }
  for (const char* name : {"", "C", "POSIX", "de_DE", "de_DE.ISO-8859-1", "utf8"}) {
    EXPECT_FALSE(names_utf8(name)) << name;
  }
}

TEST(TerminalTest, ColoursOnlyWhereThereIsColour) {
  Terminal terminal;
  EXPECT_EQ(styled("x", Style::kBold, terminal), "x");
  terminal.colour = true;
  EXPECT_EQ(styled("x", Style::kGreen, terminal), "\033[32mx\033[0m");
}

}  // namespace
}  // namespace skol
