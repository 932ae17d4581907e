// SPDX-License-Identifier: Apache-2.0
#include "report/html_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kHostile = "</title><script>alert('x')</script>";

std::string chart(double width) {
  return width > 500 ? "<svg a=\"wide\"></svg>" : "<svg a=\"small\"></svg>";
}

TEST(HtmlPageTest, ForbidsTheBrowserToFetchAnything) {
  EXPECT_THAT(HtmlPage("title", "lead", "").finish(),
              AllOf(StartsWith("<!DOCTYPE html>"),
                    HasSubstr("default-src 'none'; style-src 'unsafe-inline'"),
                    HasSubstr("prefers-color-scheme: dark")));
}

TEST(HtmlPageTest, EscapesEveryText) {
  HtmlPage page(kHostile, kHostile, kHostile);
  page.key_figures({{kHostile, kHostile}});
  page.section(kHostile);
  page.paragraph(kHostile);
  page.items({kHostile});
  page.figure(chart, kHostile);
  page.table({kHostile, {kHostile}, {{{{kHostile, kHostile}}}}});
  EXPECT_THAT(std::move(page).finish(), AllOf(Not(HasSubstr("<script")), Not(HasSubstr("'x'"))));
}

TEST(HtmlPageTest, AFigureIsDrawnForTwoWidthsAndSaysWhatMadeIt) {
  HtmlPage page("title", "lead", "skol plan --executors 4");
  page.figure(chart, "Caption.");
  page.figure(chart, "Another.");
  EXPECT_THAT(std::move(page).finish(),
              AllOf(HasSubstr("<svg class=\"narrow\" a=\"small\">"),
                    HasSubstr("<svg class=\"wide\" a=\"wide\">"), HasSubstr("Figure 1. Caption."),
                    HasSubstr("Figure 2. Another."),
                    HasSubstr("<span>skol</span> <span>plan</span> <span>--executors</span>")));
}

TEST(HtmlPageTest, ALongCommandIsInFullOnceAtTheEnd) {
  const std::string command = "skol predict " + std::string(5000, 'x');
  HtmlPage page("title", "lead", command);
  page.figure(chart, "Caption.");
  const std::string html = std::move(page).finish();
  const std::size_t first = html.find(std::string(5000, 'x'));
  EXPECT_GT(first, html.find("<footer>"));
  EXPECT_EQ(html.find(std::string(200, 'x')), first);
}

TEST(HtmlPageTest, NoLineEndsBetweenANumberAndItsUnit) {
  HtmlPage page("title", "lead", "");
  page.paragraph("4 executors take 5.98 GiB (90.6 %) in 3 s, not 3 seconds.");
  EXPECT_THAT(
      std::move(page).finish(),
      HasSubstr("4 executors take 5.98\u00A0GiB (90.6\u00A0%) in 3\u00A0s, not 3 seconds."));
}

}  // namespace
}  // namespace skol
