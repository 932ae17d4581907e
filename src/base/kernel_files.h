// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skol {

// What the kernel tells in small text files of /proc and of cgroups. A file that is missing, or
// holds something else than a number, has no number: nothing here throws for what a file says.

// The number that is all of a file, as in memory.max.
std::optional<std::uint64_t> number_in(const std::string& path);

// The number after `key` at the start of a line: "MemTotal:   123 kB", "active_file 123".
std::optional<std::uint64_t> number_after(const std::string& path, std::string_view key);

// The same of a size in kB (of 1024 bytes, as /proc has them), in bytes.
std::optional<std::uint64_t> bytes_after(const std::string& path, std::string_view key);

}  // namespace skol
