// SPDX-License-Identifier: Apache-2.0
#include "tuning/plan_options.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/fail.h"
#include "base/in_quotes.h"

namespace skol {
namespace {

// Bounds what a hostile list costs; no table of a page has more rows.
constexpr std::size_t kMostListed = 1000;
// Far beyond any text, and exact in the doubles of those who read our JSON.
constexpr std::size_t kMostWindows = std::size_t{1} << 48;

std::vector<std::string_view> split_list(std::string_view name, std::string_view text) {
  std::vector<std::string_view> items;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    while (begin < end && text[begin] == ' ') ++begin;
    items.push_back(text.substr(begin, end - begin));
    begin = end + 1;
    if (items.size() > kMostListed) {
      fail(ErrorKind::kParameter, "{} has more than {} items: expected no more", name, kMostListed);
    }
  }
  return items;
}

std::size_t parse_count(std::string_view name, std::string_view text, std::size_t most) {
  std::size_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end || value < 1 || value > most) {
    fail(ErrorKind::kParameter, "{} is {}: expected a whole number from 1 to {}", name,
         in_quotes(text), most);
  }
  return value;
}

std::uint64_t parse_bytes(std::string_view name, const PlanOptions::Text& text) {
  return text ? parse_size(name, *text).bytes : 0;
}

std::uint64_t parse_more_than_nothing(std::string_view name, std::string_view text) {
  const std::uint64_t bytes = parse_size(name, text).bytes;
  if (bytes == 0) {
    fail(ErrorKind::kParameter, "{} is {}: expected more than 0", name, in_quotes(text));
  }
  return bytes;
}

std::vector<MemoryPoint> parse_points(std::string_view text) {
  std::vector<MemoryPoint> points;
  for (const std::string_view item : split_list("points", text)) {
    const std::size_t equals = item.find('=');
    if (equals == item.npos) {
      fail(ErrorKind::kParameter,
           "points have {}: expected a batch size and its bytes, such as 64=1.5GB",
           in_quotes(item));
    }
    points.push_back({parse_count("points: a batch size", item.substr(0, equals), kMostBatchSize),
                      parse_more_than_nothing("points: a size", item.substr(equals + 1))});
  }
  return points;
}

// What the network takes of the memory it computes in.
MemoryLine parse_line(const PlanOptions& options, const std::vector<MemoryPoint>& points) {
  if (!points.empty()) return fit_memory_line(points);
  const bool base = options.base_memory || (options.host_base_memory && !options.device_memory);
  if (!base || !options.window_memory) {
    fail(ErrorKind::kParameter,
         "{} is not given: expected base_memory and window_memory (such as 250MiB and 20MiB), or "
         "instead of both the points that were measured (such as 32=1.0GB,64=1.5GB)",
         base ? "window_memory" : "base_memory");
  }
  return {parse_bytes("base_memory", options.base_memory),
          parse_more_than_nothing("window_memory", *options.window_memory)};
}

void check_one_line(const PlanOptions& options) {
  if (!options.points) return;
  if (options.base_memory || options.window_memory) {
    fail(ErrorKind::kParameter,
         "points and {} exclude each other: give the points measured, or base_memory and "
         "window_memory",
         options.base_memory ? "base_memory" : "window_memory");
  }
  if (!options.device_memory && (options.host_base_memory || options.host_window_memory)) {
    fail(ErrorKind::kParameter,
         "points without device_memory are of host memory and hold all that an executor takes: "
         "leave out {}",
         options.host_base_memory ? "host_base_memory" : "host_window_memory");
  }
}

void check_memories(const PlanOptions& options) {
  if (!options.device_memory && !options.host_memory) {
    fail(ErrorKind::kParameter,
         "device_memory is not given, nor host_memory: expected what there is, such as 6.6GiB");
  }
  if (!options.host_memory && (options.host_base_memory || options.host_window_memory)) {
    fail(ErrorKind::kParameter,
         "{} is given without host_memory: expected host_memory too, such as 25GB",
         options.host_base_memory ? "host_base_memory" : "host_window_memory");
  }
  if (options.device_memory && options.host_memory && !options.host_base_memory) {
    fail(ErrorKind::kParameter,
         "host_memory is given beside device_memory, but not host_base_memory: expected what an "
         "executor takes of it, such as 2GB");
  }
}

SharedMemory parse_memory(const char* option, const char* name, std::string_view text,
                          const MemoryLine& line) {
  return {name, parse_more_than_nothing(option, text), line};
}

std::vector<SharedMemory> parse_memories(const PlanOptions& options, const MemoryLine& line) {
  MemoryLine host{parse_bytes("host_base_memory", options.host_base_memory),
                  parse_bytes("host_window_memory", options.host_window_memory)};
  if (!options.device_memory) {
    host = {host.base_bytes + line.base_bytes, host.window_bytes + line.window_bytes,
            line.fit_error};
    return {parse_memory("host_memory", "host", *options.host_memory, host)};
  }
  std::vector<SharedMemory> memories = {
      parse_memory("device_memory", "device", *options.device_memory, line)};
  if (options.host_memory) {
    memories.push_back(parse_memory("host_memory", "host", *options.host_memory, host));
  }
  return memories;
}

// What is asked of any memories.
void parse_questions(const PlanOptions& options, PlanRequest& request) {
  request.units = options.device_memory ? parse_size("device_memory", *options.device_memory).units
                                        : parse_size("host_memory", *options.host_memory).units;
  request.executors = parse_count("executors", options.executors.value_or("1"), kMostExecutors);
  if (options.batch_sizes) {
    for (const std::string_view size : split_list("batch_sizes", *options.batch_sizes)) {
      request.batch_sizes.push_back(parse_count("batch_sizes", size, kMostBatchSize));
    }
  }
  if (options.windows) {
    request.windows = parse_count("windows", *options.windows, kMostWindows);
  }
}

void check_nothing_doubled(const PlanOptions& options) {
  const std::pair<const char*, const PlanOptions::Text&> known[] = {
      {"base_memory", options.base_memory},
      {"window_memory", options.window_memory},
      {"points", options.points},
      {"host_base_memory", options.host_base_memory},
      {"host_window_memory", options.host_window_memory}};
  for (const auto& [name, value] : known) {
    if (!value) continue;
    fail(ErrorKind::kParameter,
         "{} is given together with a model, which says what an executor takes: leave one out",
         name);
  }
  if (options.device_memory) {
    fail(ErrorKind::kParameter,
         "device_memory is given together with a model, but this version computes in host memory: "
         "expected host_memory");
  }
}

}  // namespace

PlanRequest parse_plan_options(const PlanOptions& options) {
  check_one_line(options);
  PlanRequest request;
  if (options.points) request.points = parse_points(*options.points);
  const MemoryLine line = parse_line(options, request.points);
  check_memories(options);
  request.memories = parse_memories(options, line);
  parse_questions(options, request);
  return request;
}

PlanRequest parse_plan_options(const PlanOptions& options, const ExecutorMemory& executor) {
  check_nothing_doubled(options);
  check_memories(options);
  PlanRequest request;
  request.memories = {parse_memory("host_memory", "host", *options.host_memory, executor.line)};
  request.memories[0].exact = executor.exact;
  parse_questions(options, request);
  return request;
}

}  // namespace skol
