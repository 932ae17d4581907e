// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "base/core_limits.h"
#include "base/hardware.h"
#include "base/in_quotes.h"
#include "base/memory_limits.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/doctor_gpu.h"
#include "cli/doctor_machine.h"
#include "cli/doctor_python.h"
#include "cli/doctor_redis.h"
#include "cli/doctor_report.h"
#include "cli/exit_status.h"
#include "cli/standard_output.h"
#include "cli/terminal.h"
#include "prediction/status_folder.h"

namespace skol {
namespace {

struct DoctorArguments {
  bool json = false;
  std::string redis;
  std::chrono::milliseconds timeout{10'000};
};

void declare(CommandLine& line, DoctorArguments& arguments) {
  line.add_flag("--json", arguments.json, "Output", "print one JSON object, a key a section");
  line.add_option({"--redis", "URI", "Options",
                   "the server to look at, redis://host:port; without it, that of REDIS_URL"},
                  [&](const std::string& uri) { arguments.redis = uri; });
  line.add_option(
      {"--timeout", "SECONDS", "Options",
       "how long Python, Java, Redis and the driver's library may take, each", "10"},
      [&](const std::string& text) {
        constexpr double kLeast = 0.1, kMost = 600;
        double seconds = 0;
        const char* const end = text.data() + text.size();
        const auto [stopped, error] = std::from_chars(text.data(), end, seconds);
        if (error != std::errc() || stopped != end || !(seconds >= kLeast) || seconds > kMost) {
          fail_usage("--timeout is {}: expected seconds, {} to {}", in_quotes(text), kLeast, kMost);
        }
        arguments.timeout = std::chrono::milliseconds(static_cast<int>(1000 * seconds));
      });
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The package's own Python where this command came with it, else that of PATH; and what it says of
// Spark and Java.
void add_python(std::chrono::milliseconds timeout, std::vector<Section>& sections) {
  std::error_code error;
  const std::string own =
      python_of_package(std::filesystem::read_symlink("/proc/self/exe", error).string());
  const PythonFacts python = ask_python(own.empty() ? "python3" : own, timeout);
  sections.push_back(python_section(python));
  const std::string set = variable("PYSPARK_PYTHON");
  const std::string of_workers = set.empty() ? "python3" : set;
  const std::string spark = python.package("pyspark");
  const bool same = spark.empty() || of_workers == python.program;
  sections.push_back(spark_section(python, same ? python : ask_python(of_workers, timeout),
                                   variable("SPARK_HOME")));
  sections.push_back(java_section(ask_java(timeout), spark));
}

std::vector<Section> examine(const DoctorArguments& arguments) {
  std::vector<Section> sections = {
      skol_section(),
      processor_section(describe_hardware().processor, core_limits()),
      simd_section(check_targets()),
      memory_section(memory_limits()),
      gpu_section(find_gpus("", arguments.timeout)),
  };
  add_python(arguments.timeout, sections);
  const bool asked = !arguments.redis.empty();
  sections.push_back(
      redis_section(asked ? arguments.redis : variable("REDIS_URL"), asked, arguments.timeout));
  sections.push_back(status_section(StatusFolders::of_environment()));
  return sections;
}

}  // namespace

int doctor_command(Arguments given) {
  CommandLine line("skol doctor",
                   "Says what this machine offers and what binds: processor, SIMD targets, memory, "
                   "GPU, Python, Spark, Java, Redis; what is missing, and what to do. Ends with 1 "
                   "where something is broken that skol cannot do without.");
  DoctorArguments arguments;
  declare(line, arguments);
  if (!line.parse(given)) return kExitDone;
  const std::vector<Section> sections = examine(arguments);
  print_to_stdout(arguments.json ? to_line(doctor_json(sections))
                                 : doctor_text(sections, terminal_of(STDOUT_FILENO)));
  return all_required_work(sections) ? kExitDone : kExitFailed;
}

}  // namespace skol
