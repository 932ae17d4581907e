// SPDX-License-Identifier: Apache-2.0
#include "storage/redis_uri.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <initializer_list>
#include <utility>
#include <vector>

#include "skol/error.h"

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string error_of(ErrorKind kind, std::string_view uri) {
  try {
    parse_redis_uri(uri);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << uri;
    return error.what();
  }
  ADD_FAILURE() << uri << " was taken";
  return "";
}

TEST(RedisUri, HasHostPortDatabaseAndKey) {
  const RedisUri uri = parse_redis_uri("redis://cache.example:7000/3/my_model");
  EXPECT_EQ(uri.address.host, "cache.example");
  EXPECT_EQ(uri.address.port, 7000);
  EXPECT_EQ(uri.address.database, 3);
  EXPECT_EQ(uri.address.user, "");
  EXPECT_FALSE(uri.address.password);
  EXPECT_EQ(uri.key, "my_model");
  EXPECT_EQ(uri.store, "redis://cache.example:7000/3");
}

TEST(RedisUri, HasDefaultsForWhatIsLeftOut) {
  for (const char* text : {"redis://h", "redis://h/", "redis://h/0", "redis://h/0/"}) {
    const RedisUri uri = parse_redis_uri(text);
    EXPECT_EQ(uri.address.endpoint(), "h:6379") << text;
    EXPECT_EQ(uri.address.database, 0) << text;
    EXPECT_EQ(uri.key, "") << text;
  }
}

TEST(RedisUri, TakesEverythingBehindTheDatabaseForTheKey) {
  for (const std::string key :
       {"skol:classifier:model:rnn_v1.0", "a/b//c/", "/", "a?b=c#d", "a@b:c", "\xC3\xBC b"}) {
    EXPECT_EQ(parse_redis_uri("redis://h/0/" + key).key, key);
  }
}

TEST(RedisUri, DecodesUserPasswordAndKey) {
  const RedisUri uri = parse_redis_uri("redis://an%3An:p%40s%2fs@h/0/100%25%00%20x");
  EXPECT_EQ(uri.address.user, "an:n");
  EXPECT_EQ(uri.address.password, "p@s/s");
  EXPECT_EQ(uri.key, std::string("100%\0 x", 7));
  EXPECT_EQ(uri.store, "redis://an%3An:p%40s%2fs@h/0");
}

TEST(RedisUri, HasAUserOrAPasswordAlone) {
  EXPECT_EQ(parse_redis_uri("redis://ann@h/0/k").address.user, "ann");
  EXPECT_FALSE(parse_redis_uri("redis://ann@h/0/k").address.password);
  EXPECT_EQ(parse_redis_uri("redis://:secret@h/0/k").address.user, "");
  EXPECT_EQ(parse_redis_uri("redis://:secret@h/0/k").address.password, "secret");
  EXPECT_EQ(parse_redis_uri("redis://a:b:c@d@h/0/k").address.password, "b:c@d");
}

TEST(RedisUri, TakesAnIpv6HostInBrackets) {
  EXPECT_EQ(parse_redis_uri("redis://[::1]/0/k").address.host, "::1");
  const RedisAddress address = parse_redis_uri("redis://:p@[fe80::2]:7000/1/k").address;
  EXPECT_EQ(address.host, "fe80::2");
  EXPECT_EQ(address.port, 7000);
  EXPECT_EQ(address.endpoint(), "[fe80::2]:7000");
}

TEST(RedisUri, NamesWhatIsWrongAndWhatWasExpected) {
  const auto refused = [](std::string_view uri, const std::string& reason) {
    EXPECT_THAT(error_of(ErrorKind::kParameter, uri),
                AllOf(HasSubstr(reason), HasSubstr("redis://[user[:password]@]host[:port]/DB/KEY")))
        << uri;
  };
  refused("redis://", "no host");
  refused("redis:///0/key", "no host");
  refused("redis://:6379/0/key", "no host");
  refused("redis://a:b@/0/key", "no host");
  refused("redis://[]/0/key", "no host");
  refused("redis://[::1/0/key", "bracket");
  refused("redis://[::1]7000/0/key", "after the host stands '7000'");
  for (const char* port : {"", "0", "65536", "-1", "+1", " 1", "1x", "99999999999999999999"}) {
    refused("redis://h:" + std::string(port) + "/0/key", "port is not a number from 1 to 65535");
  }
  for (const char* database : {"key", "-1", "0x", " 0", "99999999999999999999", "2147483647"}) {
    refused("redis://h/" + std::string(database) + "/key", "database is not a number");
  }
  refused("redis://h//key", "database is not a number");
  for (const char* key : {"%", "a%2", "%zz", "% 1", "%-1", "%2"}) {
    refused("redis://h/0/" + std::string(key), "in the key two hexadecimal digits");
  }
  refused("redis://a%:b@h/0/k", "in the user two hexadecimal digits");
}

