// SPDX-License-Identifier: Apache-2.0
#include "prediction/run_status.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

namespace skol {
namespace {

RunStatus some_status(std::uint64_t first) {
  RunStatus status;
  std::uint64_t next = first;
  for (std::uint64_t* number :
       {&status.started, &status.updated, &status.documents, &status.lines, &status.windows,
        &status.windows_done, &status.predict_calls, &status.prediction_batch_size,
        &status.reductions, &status.resident_bytes, &status.workspace_bytes, &status.budget_bytes,
        &status.threads}) {
    *number = next++;
  }
  status.windows_per_second = 2900.5 + static_cast<double>(first);
  status.what = "spark worker";
  status.device = "cpu avx512";
  status.model = "models/papers.skol";
  return status;
}

TEST(RunStatusTest, ReadsBackAsItWas) {
  for (const std::uint64_t first :
       {std::uint64_t{0}, std::uint64_t{77}, std::numeric_limits<std::uint64_t>::max() - 20}) {
    const auto read = decode_run_status(encode(some_status(first)));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, some_status(first));
  }
}

TEST(RunStatusTest, OfLongTextsTheEndIsKept) {
  RunStatus status;
  status.model = "/home/" + std::string(1000, 'x') + "/papers.skol";
  status.what = std::string(100, 'y') + "z";
  const auto read = decode_run_status(encode(status));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->model.ends_with("xxx/papers.skol"));
  EXPECT_TRUE(status.model.ends_with(read->model));
  EXPECT_GT(read->model.size(), 300u);
  EXPECT_TRUE(read->what.ends_with("yyz"));
}

TEST(RunStatusTest, OfAnyOtherSizeIsNone) {
  const RunStatusBytes bytes = encode(some_status(1));
  for (const std::size_t size : {0, 1, 8, 24, 511}) {
    EXPECT_FALSE(decode_run_status({bytes.data(), size})) << size;
  }
  std::vector<char> longer(bytes.begin(), bytes.end());
  for (const std::size_t size : {513, 4096, 1 << 20}) {
    longer.resize(size);
    EXPECT_FALSE(decode_run_status(longer)) << size;
  }
}

TEST(RunStatusTest, AnyChangedByteIsNoticed) {
  const RunStatusBytes bytes = encode(some_status(1));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    RunStatusBytes changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    EXPECT_FALSE(decode_run_status(changed)) << i;
  }
}

TEST(RunStatusTest, AMixtureOfTwoUpdatesIsNoticedWhereverItIsTorn) {
  const RunStatusBytes before = encode(some_status(1)), after = encode(some_status(1000));
  for (std::size_t torn = 0; torn <= before.size(); ++torn) {
    RunStatusBytes mixed = before;
    std::copy_n(after.begin(), torn, mixed.begin());
    if (mixed == before || mixed == after) continue;
    EXPECT_FALSE(decode_run_status(mixed)) << torn;
  }
}

TEST(RunStatusTest, GarbageIsNone) {
  std::mt19937 random(1);
  for (int i = 0; i < 1000; ++i) {
    RunStatusBytes bytes;
    for (char& byte : bytes) byte = static_cast<char>(random());
    EXPECT_FALSE(decode_run_status(bytes));
  }
  EXPECT_FALSE(decode_run_status(RunStatusBytes{}));
}

TEST(RunStatusTest, ARateThatIsNoNumberIsNone) {
  RunStatus status = some_status(1);
  status.windows_per_second = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(decode_run_status(encode(status)));
}

}  // namespace
}  // namespace skol
