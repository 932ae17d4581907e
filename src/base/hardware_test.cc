// SPDX-License-Identifier: Apache-2.0
#include "base/hardware.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/thread_pool.h"

namespace skol {
namespace {

std::string processor(const std::string& cpuinfo) {
  std::istringstream file(cpuinfo);
  return processor_in(file);
}

std::uint64_t memory(const std::string& meminfo) {
  std::istringstream file(meminfo);
  return memory_in(file);
}

TEST(Hardware, NamesTheFirstProcessorWithItsNumbers) {
  EXPECT_EQ(processor("processor\t: 0\n"
                      "vendor_id\t: AuthenticAMD\n"
                      "cpu family\t: 25\n"
                      "model\t\t: 17\n"
                      "model name\t: AMD EPYC\n"
                      "\n"
                      "processor\t: 1\n"
                      "cpu family\t: 6\n"
                      "model name\t: another\n"),
            "AMD EPYC (family 25, model 17)");
}

TEST(Hardware, TakesTheBlanksOutOfAPaddedName) {
  EXPECT_EQ(processor("model name\t:  Intel(R) Core(TM) i7 CPU       920  @ 2.67GHz \n"),
            "Intel(R) Core(TM) i7 CPU 920 @ 2.67GHz");
}

TEST(Hardware, NamesAnArmProcessorByItsNumbers) {
  EXPECT_EQ(processor("processor\t: 0\nBogoMIPS\t: 243.75\nCPU implementer\t: 0x41\n"
                      "CPU architecture: 8\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\n"),
            "CPU implementer 0x41, part 0xd0c");
}

TEST(Hardware, IsUnknownWhereNothingSays) {
  EXPECT_EQ(processor(""), "unknown");
  EXPECT_EQ(processor("no colon\nmodel name\t:\n"), "unknown");
}

TEST(Hardware, NamesAreShortAndPrintable) {
  EXPECT_EQ(processor("model name\t: A\x1b[31m\xff\n"), "A?[31m?");
  EXPECT_EQ(processor("model name\t: " + std::string(10'000, 'x') + "\ncpu family: 1\nmodel: 2\n"),
            std::string(kMostProcessorName, 'x'));
}

TEST(Hardware, ReadsTheMemoryOfTheMachine) {
  EXPECT_EQ(memory("MemTotal:        8044660 kB\nMemFree:          123 kB\n"), 8'237'731'840U);
  EXPECT_EQ(memory("MemFree:          123 kB\n"), 0U);
  EXPECT_EQ(memory(""), 0U);
  EXPECT_EQ(memory("MemTotal:        18446744073709551615 kB\n"), 0U);
}

TEST(Hardware, OfThisMachineHasANameAndTheCoresOfItsThreads) {
  const Hardware here = describe_hardware();
  EXPECT_FALSE(here.processor.empty());
  EXPECT_EQ(here.cores, usable_cores());
  EXPECT_GT(here.memory_bytes, 0U);
}

}  // namespace
}  // namespace skol
