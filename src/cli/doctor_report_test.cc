// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace skol {
namespace {

using ::testing::HasSubstr;
using ::testing::Le;

std::vector<Section> some_sections() {
  Section memory{"memory"};
  memory.required = true;
  memory.facts = {{"left_bytes", 5}};
  memory.add({Health::kOk, "much"});
  Section java{"java"};
  java.add({Health::kOk, "Java 17"});
  java.add({Health::kProblem, "too old", "install a newer one"});
  java.add({Health::kMissing, "no JAVA_HOME"});
  return {memory, java};
}

std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

TEST(DoctorReportTest, NamesASectionOnceAndGivesAdviceBelowWhatItIsAbout) {
  EXPECT_EQ(doctor_text(some_sections(), {}),
            "memory     ok       much\n"
            "java       ok       Java 17\n"
            "           problem  too old\n"
            "                    -> install a newer one\n"
            "           missing  no JAVA_HOME\n");
}

TEST(DoctorReportTest, ColoursTheStateOnATerminalOnly) {
  Terminal terminal;
  terminal.colour = true;
  EXPECT_THAT(doctor_text(some_sections(), terminal),
              HasSubstr("           \033[31mproblem  \033[0mtoo old\n"));
}

TEST(DoctorReportTest, FitsEightyColumns) {
  std::vector<Section> sections = some_sections();
  std::string words;
  for (int i = 0; i < 40; ++i) words += "word" + std::to_string(i * i) + " ";
  sections[0].add({Health::kProblem, words, words});
  EXPECT_THAT(longest_line(doctor_text(sections, {})), Le(80U));
}

TEST(DoctorReportTest, JsonHasAnObjectASectionWithTheWorstOfItsFindings) {
  EXPECT_EQ(doctor_json(some_sections()).dump(),
            R"({"memory":{"status":"ok","left_bytes":5,)"
            R"("findings":[{"status":"ok","text":"much","advice":""}]},)"
            R"("java":{"status":"problem",)"
            R"("findings":[{"status":"ok","text":"Java 17","advice":""},)"
            R"({"status":"problem","text":"too old","advice":"install a newer one"},)"
            R"({"status":"missing","text":"no JAVA_HOME","advice":""}]}})");
}

TEST(DoctorReportTest, OnlyAProblemOfARequiredSectionIsAFailure) {
  std::vector<Section> sections = some_sections();
  EXPECT_TRUE(all_required_work(sections));
  sections[0].add({Health::kMissing, "some"});
  EXPECT_TRUE(all_required_work(sections));
  sections[0].add({Health::kProblem, "none"});
  EXPECT_FALSE(all_required_work(sections));
}

}  // namespace
}  // namespace skol
