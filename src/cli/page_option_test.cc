// SPDX-License-Identifier: Apache-2.0
#include "cli/page_option.h"

#include <gtest/gtest.h>

#include "cli/exit_status.h"

namespace skol {
namespace {

std::string typed(const std::vector<std::string>& arguments) {
  return typed_command("skol predict", arguments);
}

TEST(PageOptionTest, TheCommandIsWrittenAsAShellReadsIt) {
  EXPECT_EQ(typed({"model.skol", "a b.txt", "--threads=2", ""}),
            "skol predict model.skol 'a b.txt' --threads=2 ''");
  EXPECT_EQ(typed({"it's", "$HOME;rm", "*"}), "skol predict 'it'\\''s' '$HOME;rm' '*'");
}

TEST(PageOptionTest, TheCommandHasNoPassword) {
  EXPECT_EQ(typed({"redis://user:secret@host/0/model"}),
            "skol predict 'redis://user:***@host/0/model'");
  EXPECT_EQ(typed({"-o", "redis://:a b'c@host/0/model"}).find("b'c"), std::string::npos);
}

TEST(PageOptionTest, APageIsAFile) {
  EXPECT_THROW(check_page(""), CommandFailure);
  EXPECT_THROW(check_page("-"), CommandFailure);
  EXPECT_NO_THROW(check_page("report.html"));
  EXPECT_NO_THROW(check_page(std::nullopt));
}

}  // namespace
}  // namespace skol
