// SPDX-License-Identifier: Apache-2.0
#include "prediction/vector_column.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "skol/error.h"

namespace skol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A column of one vector.
struct Vectors {
  std::int8_t type = VectorColumn::kSparse;
  std::int32_t size = 5;
  std::vector<std::int32_t> indices = {};
  std::vector<double> values = {};
  std::uint8_t valid = 1;

  // What is read of it, and in `problem` what is wrong with it.
  SparseRows rows(std::size_t width = 5) {
    const std::int32_t index_offsets[] = {0, static_cast<std::int32_t>(indices.size())};
    const std::int32_t value_offsets[] = {0, static_cast<std::int32_t>(values.size())};
    VectorScratch scratch;
    SparseRows out;
    try {
      append_vector(
          {{&valid, 0}, &type, &size, index_offsets, indices.data(), value_offsets, values.data()},
          0, width, scratch, out);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInput);
      problem = error.what();
    }
    return out;
  }

  std::string problem = {};
};

TEST(VectorColumn, GivesASparseVectorInFloatWithoutZeros) {
  Vectors vectors{.indices = {0, 2, 4}, .values = {0.1, 0.0, -3.0}};
  const SparseRows rows = vectors.rows();
  ASSERT_EQ(rows.size(), 1u) << vectors.problem;
  EXPECT_THAT(rows.row_columns(0), ElementsAre(0, 4));
  EXPECT_THAT(rows.row_values(0), ElementsAre(0.1f, -3.0f));
}

TEST(VectorColumn, GivesADenseVectorAlike) {
  Vectors vectors{
      .type = VectorColumn::kDense, .size = 0, .indices = {}, .values = {0.1, 0, 0, 0, -3.0}};
  const SparseRows rows = vectors.rows();
  ASSERT_EQ(rows.size(), 1u) << vectors.problem;
  EXPECT_THAT(rows.row_columns(0), ElementsAre(0, 4));
  EXPECT_THAT(rows.row_values(0), ElementsAre(0.1f, -3.0f));
}

TEST(VectorColumn, HasVectorsWithoutAnyValue) {
  Vectors vectors;
  EXPECT_EQ(vectors.rows().entries(), 0u);
  EXPECT_EQ(vectors.problem, "");
}

TEST(VectorColumn, NamesWhatIsWrong) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::pair<Vectors, const char*> wrong[] = {
      {{.indices = {0}, .values = {1}, .valid = 0}, "null"},
      {{.size = 4, .indices = {0}, .values = {1}}, "4 columns: expected 5"},
      {{.type = VectorColumn::kDense, .values = {1, 2}}, "2 columns: expected 5"},
      {{.type = 2, .values = {1}}, "type 2"},
      {{.indices = {0, 1}, .values = {1}}, "2 indices for 1 values"},
      {{.indices = {1, 1}, .values = {1, 2}}, "index 1 after 1"},
      {{.indices = {2, 1}, .values = {1, 2}}, "index 1 after 2"},
      {{.indices = {5}, .values = {1}}, "index 5 after -1"},
      {{.indices = {-1}, .values = {1}}, "index -1"},
      {{.indices = {3}, .values = {kNan}}, "nan in column 3"},
      {{.indices = {3}, .values = {-kInfinity}}, "-inf in column 3"},
      {{.indices = {3}, .values = {1e39}}, "1e+39 in column 3"},
      {{.type = VectorColumn::kDense, .values = {0, 0, 0, 0, kNan}}, "nan in column 4"},
  };
  for (auto [vectors, words] : wrong) {
    EXPECT_EQ(vectors.rows().size(), 0u) << words;
    EXPECT_THAT(vectors.problem, HasSubstr(words));
  }
}

}  // namespace
}  // namespace skol
