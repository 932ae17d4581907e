// SPDX-License-Identifier: Apache-2.0
#include "cli/output_plan.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "base/fail.h"
#include "base/in_quotes.h"

namespace skol {
namespace {

namespace fs = std::filesystem;

// What a path leads to: device and inode, or nothing where nothing is there.
using FileIdentity = std::pair<dev_t, ino_t>;

std::optional<FileIdentity> identity_of(const std::string& path) {
  struct stat status = {};
  const int failed = path.empty() ? ::fstat(STDOUT_FILENO, &status) : ::stat(path.c_str(), &status);
  // Devices and pipes are not overwritten: /dev/null may be both read and written.
  if (failed != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return FileIdentity(status.st_dev, status.st_ino);
}

// The path without links and dots, also where its end is not there yet.
std::string canonical(const std::string& path) {
  std::error_code error;
  const fs::path resolved = fs::weakly_canonical(fs::absolute(path), error);
  return error ? fs::absolute(path).lexically_normal().string() : resolved.string();
}

// The files that may not be overwritten; "" stands for standard output.
class Inputs {
 public:
  void add(const std::string& path) {
    if (path == kStdin) return;
    if (!path.empty()) by_path_.emplace(canonical(path), path);
    if (const auto identity = identity_of(path)) by_identity_.emplace(*identity, path);
  }

  void check(const std::string& output) const {
    const std::string* input = find(output);
    if (input == nullptr) return;
    fail(ErrorKind::kStorage, "{} would overwrite the input {}: choose another place with -o",
         shown(output), in_quotes(*input));
  }

  // The file that `output` is, or null.
  const std::string* find(const std::string& output) const {
    if (const auto identity = identity_of(output)) {
      if (const auto found = by_identity_.find(*identity); found != by_identity_.end()) {
        return &found->second;
      }
    }
    if (output.empty()) return nullptr;
    const auto found = by_path_.find(canonical(output));
    return found == by_path_.end() ? nullptr : &found->second;
  }

  static std::string shown(const std::string& path) {
    return path.empty() ? "standard output" : in_quotes(path);
  }

 private:
  std::map<std::string, std::string> by_path_;
  std::map<FileIdentity, std::string> by_identity_;
};

std::string output_path(const InputFile& input, const std::string& folder,
                        std::string_view extension) {
  std::string_view stem = input.relative;
  for (const std::string_view suffix : {".ann", ".txt"}) {
    if (!stem.ends_with(suffix)) continue;
    stem.remove_suffix(suffix.size());
    break;
  }
  return (fs::path(folder) / fmt::format("{}{}", stem, extension)).string();
}

}  // namespace

std::vector<std::string> plan_outputs(std::span<const InputFile> inputs, const std::string& model,
                                      const std::string& folder, std::string_view extension) {
  Inputs known;
  known.add(model);
  for (const InputFile& input : inputs) known.add(input.path);
  std::vector<std::string> outputs;
  std::map<std::string, const InputFile*> taken;
  for (const InputFile& input : inputs) {
    std::string output = output_path(input, folder, extension);
    known.check(output);
    const auto [first, is_new] = taken.emplace(canonical(output), &input);
    if (!is_new) {
      fail(ErrorKind::kStorage,
           "{} and {} would both be written to {}: label them in separate runs, with another -o",
           in_quotes(first->second->path), in_quotes(input.path), in_quotes(output));
    }
    outputs.push_back(std::move(output));
  }
  return outputs;
}

void refuse_to_overwrite(std::span<const InputFile> inputs, const std::string& output) {
  Inputs known;
  for (const InputFile& input : inputs) known.add(input.path);
  known.check(output);
}

void refuse_page_over(std::span<const InputFile> inputs, const std::string& model,
                      std::span<const std::string> outputs, const std::string& page,
                      std::string_view option) {
  Inputs known;
  known.add(model);
  for (const InputFile& input : inputs) known.add(input.path);
  for (const std::string& output : outputs) known.add(output);
  known.add("");
  const std::string* const other = known.find(page);
  if (other == nullptr) return;
  fail(ErrorKind::kStorage, "{} {} would overwrite {}: choose another path", option,
       in_quotes(page), Inputs::shown(*other));
}

}  // namespace skol
