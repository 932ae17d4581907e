// SPDX-License-Identifier: Apache-2.0
#include "base/hide_password.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/in_quotes.h"

namespace skol {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(HidePassword, LeavesTheRestOfTheAddress) {
  EXPECT_EQ(hide_password("redis://ann:secret@host:6379/0/key"), "redis://ann:***@host:6379/0/key");
  EXPECT_EQ(hide_password("redis://:secret@host/0/a@b"), "redis://:***@host/0/a@b");
  EXPECT_EQ(hide_password("rediss://a:s:e@cret@[::1]:1/0/k"), "rediss://a:***@[::1]:1/0/k");
}

TEST(HidePassword, LeavesWhatHasNone) {
  for (const char* uri :
       {"redis://host:6379/0/key", "redis://ann@host/0/k", "redis://host/0/a@b",
        "redis://[::1]:6379/0/a@b", "model.skol", "a:b@c", "", "://", "redis://"}) {
    EXPECT_EQ(hide_password(uri), uri);
  }
}

TEST(HidePassword, HidesMoreRatherThanLess) {
  for (const char* uri : {"redis://:sec/ret@host/0/key", "redis://ann:sec/ret@host:1/0/key",
                          "redis://ann:1/sec/ret@host:1/0/key", "redis://ann:sec ret@host/0/k"}) {
    EXPECT_THAT(hide_password(uri), Not(HasSubstr("ret"))) << uri;
    EXPECT_THAT(hide_password(uri), Not(HasSubstr("sec"))) << uri;
  }
}

TEST(HidePasswords, HidesThoseOfAMessage) {
  EXPECT_EQ(hide_passwords("from 'redis://a:secret@h/0/k' to 'redis://:secret@i/1/l': refused"),
            "from 'redis://a:***@h/0/k' to 'redis://:***@i/1/l': refused");
  EXPECT_EQ(hide_passwords("nothing to hide: a@b"), "nothing to hide: a@b");
}

TEST(HidePasswords, HidesOneThatAQuotationCutOff) {
  const std::string uri = "redis://ann:" + std::string(1000, 's') + "@host/0/key";
  EXPECT_EQ(hide_passwords(in_quotes(uri)), "'redis://***...'");
}

}  // namespace
}  // namespace skol
