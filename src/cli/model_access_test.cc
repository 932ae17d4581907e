// SPDX-License-Identifier: Apache-2.0
#include "cli/model_access.h"

#include <gtest/gtest.h>

#include "base/fail.h"

namespace skol {
namespace {

std::chrono::seconds expiry_of(const std::string& text) {
  CommandLine line("skol test", "Test.");
  std::chrono::seconds expire{0};
  add_expire_option(line, expire);
  const std::vector<std::string> arguments = {"--expire=" + text};
  line.parse(arguments);
  return expire;
}

TEST(ExpireOption, IsSecondsOrHoursMinutesAndSeconds) {
  EXPECT_EQ(expiry_of("1").count(), 1);
  EXPECT_EQ(expiry_of("172800").count(), 172'800);
  EXPECT_EQ(expiry_of("00:00:01").count(), 1);
  EXPECT_EQ(expiry_of("48:00:00").count(), 172'800);
  EXPECT_EQ(expiry_of("1:2:3").count(), 3723);
}

TEST(ExpireOption, RefusesEverythingElse) {
  for (const char* text :
       {"0", "-1", "+1", "1.5", "1h", "1:00", "00:00:00", "0:60:00", "0:00:60", "1:2:3:4", ":1:2",
        "1::2", "1:2:", "99999999999", "9999999999999999999", "999999999:00:00"}) {
    EXPECT_THROW(expiry_of(text), CommandFailure) << text;
  }
}

int status_of(ErrorKind kind) {
  try {
    reading_models([&]() -> int { fail(kind, "message"); });
  } catch (const CommandFailure& failure) {
    return failure.status();
  } catch (const Error&) {
    return -1;
  }
  return 0;
}

TEST(ReadingModels, HasAStatusOfItsOwnButForMemoryAndBugs) {
  EXPECT_EQ(status_of(ErrorKind::kNotFound), kExitModel);
  EXPECT_EQ(status_of(ErrorKind::kParameter), kExitModel);
  EXPECT_EQ(status_of(ErrorKind::kStorage), kExitModel);
  EXPECT_EQ(status_of(ErrorKind::kMemory), -1);
  EXPECT_EQ(status_of(ErrorKind::kInternal), -1);
}

}  // namespace
}  // namespace skol
