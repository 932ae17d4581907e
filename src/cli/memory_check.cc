// SPDX-License-Identifier: Apache-2.0
#include "cli/memory_check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/file_descriptor.h"
#include "cli/model_access.h"
#include "prediction/batch_choice.h"
#include "prediction/memory_plan.h"
#include "skol/error.h"
#include "skol/store.h"

namespace skol {
namespace {

// A line of fewer bytes on average is rare: files are looked into in the order of what they take
// with lines so short, and no further than it can matter.
constexpr std::uint64_t kFewBytesOfLine = 16;

struct SizedFile {
  const std::string* path;
  std::uint64_t bytes, at_most;
};

std::uint64_t count_lines(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::uint64_t lines = 1;
  std::vector<char> piece(std::size_t{1} << 16);
  for (ssize_t got; file && (got = ::read(file.get(), piece.data(), piece.size())) > 0;) {
    lines += static_cast<std::uint64_t>(std::count(piece.data(), piece.data() + got, '\n'));
  }
  return lines;
}

// Nothing where the description is longer than what was read of it.
std::optional<ModelDescription> description_in(const StoreEntry& entry) {
  const std::uint64_t needed = described_bytes(entry.start);
  if (needed > entry.start.size()) return std::nullopt;
  return describe_model(entry.start);
}

MemoryPlan plan_of(const std::string& uri, const StoreEntry& entry,
                   const ModelDescription& description, const PredictionOptions& options) {
  // A reply of Redis is held twice: as it came, and as the bytes of the model.
  const std::uint64_t copies = uri.starts_with("redis") ? 2 : 1;
  return memory_plan(description, copies * entry.bytes, options);
}

StoreEntry look(const std::string& uri) {
  const ModelLocation place = parse_model_uri(uri);
  return open_store(place.store, store_options())->look(place.name);
}

}  // namespace

std::uint64_t largest_documents(const std::vector<InputFile>& files, const MemoryPlan& plan) {
  const auto memory = [&](const DocumentSize& size) { return plan.document_memory(size, {}); };
  std::vector<SizedFile> sized;
  for (const InputFile& file : files) {
    struct stat status = {};
    if (::stat(file.path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    const auto bytes = static_cast<std::uint64_t>(status.st_size);
    sized.push_back({&file.path, bytes, memory({bytes, bytes / kFewBytesOfLine + 1})});
  }
  std::ranges::sort(sized, [](const auto& a, const auto& b) { return a.at_most > b.at_most; });
  DocumentSize first, second;
  for (const SizedFile& file : sized) {
    if (file.at_most <= memory(second)) break;
    const DocumentSize size{file.bytes, count_lines(*file.path)};
    if (memory(size) > memory(second)) second = size;
    if (memory(second) > memory(first)) std::swap(first, second);
  }
  return plan.document_memory(first, second);
}

StoreEntry look_at_model(const std::string& uri) {
  return reading_models([&] { return look(uri); });
}

StoreEntry look_before_loading(const std::string& uri) {
  if (!uri.starts_with("redis")) return look_at_model(uri);
  try {
    return look(uri);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kMemory || error.kind() == ErrorKind::kInternal) throw;
    return {};
  }
}

void check_memory(const std::string& uri, const StoreEntry& model,
                  const std::vector<InputFile>& files, PredictionOptions& options) {
  check(options);
  std::optional<ModelDescription> description;
  try {
    description = description_in(model);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kModel) throw;
  }
  if (!description) return;
  MemoryPlan plan = plan_of(uri, model, *description, options);
  plan.document_bytes = options.document_bytes = largest_documents(files, plan);
  check_one_window(plan, memory_budget(budget_request(options)));
}

MemoryPlan plan_before_loading(const std::string& uri, const PredictionOptions& options) {
  check(options);
  const StoreEntry entry = look_at_model(uri);
  const std::optional<ModelDescription> description =
      reading_models([&] { return description_in(entry); });
  if (description) return plan_of(uri, entry, *description, options);
  const Model model = open_model(uri);  // one with thousands of labels
  return memory_plan(model, options);
}

}  // namespace skol
