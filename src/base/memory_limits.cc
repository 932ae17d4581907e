// SPDX-License-Identifier: Apache-2.0
#include "base/memory_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

#include "base/kernel_files.h"

namespace skol {
namespace {

using Limits = std::vector<MemoryLimit>;

void add_host(const std::string& root, Limits& limits) {
  const std::string meminfo = root + "/proc/meminfo";
  const auto total = bytes_after(meminfo, "MemTotal:");
  const auto available = bytes_after(meminfo, "MemAvailable:");
  if (!total || !available) return;
  limits.push_back({"memory of the host", *total, *total - std::min(*total, *available)});
}

// The soft limit in a row of /proc/self/limits ("Max address space   unlimited   unlimited bytes"),
// and what /proc/self/status says is used of it.
void add_resource(const std::string& root, const char* name, std::string_view row,
                  std::string_view used, Limits& limits) {
  const auto bytes = number_after(root + "/proc/self/limits", row);
  const auto held = bytes_after(root + "/proc/self/status", used);
  if (bytes && held) limits.push_back({name, *bytes, *held});
}

// A hierarchy of cgroups that counts memory.
struct Hierarchy {
  bool unified = false;  // version 2
  // Where it is mounted, and the group that stands there: "" for the root, or, in a container that
  // sees its own groups alone, one below.
  std::string place, top;
};

// /proc/self/mountinfo writes blanks and backslashes of paths as \ooo.
std::string without_escapes(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto is_octal = [&](std::size_t at) {
      return at < text.size() && text[at] >= '0' && text[at] < '8';
    };
    if (text[i] == '\\' && is_octal(i + 1) && is_octal(i + 2) && is_octal(i + 3)) {
      const int value = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + text[i + 3] - '0';
      out += static_cast<char>(value);
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (list.substr(0, comma) == word) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

// proc(5): ID parent device root place options [tags...] - kind source options-of-the-kind.
std::optional<Hierarchy> hierarchy_of(const std::string& mount) {
  std::istringstream words(mount);
  std::string id, parent, device, top, place, options, word, kind, source, own_options;
  if (!(words >> id >> parent >> device >> top >> place >> options)) return {};
  while (words >> word && word != "-") {
  }
  if (!(words >> kind >> source >> own_options)) return {};
  const bool unified = kind == "cgroup2";
  if (!unified && (kind != "cgroup" || !has_word(own_options, "memory"))) return {};
  return Hierarchy{unified, without_escapes(place), top == "/" ? "" : without_escapes(top)};
}

// The group of this process as /proc/self/cgroup names it: "0::/a/b", or "4:memory:/a/b" in a
// hierarchy of version 1.
std::optional<std::string> own_group(const std::string& root, bool unified) {
  std::ifstream groups(root + "/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string_view controllers =
        std::string_view(line).substr(first + 1, second - first - 1);
    if (unified ? controllers.empty() : has_word(controllers, "memory")) {
      return line.substr(second + 1);
    }
  }
  return {};
}

// The way from the mounted group to that of this process: "" or "/a/b". A process outside of what
// is mounted ("/../x", or another branch) sees the limits of the mounted group only.
std::string way_down(const Hierarchy& hierarchy, const std::string& group) {
  const std::string& top = hierarchy.top;
  const bool below =
      group.starts_with(top) && (group.size() == top.size() || group[top.size()] == '/');
  if (!below || (group + "/").find("/../") != group.npos) return "";
  const std::string way = group.substr(top.size());
  return way == "/" ? "" : way;
}

// Pages of files that were read or written count for a group until the kernel takes them back, as
// it does before it refuses memory to anybody: they are not in use.
std::uint64_t used_in(const std::string& folder, const char* usage, std::string_view active,
                      std::string_view inactive) {
  const std::uint64_t charged = number_in(folder + usage).value_or(0);
  const std::string stat = folder + "/memory.stat";
  const std::uint64_t cache =
      number_after(stat, active).value_or(0) + number_after(stat, inactive).value_or(0);
  return charged - std::min(charged, cache);
}

std::string name_of(const char* file, const std::string& group) {
  return fmt::format("cgroup {} of {}", file, group.empty() ? "/" : group);
}

void add_unified(const std::string& folder, const std::string& group, Limits& limits) {
  for (const char* file : {"memory.max", "memory.high"}) {  // "max" is no number: no limit
    if (const auto bytes = number_in(folder + "/" + file)) {
      limits.push_back({name_of(file, group), *bytes,
                        used_in(folder, "/memory.current", "active_file", "inactive_file")});
    }
  }
}

void add_version_1(const std::string& folder, const std::string& group, Limits& limits) {
  // No limit is the largest number of whole pages that the kernel can hold, just below 2^63.
  constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 62;
  const auto bytes = number_in(folder + "/memory.limit_in_bytes");
  if (!bytes || *bytes >= kNoLimit) return;
  limits.push_back(
      {name_of("memory.limit_in_bytes", group), *bytes,
       used_in(folder, "/memory.usage_in_bytes", "total_active_file", "total_inactive_file")});
}

// The limits of a group and of every group above it: each holds for all below it.
void add_hierarchy(const std::string& root, const Hierarchy& hierarchy, Limits& limits) {
  const auto group = own_group(root, hierarchy.unified);
  if (!group) return;
  for (std::string way = way_down(hierarchy, *group);; way.resize(way.rfind('/'))) {
    const std::string folder = root + hierarchy.place + way;
    const std::string name = hierarchy.top + way;
    hierarchy.unified ? add_unified(folder, name, limits) : add_version_1(folder, name, limits);
    if (way.empty()) return;
  }
}

void add_cgroups(const std::string& root, Limits& limits) {
  bool seen[2] = {};  // a hierarchy may be mounted at several places: the first counts
  std::ifstream mounts(root + "/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    const auto hierarchy = hierarchy_of(line);
    if (!hierarchy || seen[hierarchy->unified]) continue;
    seen[hierarchy->unified] = true;
    add_hierarchy(root, *hierarchy, limits);
  }
}

}  // namespace

std::vector<MemoryLimit> memory_limits(const std::string& root) {
  Limits limits;
  add_host(root, limits);
  add_resource(root, "RLIMIT_AS", "Max address space", "VmSize:", limits);
  add_resource(root, "RLIMIT_DATA", "Max data size", "VmData:", limits);
  add_cgroups(root, limits);
  std::stable_sort(limits.begin(), limits.end(),
                   [](const MemoryLimit& a, const MemoryLimit& b) { return a.left() < b.left(); });
  return limits;
}

}  // namespace skol
