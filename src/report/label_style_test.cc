// SPDX-License-Identifier: Apache-2.0
#include "report/label_style.h"

#include <gmock/gmock.h>

#include <set>

namespace skol {
namespace {

using ::testing::ElementsAre;

TEST(LabelStyle, LabelsBeyondTheColoursBeginAgain) {
  std::set<std::string> classes;
  for (std::size_t i = 0; i < kLabelColours; ++i) classes.insert(label_class(i));
  EXPECT_EQ(classes.size(), kLabelColours);
  EXPECT_EQ(label_class(kLabelColours), label_class(0));
  for (const std::string& name : classes) {
    EXPECT_NE(std::string(kLabelStyle).find("." + name + " { --label:"), std::string::npos) << name;
  }
}

TEST(LabelStyle, ShortNamesDiffer) {
  EXPECT_THAT(short_names({"Misc-exposition", "Description", "Nomenclature"}),
              ElementsAre("Mis", "Des", "Nom"));
  EXPECT_THAT(short_names({"Page-header", "Page-number", "Pag", "m"}),
              ElementsAre("Page-h", "Page-n", "Pag", "m"));
}

TEST(LabelStyle, ShortNamesEndBetweenCharacters) {
  EXPECT_THAT(short_names({"\u00C9\u00C8\u00CA\u00CB", "\u00C9\u00C8\u00C0"}),
              ElementsAre("\u00C9\u00C8\u00CA", "\u00C9\u00C8\u00C0"));
}

}  // namespace
}  // namespace skol
