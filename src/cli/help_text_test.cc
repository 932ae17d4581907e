// SPDX-License-Identifier: Apache-2.0
#include "cli/help_text.h"

#include <gtest/gtest.h>

#include <vector>

namespace skol {
namespace {

TEST(HelpTextTest, ShowsArgumentsAndOptionsByGroup) {
  const std::vector<OptionHelp> options = {
      {"-h,--help", "", "Options", "this text"},
      {"INPUT...", "", "", "files", "", true},
      {"--json", "", "Output", "one object"},
      {"--a-rather-long-option-name", "A|B", "Other",
       "a meaning of so many words that they do not fit on one line", "A"},
      {"-o,--output", "DIR", "Output", "where to", "", true}};
  EXPECT_EQ(verb_help("skol do", "Does it.", options),
            "usage: skol do INPUT... -o DIR [OPTION...]\n"
            "\n"
            "Does it.\n"
            "\n"
            "  INPUT...                    files\n"
            "\n"
            "Options:\n"
            "  -h, --help                  this text\n"
            "\n"
            "Output:\n"
            "  --json                      one object\n"
            "  -o, --output DIR            where to\n"
            "\n"
            "Other:\n"
            "  --a-rather-long-option-name A|B\n"
            "                              a meaning of so many words that they do not fit on\n"
            "                              one line [A]\n");
}

TEST(HelpTextTest, LeavesOneLineEmptyWhereThereAreNoArguments) {
  EXPECT_EQ(
      verb_help("skol do", "Does it.", std::vector<OptionHelp>{{"--json", "", "Output", "x"}}),
      "usage: skol do [OPTION...]\n\nDoes it.\n\nOutput:\n"
      "  --json                      x\n");
}

TEST(HelpTextTest, ShowsVerbs) {
  const Verb verbs[] = {{"train", "trains", nullptr}};
  EXPECT_EQ(verbs_help("skol", "It labels.", verbs),
            "usage: skol VERB ...\n\nIt labels.\n\n  train     trains\n\n"
            "skol VERB --help has the options of a verb.\n");
}

}  // namespace
}  // namespace skol
