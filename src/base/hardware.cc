// SPDX-License-Identifier: Apache-2.0
#include "base/hardware.h"

#include <fmt/format.h>

#include <fstream>
#include <limits>
#include <map>
#include <string_view>

#include "base/thread_pool.h"

namespace skol {
namespace {

constexpr std::string_view kBlanks = " \t";

// Without blanks around it, one where there are several (old names are padded with them).
std::string tidied(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = kBlanks.find(c) != std::string_view::npos;
    if (blank && (out.empty() || out.back() == ' ')) continue;
    const bool printable = c >= ' ' && c <= '~';
    out += blank ? ' ' : printable ? c : '?';
  }
  if (out.ends_with(' ')) out.pop_back();
  return out.substr(0, kMostProcessorName);
}

// The lines "key : value" up to the first empty one: those of one processor.
std::map<std::string, std::string> first_section(std::istream& cpuinfo) {
  std::map<std::string, std::string> section;
  for (std::string line; std::getline(cpuinfo, line) && !line.empty();) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    section.emplace(tidied(std::string_view(line).substr(0, colon)),
                    tidied(std::string_view(line).substr(colon + 1)));
  }
  return section;
}

}  // namespace

std::string processor_in(std::istream& cpuinfo) {
  auto section = first_section(cpuinfo);
  const auto has = [&](const char* key) { return section.contains(key) && !section[key].empty(); };
  std::string name = "unknown";
  if (has("model name") && has("cpu family") && has("model")) {
    name = fmt::format("{} (family {}, model {})", section["model name"], section["cpu family"],
                       section["model"]);
  } else if (has("model name")) {
    name = section["model name"];
  } else if (has("CPU implementer") && has("CPU part")) {
    name =
        fmt::format("CPU implementer {}, part {}", section["CPU implementer"], section["CPU part"]);
  }
  return name.substr(0, kMostProcessorName);
}

std::uint64_t memory_in(std::istream& meminfo) {
  constexpr std::uint64_t kKibibyte = 1024;
  for (std::string word; meminfo >> word;) {
    std::uint64_t kibibytes = 0;
    if (word != "MemTotal:" || !(meminfo >> kibibytes)) continue;
    const bool sensible = kibibytes <= std::numeric_limits<std::uint64_t>::max() / kKibibyte;
    return sensible ? kibibytes * kKibibyte : 0;
  }
  return 0;
}

Hardware describe_hardware() {
  std::ifstream cpuinfo("/proc/cpuinfo"), meminfo("/proc/meminfo");
  return {processor_in(cpuinfo), usable_cores(), memory_in(meminfo)};
}

}  // namespace skol
