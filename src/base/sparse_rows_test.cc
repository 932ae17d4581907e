// SPDX-License-Identifier: Apache-2.0
#include "base/sparse_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SparseRows, StartWithoutRows) {
  const SparseRows rows;
  EXPECT_EQ(rows.size(), 0u);
  EXPECT_EQ(rows.entries(), 0u);
}

TEST(SparseRows, ReturnEachRowAsItWasAppended) {
  SparseRows rows;
  rows.append(std::vector<std::uint32_t>{2, 7}, std::vector<float>{0.5f, 1.5f});
  rows.append({}, {});
  rows.append(std::vector<std::uint32_t>{0}, std::vector<float>{3.0f});

  EXPECT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows.entries(), 3u);
  EXPECT_THAT(rows.row_columns(0), ElementsAre(2, 7));
  EXPECT_THAT(rows.row_values(0), ElementsAre(0.5f, 1.5f));
  EXPECT_THAT(rows.row_columns(1), IsEmpty());
  EXPECT_THAT(rows.row_columns(2), ElementsAre(0));
  EXPECT_THAT(rows.row_values(2), ElementsAre(3.0f));
}

TEST(SparseRows, DropWhatAnUnfinishedRowLeftBehind) {
  SparseRows rows;
  rows.columns.push_back(9);
  rows.append(std::vector<std::uint32_t>{4}, std::vector<float>{1.0f});
  EXPECT_THAT(rows.row_columns(0), ElementsAre(4));
  EXPECT_THAT(rows.columns, ElementsAre(4));
}

TEST(SparseRows, AreEmptyAndReusableAfterClear) {
  SparseRows rows;
  rows.append(std::vector<std::uint32_t>{1}, std::vector<float>{2.0f});
  rows.clear();
  EXPECT_EQ(rows.size(), 0u);
  rows.append(std::vector<std::uint32_t>{5}, std::vector<float>{6.0f});
  EXPECT_THAT(rows.row_columns(0), ElementsAre(5));
  EXPECT_THAT(rows.offsets, ElementsAre(0, 1));
}

}  // namespace
}  // namespace skol
