// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "skol/error.h"
#include "skol/store.h"

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

void expect_location(const std::string& uri, const std::string& store, const std::string& name) {
  const ModelLocation location = parse_model_uri(uri);
  EXPECT_EQ(location.store, store) << uri;
  EXPECT_EQ(location.name, name) << uri;
}

TEST(ModelUri, IsThePathOfAFile) {
  expect_location("model.skol", ".", "model.skol");
  expect_location("./model.skol", ".", "model.skol");
  expect_location("models/v1.2/my model", "models/v1.2", "my model");
  expect_location("/model", "/", "model");
  expect_location("/srv/models/a", "/srv/models", "a");
  expect_location("odd:name", ".", "odd:name");
  expect_location("./redis://host", "./redis:/", "host");
  expect_location("://x", ":/", "x");
}

TEST(ModelUri, WithoutAFileNameIsRefused) {
  for (const std::string uri : {"", "models/", "/"}) {
    try {
      parse_model_uri(uri);
      ADD_FAILURE() << uri;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kParameter);
      EXPECT_THAT(error.what(), HasSubstr("expected the path of a file"));
    }
  }
}

void expect_refused(const std::string& uri, const std::string& reason) {
  for (const bool whole_store : {false, true}) {
    try {
      whole_store ? static_cast<void>(open_store(uri)) : static_cast<void>(parse_model_uri(uri));
      ADD_FAILURE() << uri;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kStorage);
      EXPECT_THAT(error.what(), AllOf(HasSubstr(reason), Not(HasSubstr("secret"))));
    }
  }
}

TEST(ModelUri, NamesAServiceThatIsNotSupportedAndKeepsItsPassword) {
  expect_refused("rediss://:secret@host/0/key", "no TLS");
  expect_refused("s3://secret/model", "s3://...: no such kind of store");
  expect_refused("file:///secret/model", "file://...: no such kind of store");
}

TEST(ModelUri, MayBeAKeyInRedis) {
  expect_location("redis://host/0/key", "redis://host/0", "key");
  expect_location("redis://u:p%40@host:1/2/a:b/c%2f", "redis://u:p%40@host:1/2", "a:b/c/");
}

TEST(ModelUri, InRedisNeedsAKey) {
  for (const std::string uri : {"redis://host", "redis://host/0", "redis://:secret@host/0/"}) {
    try {
      parse_model_uri(uri);
      ADD_FAILURE() << uri;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kParameter);
      EXPECT_THAT(error.what(), AllOf(HasSubstr("there is no key"), Not(HasSubstr("secret"))));
    }
  }
}

TEST(OpenStore, OpensADatabaseOfRedisAndNoKey) {
  EXPECT_NE(open_store("redis://host:6379/0"), nullptr);
  EXPECT_THROW(open_store("redis://host:6379/0/key"), Error);
}

TEST(OpenStore, ExpiryIsForRedisAndNotNegative) {
  const StoreOptions hour = {std::chrono::hours(1), nullptr};
  EXPECT_NE(open_store("redis://host/0", hour), nullptr);
  EXPECT_THROW(open_store("folder", hour), Error);
  EXPECT_THROW(open_store("redis://host/0", {std::chrono::seconds(-1), nullptr}), Error);
  StoreOptions kept;
  kept.keep_expiry = true;
  EXPECT_NE(open_store("redis://host/0", kept), nullptr);
  EXPECT_NE(open_store("folder", kept), nullptr);
  kept.expire = std::chrono::hours(1);
  EXPECT_THROW(open_store("redis://host/0", kept), Error);
}

TEST(OpenStore, NeedsAFolder) {
  EXPECT_THROW(open_store(""), Error);
}

}  // namespace
}  // namespace skol
