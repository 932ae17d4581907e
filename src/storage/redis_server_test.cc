// SPDX-License-Identifier: Apache-2.0
#include "storage/redis_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "skol/error.h"
#include "storage/fake_redis_testing.h"

namespace skol {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string uri_of(const FakeRedis& server, const std::string& who = "") {
  return "redis://" + who + "127.0.0.1:" + std::to_string(server.port());
}

std::string string_reply(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

RedisServer look(const FakeRedis& server, const std::string& who = "") {
  return look_at_redis(uri_of(server, who), {milliseconds(300), {}});
}

TEST(RedisServerTest, TellsItsVersion) {
  FakeRedis server(std::vector<std::string>{
      "+PONG\r\n" + string_reply("# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\n")});
  const RedisServer found = look(server);
  EXPECT_EQ(found.version, "7.0.15");
  EXPECT_EQ(found.endpoint, "127.0.0.1:" + std::to_string(server.port()));
}

TEST(RedisServerTest, MayKeepItsVersionToItself) {
  for (const std::string& info :
       {std::string("-NOPERM this user has no permissions\r\n"), string_reply("# Server\r\n"),
        std::string("$-1\r\n"), string_reply("redis_version:\x1b[31m\r\n")}) {
    FakeRedis server(std::vector<std::string>{"+PONG\r\n" + info});
    EXPECT_EQ(look(server).version, "") << info;
  }
}

TEST(RedisServerTest, ThatRefusesIsNamedWithWhatToDo) {
  FakeRedis server(std::vector<std::string>{"-NOAUTH Authentication required.\r\n-NOAUTH\r\n"});
  try {
    look(server);
    FAIL() << "nothing was refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kStorage);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("127.0.0.1"), HasSubstr("REDIS_PASSWORD")));
  }
}

TEST(RedisServerTest, ThatIsSilentIsGivenUp) {
  FakeRedis server(std::vector<std::string>{});
  EXPECT_THROW(look(server), Error);
}

TEST(RedisServerTest, GetsThePasswordOfTheEnvironmentAndRepeatsNone) {
  ::setenv("REDIS_PASSWORD", "of-environment", 1);
  FakeRedis server(std::vector<std::string>{"+OK\r\n", "-ERR no of-address\r\n-ERR\r\n"});
  EXPECT_THROW(look(server), Error);
  EXPECT_THAT(server.received(), HasSubstr("of-environment"));
  FakeRedis other(std::vector<std::string>{"-WRONGPASS of-address\r\n"});
  try {
    look(other, "me:of-address@");
    FAIL() << "nothing was refused";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("of-address")));
  }
  EXPECT_THAT(other.received(), Not(HasSubstr("of-environment")));
  ::unsetenv("REDIS_PASSWORD");
}

}  // namespace
}  // namespace skol
