// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_machine.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>

#include "base/process_identity.h"
#include "base/thread_pool.h"
#include "kernels/bf16_kernels.h"
#include "kernels/self_check.h"
#include "prediction/running_predictions.h"
#include "text/findings.h"

namespace skol {
namespace {

#ifdef NDEBUG
constexpr const char* kBuild = "release";
#else
constexpr const char* kBuild = "debug";
#endif
#ifdef __clang__
constexpr const char* kCompiler = __VERSION__;
#else
constexpr const char* kCompiler = "GCC " __VERSION__;
#endif

// `skol predict` with the default model takes 46 MB (README.md), and somewhat more while it reads.
constexpr std::uint64_t kLeastMemory = std::uint64_t{64} << 20;

std::string cores_text(double cores) {
  return fmt::format("{:.4g} {}", cores, cores == 1 ? "core" : "cores");
}

std::string own_path() {
  std::error_code error;
  return printable_name(std::filesystem::read_symlink("/proc/self/exe", error).string());
}

}  // namespace

Section skol_section() {
  Section section{"skol"};
  section.required = true;
  const auto targets = compiled_targets();
  section.facts = {{"version", SKOL_VERSION}, {"build", kBuild}, {"compiler", kCompiler},
                   {"targets", targets},      {"cuda", false},   {"path", own_path()}};
  section.add({Health::kOk, fmt::format("{}, {} build, {}", SKOL_VERSION, kBuild, kCompiler)});
  section.add(
      {Health::kOk, fmt::format("compiled for {}; without CUDA", fmt::join(targets, ", "))});
  section.add({Health::kOk, own_path()});
  return section;
}

Section processor_section(const std::string& processor, std::span<const CoreLimit> limits) {
  Section section{"processor"};
  section.required = true;
  const CoreLimit& tightest = limits.front();
  section.facts = {{"name", processor},
                   {"cores", usable_cores()},
                   {"binds", tightest.name},
                   {"limits", Json::array()}};
  section.add({Health::kOk, processor});
  section.add({Health::kOk,
               fmt::format("{} usable: bound by {}", cores_text(tightest.cores), tightest.name)});
  for (const CoreLimit& limit : limits) {
    section.facts["limits"].push_back({{"name", limit.name}, {"cores", limit.cores}});
    if (&limit == &tightest) continue;
    section.add({Health::kOk, fmt::format("{}: {}", limit.name, cores_text(limit.cores))});
  }
  return section;
}

std::vector<CheckedTarget> check_targets() {
  std::vector<CheckedTarget> targets;
  for (const Kernels* kernels : available_kernels()) {
    targets.push_back({kernels->name(), gives_reference_bits(*kernels)});
  }
  return targets;
}

Section simd_section(std::span<const CheckedTarget> targets) {
  Section section{"simd"};
  section.required = true;
  const Bf16Kernels* bf16 = native_bf16_kernels();
  section.facts = {{"chosen", targets.front().name},
                   {"targets", Json::object()},
                   {"bf16", bf16 == nullptr ? Json() : Json(bf16->name())}};
  for (const CheckedTarget& target : targets) {
    section.facts["targets"][std::string(target.name)] = target.right ? "right" : "wrong bits";
    if (target.right) continue;
    section.add({Health::kProblem,
                 fmt::format("{} gives other bits here than the plain loops", target.name),
                 "predict with --target scalar, and report the processor"});
  }
  std::vector<std::string_view> others;
  for (const CheckedTarget& target : targets.subspan(1)) others.push_back(target.name);
  if (others.empty()) {
    section.add({Health::kMissing, "scalar: no SIMD that is of use here (AVX2 with FMA, or NEON)",
                 "results are the same and take several times as long; in a virtual machine, "
                 "choose a processor type that shows its host's"});
  } else {
    section.add({Health::kOk, fmt::format("{} is chosen; also here: {}", targets.front().name,
                                          fmt::join(others, ", "))});
  }
  if (bf16 != nullptr) {
    section.add({Health::kOk, fmt::format("--precision bf16 runs on {}", bf16->name())});
  }
  return section;
}

Section memory_section(std::span<const MemoryLimit> limits) {
  Section section{"memory"};
  section.required = true;
  section.facts = {{"binds", limits.empty() ? Json(nullptr) : Json(limits.front().name)},
                   {"left_bytes", limits.empty() ? Json(nullptr) : Json(limits.front().left())},
                   {"limits", Json::array()}};
  if (limits.empty()) {
    section.add({Health::kMissing, "this system does not tell how much memory there is",
                 "mount /proc; without it no memory budget can be kept"});
  }
  for (const MemoryLimit& limit : limits) {
    section.facts["limits"].push_back({{"name", limit.name},
                                       {"bytes", limit.bytes},
                                       {"used_bytes", limit.used},
                                       {"left_bytes", limit.left()}});
    const bool binds = &limit == &limits.front(), short_of = limit.left() < kLeastMemory;
    section.add({short_of ? Health::kProblem : Health::kOk,
                 fmt::format("{} left of {}: {}{}", as_bytes(limit.left()), as_bytes(limit.bytes),
                             printable_name(limit.name), binds ? ", which binds" : ""),
                 short_of ? "end other programs or raise the limit: prediction takes 46 MB with "
                            "the default model"
                          : ""});
  }
  return section;
}

Section status_section(const StatusFolders& folders) {
  Section section{"status"};
  const auto runs = running_predictions(StatusFolders::to_read());
  section.facts = {{"folder", nullptr}, {"running", runs.size()}};
  if (!folders.problem.empty()) {
    section.add(
        {Health::kProblem, folders.problem, "unset SKOL_STATUS, or set it to one of these"});
    return section;
  }
  if (folders.paths.empty()) {
    section.add({Health::kMissing, "SKOL_STATUS is off: skol top does not see what runs from here",
                 "unset it to be seen"});
    return section;
  }
  if (!this_process()) {
    section.add({Health::kProblem, "no /proc, by which runs that ended are known",
                 "mount it; until then skol top shows nothing"});
    return section;
  }
  for (const std::string& path : folders.paths) {
    if (!open_status_folder(path, ::geteuid(), true)) continue;
    section.facts["folder"] = path;
    section.add({Health::kOk, fmt::format("{}: {} running (skol top)", printable_name(path),
                                          counted(runs.size(), "prediction"))});
    return section;
  }
  section.add({Health::kProblem,
               fmt::format("none of these is a folder of yours that nobody else may enter: {}",
                           printable_name(fmt::format("{}", fmt::join(folders.paths, ", ")))),
               "make one with mkdir -m 700, or set SKOL_STATUS to another; until then skol top "
               "shows nothing"});
  return section;
}

}  // namespace skol
