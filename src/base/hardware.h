// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>

namespace skol {

// What a measurement on this machine depends on.
struct Hardware {
  std::string processor;           // "AMD EPYC (family 25, model 17)"; "unknown" where nothing says
  std::size_t cores = 0;           // usable_cores()
  std::uint64_t memory_bytes = 0;  // of the whole machine, without the kernel's own; 0: unknown
};

// From the files the kernel writes; nothing is cached.
Hardware describe_hardware();

// The first processor of /proc/cpuinfo, in at most kMostProcessorName printable ASCII characters.
// Its name alone does not tell it: virtual machines show no more than "AMD EPYC" of several
// generations, hence the numbers; processors of ARM have only numbers.
inline constexpr std::size_t kMostProcessorName = 200;
std::string processor_in(std::istream& cpuinfo);

// MemTotal of /proc/meminfo in bytes; 0 where there is none.
std::uint64_t memory_in(std::istream& meminfo);

}  // namespace skol
