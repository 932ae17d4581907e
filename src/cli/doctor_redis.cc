// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_redis.h"

#include <fmt/format.h>

#include "base/hide_password.h"
#include "cli/child_process.h"
#include "cli/standard_output.h"
#include "skol/error.h"
#include "storage/redis_server.h"
#include "text/findings.h"

namespace skol {

Section redis_section(const std::string& uri, bool required, std::chrono::milliseconds timeout) {
  Section section{"redis"};
  section.required = required;
  section.facts = {{"uri", nullptr}, {"version", nullptr}};
  if (uri.empty()) {
    section.add({Health::kMissing, "no server is named",
                 "if models are to be kept in Redis: skol doctor --redis redis://host:port, or "
                 "set REDIS_URL"});
    return section;
  }
  section.facts["uri"] = printable_name(hide_password(uri));
  // In a process of its own, for looking up the name of a host knows no time limit.
  const ChildAnswer answer = in_child(
      [&] {
        try {
          const RedisServer server = look_at_redis(uri, {timeout, {}});
          print_to_stdout(server.version);
          return 0;
        } catch (const Error& error) {
          print_to_stdout(error.what());
          return 1;
        }
      },
      timeout + timeout / 2);
  if (!answer.ok()) {
    section.add({Health::kProblem,
                 answer.timed_out
                     ? fmt::format("{}: no answer in time", section.facts["uri"].get<std::string>())
                     : printable_name(answer.output),
                 "start it, or name another with --redis or REDIS_URL"});
    return section;
  }
  if (!answer.output.empty()) section.facts["version"] = answer.output;
  section.add(
      {Health::kOk,
       fmt::format("Redis {} at {}", answer.output.empty() ? "of unknown version" : answer.output,
                   section.facts["uri"].get<std::string>())});
  return section;
}

}  // namespace skol
