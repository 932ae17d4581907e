// SPDX-License-Identifier: Apache-2.0
#include "cli/model_access.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "base/in_quotes.h"
#include "cli/interrupt.h"

namespace skol {
namespace {

// A hundred years: more is a slip, and far more overflows a server's milliseconds.
constexpr long long kMostSeconds = 100LL * 366 * 24 * 3600;

// The digits before the next colon or the end, which are taken off `text`.
std::optional<long long> take_number(std::string_view& text) {
  const std::string_view digits = text.substr(0, text.find(':'));
  long long value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stopped != end || value < 0 || value > kMostSeconds) return {};
  text.remove_prefix(digits.size() < text.size() ? digits.size() + 1 : digits.size());
  return value;
}

std::optional<long long> parse_expiry(std::string_view text) {
  if (text.find(':') == text.npos) return take_number(text);
  const auto hours = take_number(text), minutes = take_number(text), seconds = take_number(text);
  if (!hours || !minutes || !seconds || *minutes > 59 || *seconds > 59 || !text.empty()) return {};
  return *hours * 3600 + *minutes * 60 + *seconds;
}

}  // namespace

StoreOptions store_options(std::chrono::seconds expire) {
  return {expire, throw_if_interrupted};
}

void add_expire_option(CommandLine& line, std::chrono::seconds& expire) {
  line.add_option({"--expire", "TIME", "Output",
                   "in Redis the model vanishes after this: HH:MM:SS or seconds; without it, it "
                   "stays"},
                  [&expire](const std::string& text) {
                    const std::optional<long long> seconds = parse_expiry(text);
                    if (!seconds || *seconds < 1 || *seconds > kMostSeconds) {
                      fail_usage(
                          "--expire is {}: expected HH:MM:SS or seconds, 1 or more and at most a "
                          "hundred years",
                          in_quotes(text));
                    }
                    expire = std::chrono::seconds(*seconds);
                  });
}

Model open_model(const std::string& uri) {
  return reading_models([&] { return load_model(uri, store_options()); });
}

StoredModel open_stored_model(const std::string& uri) {
  return reading_models([&] {
    const ModelLocation place = parse_model_uri(uri);
    std::string bytes = open_store(place.store, store_options())->get(place.name);
    Model model = model_from(uri, bytes);
    return StoredModel{std::move(bytes), std::move(model)};
  });
}

}  // namespace skol
