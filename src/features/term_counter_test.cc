// SPDX-License-Identifier: Apache-2.0
#include "features/term_counter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> terms(const std::vector<CountedTerm>& counted) {
  std::vector<std::string> result;
  result.reserve(counted.size());
  for (const CountedTerm& term : counted) result.push_back(term.term);
  return result;
}

TermCounter counter_of(std::initializer_list<std::string_view> occurrences) {
  TermCounter counter;
  for (const std::string_view term : occurrences) counter.add(term, 0);
  return counter;
}

TEST(TermCounter, CountsOccurrencesAndLines) {
  TermCounter counter;
  counter.add("spore", 0);
  counter.add("spore", 0);
  counter.add("cap", 0);
  counter.add("spore", 3);
  const auto counted = counter.most_frequent(10);
  ASSERT_THAT(terms(counted), ElementsAre("spore", "cap"));
  EXPECT_EQ(counted[0].count, 3u);
  EXPECT_EQ(counted[0].lines, 2u);
  EXPECT_EQ(counted[1].count, 1u);
  EXPECT_EQ(counted[1].lines, 1u);
}

TEST(TermCounter, OrdersTiesByUtf8Bytes) {
  const TermCounter counter = counter_of({"µ", "b", "", "z", "B", "bb", "b", "µ", "菌"});
  EXPECT_THAT(terms(counter.most_frequent(10)), ElementsAre("b", "µ", "", "B", "bb", "z", "菌"));
}

TEST(TermCounter, CutsTheOrderAtTheLimit) {
  const TermCounter counter = counter_of({"d", "c", "b", "a", "d", "d", "c"});
  EXPECT_THAT(terms(counter.most_frequent(3)), ElementsAre("d", "c", "a"));
  EXPECT_THAT(terms(counter.most_frequent(1)), ElementsAre("d"));
  EXPECT_THAT(terms(counter.most_frequent(0)), IsEmpty());
}

TEST(TermCounter, HasNoTermsBeforeTheFirst) {
  EXPECT_THAT(TermCounter().most_frequent(5), IsEmpty());
}

}  // namespace
}  // namespace skol
