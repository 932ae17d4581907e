// SPDX-License-Identifier: Apache-2.0
#include "storage/redis_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>

#include "skol/error.h"
#include "storage/fake_redis_testing.h"

namespace skol {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Replies = std::vector<std::string>;

constexpr milliseconds kShort{300};

std::string error_of(ErrorKind kind, const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error was thrown";
  return "";
}

RedisAddress address_of(const FakeRedis& server) {
  RedisAddress address;
  address.host = "127.0.0.1";
  address.port = server.port();
  return address;
}

RedisStore store_at(const FakeRedis& server, std::chrono::seconds expire = {}) {
  return RedisStore(address_of(server), {milliseconds(20'000), nullptr}, expire);
}

// Of a get() from a server that says this and no more.
std::string error_of_get(const FakeRedis& server, milliseconds timeout = milliseconds(20'000)) {
  const RedisStore store(address_of(server), {timeout, nullptr}, {});
  return error_of(ErrorKind::kNotFound, [&] { store.get("my:model"); });
}

TEST(RedisStore, GetsAndPutsUnderExactlyTheKeyInOneCommand) {
  const FakeRedis gives(Replies{std::string("$5\r\nby\0es\r\n", 11)});
  EXPECT_EQ(store_at(gives).get("a b"), std::string("by\0es", 5));
  EXPECT_EQ(gives.received(), "*2\r\n$3\r\nGET\r\n$3\r\na b\r\n");

  const FakeRedis takes(Replies{"+OK\r\n"});
  store_at(takes).put("k", "bytes");
  EXPECT_EQ(takes.received(), "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nbytes\r\n");
}

TEST(RedisStore, PutsTheExpiryInTheSameCommand) {
  const FakeRedis server(Replies{"+OK\r\n"});
  store_at(server, std::chrono::seconds(3600)).put("k", "v");
  EXPECT_EQ(server.received(),
            "*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$2\r\nEX\r\n$4\r\n3600\r\n");
}

TEST(RedisStore, KeepsTheExpiryOfTheOlderValueInTheSameCommand) {
  const FakeRedis server(Replies{"+OK\r\n"});
  RedisStore(address_of(server), {milliseconds(20'000), nullptr}, {}, true).put("k", "v");
  EXPECT_EQ(server.received(), "*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$7\r\nKEEPTTL\r\n");
}

TEST(RedisStore, GivesUserAndPasswordAndSelectsTheDatabaseFirst) {
  const FakeRedis server(Replies{"+OK\r\n", "+OK\r\n", "$1\r\nv\r\n"});
  RedisAddress address = address_of(server);
  address.user = "ann";
  address.password = "secret";
  address.database = 7;
  EXPECT_EQ(RedisStore(address, {}, {}).get("k"), "v");
  EXPECT_EQ(server.received(),
            "*3\r\n$4\r\nAUTH\r\n$3\r\nann\r\n$6\r\nsecret\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n7\r\n"
            "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n");
}

TEST(RedisStore, RemoveTellsWhetherThereWasAnything) {
  EXPECT_TRUE(store_at(FakeRedis(Replies{":1\r\n"})).remove("k"));
  EXPECT_FALSE(store_at(FakeRedis(Replies{":0\r\n"})).remove("k"));
}

TEST(RedisStore, AddsUpAValueThatComesInPieces) {
  const std::string value(300'000, 'x');
  const FakeRedis server(Replies{"$300000\r\n" + value + "\r\n"});
  EXPECT_EQ(store_at(server).get("k"), value);
}

TEST(RedisFault, NamesServerKeyAndDatabase) {
  const FakeRedis server(Replies{"-LOADING Redis is loading\r\n"});
  EXPECT_THAT(error_of_get(server),
              AllOf(HasSubstr("cannot read the model 'my:model' in Redis at 127.0.0.1:" +
                              std::to_string(server.port()) + ", database 0: "),
                    HasSubstr("still loading")));
}

TEST(RedisFault, EachErrorOfTheServerSaysWhatToDo) {
  const std::pair<const char*, const char*> kErrors[] = {
      {"NOAUTH Authentication required.", "REDIS_PASSWORD"},
      {"WRONGPASS invalid username-password pair", "refuses this user or password"},
      {"NOPERM this user has no permissions to run the 'get' command", "'get' command"},
      {"READONLY You can't write against a read only replica.", "address of its primary"},
      {"OOM command not allowed when used memory > 'maxmemory'.", "maxmemory"},
      {"WRONGTYPE Operation against a key", "holds no string"},
      {"MOVED 1234 10.0.0.7:7002", "10.0.0.7:7002"},
      {"MISCONF Redis is configured to save RDB snapshots", "see its log"},
      {"ERR some \x1b[31mthing", "the server says 'ERR some \\x1b[31mthing'"},
  };
  for (const auto& [error, says] : kErrors) {
    EXPECT_THAT(error_of_get(FakeRedis(Replies{"-" + std::string(error) + "\r\n"})),
                HasSubstr(says));
  }
}

TEST(RedisFault, ThePasswordIsNotShownEvenIfTheServerRepeatsIt) {
  const FakeRedis server(
      Replies{"-ERR unknown command `AUTH`, with args beginning with: `se cret`, \r\n"});
  RedisAddress address = address_of(server);
  address.password = "se cret";
  const RedisStore store(address, {}, {});
  EXPECT_THAT(error_of(ErrorKind::kNotFound, [&] { store.get("k"); }),
              AllOf(Not(HasSubstr("cret")), HasSubstr("unknown command `AUTH`")));
}

TEST(RedisFault, ASilentServerIsGivenUp) {
  EXPECT_THAT(error_of_get(FakeRedis(Replies{}), kShort), HasSubstr("no answer for 0.3 s"));
  EXPECT_THAT(error_of_get(FakeRedis(Replies{"$5\r\nby"}), kShort),
              HasSubstr("no answer for 0.3 s"));
}

TEST(RedisFault, AServerThatSendsAByteNowAndThenIsGivenUp) {
  const FakeRedis server([](std::size_t) {
    return FakeAnswer{"$1000000\r\n", FakeAnswer::Then::kDrip};
  });
  EXPECT_THAT(error_of_get(server, kShort), HasSubstr("no answer for 0.3 s"));
}

TEST(RedisFault, AValueThatIsCutOffIsNotGiven) {
  for (const std::string start : {"", "$", "$100\r\n", "$100\r\nabc", "$3\r\nabc", "$3\r\nabc\r"}) {
    const FakeRedis server([&](std::size_t) {
      return FakeAnswer{start, FakeAnswer::Then::kClose};
    });
    EXPECT_THAT(error_of_get(server), HasSubstr(" bytes of its reply; nothing was used of them"));
  }
}

TEST(RedisFault, WhatIsNoRedisIsNamed) {
  for (const std::string garbage :
       {"HTTP/1.1 400 Bad Request\r\n\r\n", "\x15\x03\x03\x02\x02P", "\r\n", "$x\r\n", "$-7\r\n",
        "*-7\r\n", "$99999999999999999999\r\n", ":\r\n", ":1x\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n"}) {
    const FakeRedis server([&](std::size_t) {
      return FakeAnswer{garbage, FakeAnswer::Then::kClose};
    });
    EXPECT_THAT(error_of_get(server), HasSubstr("does not speak the protocol of Redis")) << garbage;
  }
}

TEST(RedisFault, ARepliesNumbersAreNotBelieved) {
  for (const char* announced : {"*100001\r\n", "*2147483647\r\n"}) {
    EXPECT_THAT(error_of_get(FakeRedis(Replies{announced})), HasSubstr("more than fits in memory"));
  }
  // As long as a value may not be; nothing is allocated before it comes.
  EXPECT_THAT(error_of_get(FakeRedis(Replies{"$9000000000000000000\r\n"}), kShort),
              HasSubstr("no answer for 0.3 s"));
}

TEST(RedisFault, AReplyOfAnotherTypeIsNoValue) {
  for (const char* reply : {":5\r\n", "+OK\r\n", "*0\r\n", "*1\r\n$1\r\nx\r\n"}) {
    EXPECT_THAT(error_of_get(FakeRedis(Replies{reply})), HasSubstr("is not a string")) << reply;
  }
  const FakeRedis server(Replies{":5\r\n"});
  EXPECT_THAT(error_of(ErrorKind::kStorage, [&] { store_at(server).put("k", "v"); }),
              HasSubstr("answer to SET is not OK"));
  const FakeRedis lists(Replies{"*1\r\n$1\r\n0\r\n"});
  EXPECT_THAT(error_of(ErrorKind::kNotFound, [&] { store_at(lists).list(); }),
              HasSubstr("not a cursor and keys"));
}

TEST(RedisFault, ARefusedConnectionSaysSo) {
  RedisAddress address;
  {
    const FakeRedis gone(Replies{});
    address = address_of(gone);
  }
  const RedisStore store(address, {}, {});
  EXPECT_THAT(error_of(ErrorKind::kNotFound, [&] { store.get("k"); }),
              AllOf(HasSubstr("connection refused"), HasSubstr(address.endpoint())));
}

TEST(RedisFault, AnUnknownHostSaysSo) {
  RedisAddress address;
  address.host = "no..host";
  const RedisStore store(address, {}, {});
  EXPECT_THAT(error_of(ErrorKind::kNotFound, [&] { store.get("k"); }),
              AllOf(HasSubstr("no..host:6379"), HasSubstr("host is unknown")));
}

TEST(RedisFault, AValueAboveRedisLimitIsRefusedBeforeConnecting) {
  const FakeRedis server(Replies{});
  const std::size_t size = kMaxRedisValue + 1;
  // Never written to, so never really there.
  const std::unique_ptr<char, void (*)(void*)> value(static_cast<char*>(std::calloc(size, 1)),
                                                     std::free);
  ASSERT_NE(value, nullptr);
  RedisStore store = store_at(server);
  EXPECT_THAT(error_of(ErrorKind::kStorage,
                       [&] {
                         store.put("k", {value.get(), size});
                       }),
              AllOf(HasSubstr("536870913"), HasSubstr("at most 536870912")));
  EXPECT_EQ(server.received(), "");
}

TEST(RedisFault, AServerThatRefusesWhileTheValueComesIsHeard) {
  const FakeRedis server([](std::size_t) {
    return FakeAnswer{"-OOM command not allowed\r\n", FakeAnswer::Then::kClose};
  });
  RedisStore store = store_at(server);
  const std::string large(std::size_t{32} << 20, 'x');
  EXPECT_THAT(error_of(ErrorKind::kStorage, [&] { store.put("k", large); }),
              HasSubstr("in Redis at 127.0.0.1"));
}

TEST(RedisFault, AServerThatRefusesAndReadsNoFurtherIsHeard) {
  const FakeRedis server([](std::size_t) {
    return FakeAnswer{"-NOPERM no\r\n", FakeAnswer::Then::kReadNoFurther};
  });
  RedisStore store = store_at(server);
  const std::string large(std::size_t{32} << 20, 'x');
  EXPECT_THAT(error_of(ErrorKind::kStorage, [&] { store.put("k", large); }), HasSubstr("NOPERM"));
}

TEST(RedisFault, TheWaitCanBeEndedFromOutside) {
  struct Enough {};
  const FakeRedis server(Replies{});
  int asked = 0;
  const auto waiting = [&] {
    if (++asked == 3) throw Enough();
  };
  const RedisStore store(address_of(server), {milliseconds(60'000), waiting}, {});
  EXPECT_THROW(store.get("k"), Enough);
}

TEST(RedisFault, AnAbsentKeyIsNamedWithoutHintWhereKeysMayNotBeListed) {
  const FakeRedis server(
      Replies{"$-1\r\n", "-NOPERM no permissions to run the 'scan' command\r\n"});
  EXPECT_THAT(error_of_get(server), HasSubstr("there is no such key; check the name"));
}

TEST(RedisList, AServerWithoutEndOfKeysIsGivenUp) {
  const FakeRedis server([](std::size_t) { return FakeAnswer{"*2\r\n$1\r\n1\r\n*0\r\n"}; });
  EXPECT_THAT(error_of(ErrorKind::kNotFound, [&] { store_at(server).list(); }),
              HasSubstr("more than 1000000 keys"));
}

TEST(RedisCheckPut, WritesNothingWhereATransactionMayNotBeOpened) {
  const FakeRedis server(Replies{"-NOPERM no permissions to run the 'multi' command\r\n"});
  store_at(server).check_put("k");
  EXPECT_THAT(server.received(), Not(HasSubstr("SET")));
}

TEST(RedisCheckPut, GivesTheTransactionUp) {
  const FakeRedis server(Replies{"+OK\r\n", "+QUEUED\r\n", "+OK\r\n"});
  store_at(server).check_put("k");
  EXPECT_THAT(server.received(), AllOf(HasSubstr("MULTI"), HasSubstr("DISCARD")));
}

TEST(RedisCheckPut, FailsWhereTheServerWouldNotTakeIt) {
  const FakeRedis server(Replies{"+OK\r\n", "-READONLY You can't write\r\n"});
  EXPECT_THAT(error_of(ErrorKind::kStorage, [&] { store_at(server).check_put("k"); }),
              HasSubstr("address of its primary"));
}

}  // namespace
}  // namespace skol