class Variables {
 public:
  Variables(std::initializer_list<std::pair<const char*, const char*>> values) : values_(values) {
    for (const auto& [name, value] : values_) ::setenv(name, value, 1);
  }
  ~Variables() {
    for (const auto& [name, value] : values_) ::unsetenv(name);
  }

 private:
  std::vector<std::pair<const char*, const char*>> values_;
};

TEST(RedisUri, WithoutAHostIsOnThatOfTheEnvironment) {
  const Variables variables{{"REDIS_HOST", "cache"}, {"REDIS_PORT", "7001"}};
  const RedisUri uri = parse_redis_uri("redis:///2/a/key");
  EXPECT_EQ(uri.address.endpoint(), "cache:7001");
  EXPECT_EQ(uri.address.database, 2);
  EXPECT_EQ(uri.key, "a/key");
  EXPECT_EQ(uri.store, "redis:///2");
  EXPECT_EQ(parse_redis_uri("redis://h/0/key").address.endpoint(), "h:6379");
  EXPECT_THAT(error_of(ErrorKind::kParameter, "redis://:7000/0/key"), HasSubstr("no host"));
}

TEST(RedisUri, RefusesAnEnvironmentThatCannotBeMeant) {
  const Variables host{{"REDIS_HOST", "cache"}};
  {
    const Variables port{{"REDIS_PORT", "http"}};
    EXPECT_THAT(error_of(ErrorKind::kParameter, "redis:///0/k"), HasSubstr("REDIS_PORT"));
  }
  {
    const Variables tls{{"REDIS_TLS", "true"}};
    EXPECT_THAT(error_of(ErrorKind::kStorage, "redis:///0/k"),
                AllOf(HasSubstr("REDIS_TLS"), HasSubstr("no TLS")));
    EXPECT_EQ(parse_redis_uri("redis://h/0/k").address.host, "h");
  }
  const Variables tls{{"REDIS_TLS", "false"}};
  EXPECT_EQ(parse_redis_uri("redis:///0/k").address.endpoint(), "cache:6379");
}

TEST(RedisUri, TakesTheLoginOfTheEnvironmentWhereItHasNoPassword) {
  const Variables variables{{"REDIS_USERNAME", "ann"}, {"REDIS_PASSWORD", "secret"}};
  const auto login = [](std::string_view uri) {
    RedisAddress address = parse_redis_uri(uri).address;
    add_login_of_environment(address);
    return address.user + ":" + address.password.value_or("");
  };
  EXPECT_EQ(login("redis://h/0/k"), "ann:secret");
  EXPECT_EQ(login("redis://bob@h/0/k"), "bob:secret");
  EXPECT_EQ(login("redis://:other@h/0/k"), ":other");
}

TEST(RedisUri, KeepsThePasswordToItself) {
  for (const char* uri :
       {"redis://ann:secret@h:x/0/key", "redis://:secret@/0/key", "redis://:secret%@h/0/key",
        "redis://ann:se/secret@h/0/key", "redis://ann:sec ret secret@h/x/key"}) {
    EXPECT_THAT(error_of(ErrorKind::kParameter, uri), Not(HasSubstr("secret"))) << uri;
  }
  EXPECT_THAT(error_of(ErrorKind::kStorage, "rediss://ann:secret@h/0/key"),
              AllOf(HasSubstr("no TLS"), Not(HasSubstr("secret")), HasSubstr("ann:***@h")));
}

}  // namespace
}  // namespace skol
