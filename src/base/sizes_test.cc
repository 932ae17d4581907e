// SPDX-License-Identifier: Apache-2.0
#include "base/sizes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "skol/error.h"

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::uint64_t bytes_of(const char* text) {
  return parse_size("memory", text).bytes;
}

std::string message_for(const std::string& text) {
  try {
    parse_size("memory", text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kParameter);
    return error.what();
  }
  ADD_FAILURE() << text << " is taken for a size";
  return "";
}

TEST(SizesTest, ReadsPowersOf1000AndOf1024) {
  EXPECT_EQ(bytes_of("412MB"), 412'000'000U);
  EXPECT_EQ(bytes_of("1.0GB"), 1'000'000'000U);
  EXPECT_EQ(bytes_of("1kB"), 1'000U);
  EXPECT_EQ(bytes_of("2TB"), 2'000'000'000'000U);
  EXPECT_EQ(bytes_of("250MiB"), 250U << 20);
  EXPECT_EQ(bytes_of("1KiB"), 1024U);
  EXPECT_EQ(bytes_of("1TiB"), std::uint64_t{1} << 40);
}

TEST(SizesTest, ReadsPlainBytes) {
  EXPECT_EQ(bytes_of("0"), 0U);
  EXPECT_EQ(bytes_of("1073741824"), std::uint64_t{1} << 30);
  EXPECT_EQ(bytes_of("17B"), 17U);
}

TEST(SizesTest, RoundsToTheNearestByte) {
  EXPECT_EQ(bytes_of("6.6GiB"), 7'086'696'038U);  // 7,086,696,038.4
  EXPECT_EQ(bytes_of("1.1GB"), 1'100'000'000U);
  EXPECT_EQ(bytes_of("0.0006kB"), 1U);
}

TEST(SizesTest, TakesAnyCaseAndOneBlank) {
  EXPECT_EQ(bytes_of("6 gib"), std::uint64_t{6} << 30);
  EXPECT_EQ(bytes_of("6KB"), 6'000U);
}

TEST(SizesTest, RemembersHowItWasWritten) {
  EXPECT_EQ(parse_size("memory", "1GB").units, SizeUnits::kDecimal);
  EXPECT_EQ(parse_size("memory", "1GiB").units, SizeUnits::kBinary);
  EXPECT_EQ(parse_size("memory", "1").units, SizeUnits::kBinary);
}

TEST(SizesTest, RefusesWhatIsNoSize) {
  for (const char* text : {"", " ", "GB", "-1GB", "+1GB", "1e9", "inf", "nan", "1.5", "1.5B", "6G",
                           "6.6.6GB", "1,5GB", "1GBs", "1 ", "1  GB", "0x10", "80%", "six"}) {
    EXPECT_THAT(message_for(text), AllOf(StartsWith("memory is '" + std::string(text) + "'"),
                                         HasSubstr("6.6GiB, 412MB")));
  }
}

TEST(SizesTest, RefusesWhatNoMemoryHolds) {
  EXPECT_EQ(bytes_of("8PiB"), kMostBytes);
  for (const char* text : {"8.1PiB", "99999999999999999999999TB", "18446744073709551616"}) {
    EXPECT_THAT(message_for(text), HasSubstr("at most 8 PiB"));
  }
}

TEST(SizesTest, ReadsAPercentageOfAWhole) {
  EXPECT_EQ(parse_size_or_percentage("budget", "80%", 1000).bytes, 800U);
  EXPECT_EQ(parse_size_or_percentage("budget", "12.5 %", 1000).bytes, 125U);
  EXPECT_EQ(parse_size_or_percentage("budget", "2kB", 1000).bytes, 2000U);
  EXPECT_THROW(parse_size_or_percentage("budget", "101%", 1000), Error);
  EXPECT_THROW(parse_size_or_percentage("budget", "%", 1000), Error);
  EXPECT_THROW(parse_size_or_percentage("budget", "8G", 1000), Error);
}

TEST(SizesTest, WritesThreeFigures) {
  const auto binary = [](std::uint64_t bytes) { return size_text(bytes, SizeUnits::kBinary); };
  EXPECT_EQ(binary(0), "0 B");
  EXPECT_EQ(binary(999), "999 B");
  EXPECT_EQ(binary(1000), "0.98 KiB");
  EXPECT_EQ(binary(250U << 20), "250 MiB");
  EXPECT_EQ(binary(20U << 20), "20.0 MiB");
  EXPECT_EQ(binary(7'086'696'038), "6.60 GiB");
  EXPECT_EQ(size_text(std::uint64_t{999'499'999}, SizeUnits::kDecimal), "999 MB");
  EXPECT_EQ(size_text(std::uint64_t{999'500'000}, SizeUnits::kDecimal), "1.00 GB");
  EXPECT_EQ(size_text(std::uint64_t{9'995'000'000}, SizeUnits::kDecimal), "10.0 GB");
  EXPECT_EQ(size_text(std::int64_t{-698'000'000}, SizeUnits::kDecimal), "-698 MB");
}

TEST(SizesTest, RoundsUpOrDownWhereAsked) {
  EXPECT_EQ(size_text(1'234'000U, SizeUnits::kDecimal, Rounding::kUp), "1.24 MB");
  EXPECT_EQ(size_text(1'236'000U, SizeUnits::kDecimal, Rounding::kDown), "1.23 MB");
}

}  // namespace
}  // namespace skol
