// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <limits>
#include <system_error>

#include "cli/child_process.h"
#include "cli/doctor_python.h"
#include "text/findings.h"

namespace skol {
namespace {

constexpr int kAny = std::numeric_limits<int>::max();

// The first program of this name in PATH; empty where there is none.
std::string in_path(const std::string& name) {
  const char* const set = std::getenv("PATH");
  std::string_view folders = set == nullptr ? "" : set;
  while (!folders.empty()) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    const std::string program = fmt::format("{}/{}", folders.substr(0, end), name);
    if (end > 0 && ::access(program.c_str(), X_OK) == 0) return program;
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return "";
}

std::string shown(const JavaRange& range) {
  return range.most == kAny ? fmt::format("{} or later", range.least)
                            : fmt::format("{} to {}", range.least, range.most);
}

}  // namespace

int java_version_in(std::string_view answer) {
  constexpr std::string_view kMark = "version \"", kBefore9 = "1.";
  const std::size_t at = answer.find(kMark);
  if (at == answer.npos) return 0;
  std::string_view text = answer.substr(at + kMark.size());
  if (text.starts_with(kBefore9)) text.remove_prefix(kBefore9.size());
  int version = 0;
  std::from_chars(text.data(), text.data() + text.size(), version);
  return version;
}

JavaFacts ask_java(std::chrono::milliseconds timeout) {
  JavaFacts facts;
  const char* const home = std::getenv("JAVA_HOME");
  facts.from_home = home != nullptr && *home != '\0';
  facts.program = facts.from_home ? fmt::format("{}/bin/java", home) : in_path("java");
  if (facts.program.empty()) return facts;
  const ChildAnswer answer = run_program({facts.program, "-version"}, timeout);
  facts.program = printable_name(facts.program);
  facts.version = java_version_in(answer.output);
  if (answer.timed_out) {
    facts.problem = "does not answer in time";
  } else if (answer.status == ChildAnswer::kNotStarted) {
    facts.problem = "cannot be started";
  } else if (facts.version == 0) {
    facts.problem = "does not tell its version";
  }
  return facts;
}

// As spark/environment.py of the package has it, which refuses to start with another.
std::optional<JavaRange> java_for_spark(std::string_view spark) {
  int major = 0, minor = 0;
  const char* const end = spark.data() + spark.size();
  const auto [dot, error] = std::from_chars(spark.data(), end, major);
  if (error != std::errc() || dot == end || *dot != '.') return std::nullopt;
  if (std::from_chars(dot + 1, end, minor).ec != std::errc()) return std::nullopt;
  // Java 24 took away what Hadoop before 3.4.2 calls; Spark 3.5 and 4.0 have that, 4.1 does not.
  if (major < 4) return JavaRange{8, 23, "Java 11 or 17"};
  return JavaRange{17, major == 4 && minor == 0 ? 23 : kAny, "Java 17 or 21"};
}

Section java_section(const JavaFacts& java, const std::string& spark) {
  Section section{"java"};
  const std::optional<JavaRange> range = java_for_spark(spark);
  section.facts = {{"program", java.program.empty() ? Json(nullptr) : Json(java.program)},
                   {"version", java.version == 0 ? Json(nullptr) : Json(java.version)},
                   {"least", range ? Json(range->least) : Json(nullptr)},
                   {"most", range && range->most != kAny ? Json(range->most) : Json(nullptr)}};
  const std::string wanted = range ? std::string(range->advice) : "a JDK 17";
  const std::string advice = fmt::format("install {} and set JAVA_HOME to it", wanted);
  if (java.program.empty()) {
    section.add(range ? Finding{Health::kProblem, "no java in PATH, which Spark needs", advice}
                      : Finding{Health::kMissing, "no java in PATH; only Spark needs one"});
  } else if (!java.problem.empty()) {
    section.add({Health::kProblem,
                 fmt::format("{}{} {}", java.program, java.from_home ? ", of JAVA_HOME," : "",
                             java.problem),
                 advice});
  } else if (range && (java.version < range->least || java.version > range->most)) {
    section.add({Health::kProblem,
                 fmt::format("{} is Java {}; Spark {} needs {}", java.program, java.version, spark,
                             shown(*range)),
                 advice});
  } else {
    section.add({Health::kOk, fmt::format("Java {}, {}{}", java.version, java.program,
                                          range ? fmt::format(": good for Spark {}", spark) : "")});
  }
  return section;
}

}  // namespace skol
