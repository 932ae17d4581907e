// SPDX-License-Identifier: Apache-2.0
#include "prediction/run_status.h"

#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace skol {
namespace {

constexpr std::array<char, 8> kMagic = {'s', 'k', 'o', 'l', ' ', 'r', 'u', 'n'};
// To be raised with any change of the layout: what reads another version takes it for no status.
constexpr std::uint64_t kVersion = 1;

template <std::size_t kSize>
using Text = std::array<char, kSize>;  // padded with NUL

struct Layout {
  std::array<char, 8> magic;
  std::uint64_t version;
  std::uint64_t checksum;  // XXH3 of all that follows
  std::uint64_t started, updated;
  std::uint64_t documents, lines, windows, windows_done, predict_calls;
  std::uint64_t prediction_batch_size, reductions;
  std::uint64_t resident_bytes, workspace_bytes, budget_bytes, threads;
  double windows_per_second;
  Text<32> what, device;
  Text<312> model;
};
static_assert(sizeof(Layout) == kRunStatusBytes && std::is_trivially_copyable_v<Layout>);
constexpr std::size_t kCheckedFrom = offsetof(Layout, started);

std::uint64_t checksum_of(const Layout& layout) {
  return XXH3_64bits(reinterpret_cast<const char*>(&layout) + kCheckedFrom,
                     sizeof layout - kCheckedFrom);
}

template <std::size_t kSize>
void put(std::string_view text, Text<kSize>& to) {
  text.remove_prefix(text.size() - std::min(text.size(), kSize));
  std::copy(text.begin(), text.end(), to.begin());
}

template <std::size_t kSize>
std::string text_of(const Text<kSize>& from) {
  return {from.begin(), std::find(from.begin(), from.end(), '\0')};
}

// The numbers, which are the same in both forms.
template <class From, class To>
void copy_numbers(const From& from, To& to) {
  to.started = from.started;
  to.updated = from.updated;
  to.documents = from.documents;
  to.lines = from.lines;
  to.windows = from.windows;
  to.windows_done = from.windows_done;
  to.predict_calls = from.predict_calls;
  to.prediction_batch_size = from.prediction_batch_size;
  to.reductions = from.reductions;
  to.resident_bytes = from.resident_bytes;
  to.workspace_bytes = from.workspace_bytes;
  to.budget_bytes = from.budget_bytes;
  to.threads = from.threads;
  to.windows_per_second = from.windows_per_second;
}

}  // namespace

RunStatusBytes encode(const RunStatus& status) {
  Layout layout = {};
  layout.magic = kMagic;
  layout.version = kVersion;
  copy_numbers(status, layout);
  put(status.what, layout.what);
  put(status.device, layout.device);
  put(status.model, layout.model);
  layout.checksum = checksum_of(layout);
  RunStatusBytes bytes;
  std::memcpy(bytes.data(), &layout, sizeof layout);
  return bytes;
}

std::optional<RunStatus> decode_run_status(std::span<const char> bytes) {
  Layout layout;
  if (bytes.size() != sizeof layout) return std::nullopt;
  std::memcpy(&layout, bytes.data(), sizeof layout);
  if (layout.magic != kMagic || layout.version != kVersion ||
      layout.checksum != checksum_of(layout) || !std::isfinite(layout.windows_per_second)) {
    return std::nullopt;
  }
  RunStatus status;
  copy_numbers(layout, status);
  status.what = text_of(layout.what);
  status.device = text_of(layout.device);
  status.model = text_of(layout.model);
  return status;
}

}  // namespace skol
