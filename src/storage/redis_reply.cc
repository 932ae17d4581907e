// SPDX-License-Identifier: Apache-2.0
#include "storage/redis_reply.h"

#include <hiredis/hiredis.h>

#include <new>

#include "base/fail.h"
#include "base/in_quotes.h"

namespace skol {
namespace {

// Far above the keys that one SCAN of ours gives, and small enough to be taken on trust.
constexpr int kMostElements = 100'000;

// The functions below are hiredis' way to let others own the replies. It is C: no exception may
// pass through it, and a null pointer says that there is no memory.

// A reply stands in the array that is being read, or is a new root.
template <typename Fill>
void* make_reply(const redisReadTask* task, Fill fill) noexcept try {
  if (task->parent != nullptr) {
    auto* const array = static_cast<RedisReply*>(task->parent->obj);
    RedisReply& element = array->elements[static_cast<std::size_t>(task->idx)];
    fill(element);
    return &element;
  }
  auto root = std::make_unique<RedisReply>();
  fill(*root);
  return root.release();
} catch (const std::bad_alloc&) {
  return nullptr;
}

RedisReply::Type text_type(int type) {
  if (type == REDIS_REPLY_ERROR) return RedisReply::Type::kError;
  return type == REDIS_REPLY_STATUS ? RedisReply::Type::kStatus : RedisReply::Type::kString;
}

void* create_string(const redisReadTask* task, char* text, std::size_t size) {
  return make_reply(task, [&](RedisReply& reply) {
    reply.type = text_type(task->type);
    reply.text.assign(text, size);
  });
}

void* create_array(const redisReadTask* task, int size) {
  if (size > kMostElements) return nullptr;
  return make_reply(task, [&](RedisReply& reply) {
    reply.type = RedisReply::Type::kArray;
    reply.elements.resize(static_cast<std::size_t>(size));
  });
}

void* create_integer(const redisReadTask* task, long long value) {
  return make_reply(task, [&](RedisReply& reply) {
    reply.type = RedisReply::Type::kInteger;
    reply.integer = value;
  });
}

void* create_nil(const redisReadTask* task) {
  return make_reply(task, [](RedisReply& reply) { reply.type = RedisReply::Type::kNil; });
}

// Only ever called for a root.
void free_reply(void* reply) {
  const std::unique_ptr<RedisReply> root(static_cast<RedisReply*>(reply));
}

// hiredis takes it as not const, and does not change it.
redisReplyObjectFunctions reply_functions = {create_string, create_array, create_integer,
                                             create_nil, free_reply};

}  // namespace

RedisReader::RedisReader()
    : reader_(redisReaderCreateWithFunctions(&reply_functions), redisReaderFree) {
  if (!reader_) throw std::bad_alloc();
}

void RedisReader::feed(std::string_view bytes) {
  if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK)
    throw std::bad_alloc();
}

std::optional<RedisReply> RedisReader::next() {
  void* made = nullptr;
  if (redisReaderGetReply(reader_.get(), &made) != REDIS_OK) {
    if (reader_->err == REDIS_ERR_OOM) {
      fail(ErrorKind::kStorage, "its reply announces more than fits in memory");
    }
    fail(ErrorKind::kStorage,
         "it does not speak the protocol of Redis ({}); is the port right, and does it want TLS?",
         in_quotes(reader_->errstr));
  }
  if (made == nullptr) return std::nullopt;
  const std::unique_ptr<RedisReply> root(static_cast<RedisReply*>(made));
  return std::move(*root);
}

std::size_t RedisReader::bytes_waiting() const {
  return reader_->len - reader_->pos;
}

}  // namespace skol
