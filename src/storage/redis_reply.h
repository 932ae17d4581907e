// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct redisReader;

namespace skol {

// What a Redis server answers to one command.
struct RedisReply {
  enum class Type { kNil, kStatus, kError, kString, kInteger, kArray };

  Type type = Type::kNil;
  std::string text;       // of a status, an error, a string
  long long integer = 0;  // of an integer
  std::vector<RedisReply> elements;

  bool is_error() const { return type == Type::kError; }
};

// Makes replies of the bytes a server sends, which may be anything: hiredis parses, and no memory
// is taken for a number in the bytes before what it counts has come.
class RedisReader {
 public:
  RedisReader();

  void feed(std::string_view bytes);
  // The next reply that is whole. Error of kStorage, in a few words, for bytes that are not Redis'
  // protocol.
  std::optional<RedisReply> next();
  // Of the reply that is not whole yet.
  std::size_t bytes_waiting() const;

 private:
  std::unique_ptr<redisReader, void (*)(redisReader*)> reader_;
};

}  // namespace skol
