// SPDX-License-Identifier: Apache-2.0
#include "cli/models_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/in_quotes.h"
#include "model/tuned_json.h"
#include "report/json_report.h"
#include "text/findings.h"

namespace skol {
namespace {

constexpr std::size_t kFactColumns = 11 + 8 + 10 + 7 + 12;
constexpr std::size_t kLeastNameColumns = 20;
constexpr std::size_t kMostOthersInALine = 3;
constexpr std::size_t kDateCharacters = 10;  // 2026-11-23

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80;
}

std::size_t characters_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return !continues_character(byte); }));
}

// The first or last `count` characters of UTF-8.
std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (!continues_character(text[end]) && count-- == 0) break;
  }
  return text.substr(0, end);
}

std::string_view last_characters(std::string_view text, std::size_t count) {
  const std::string_view before = first_characters(text, characters_of(text) - count);
  return text.substr(before.size());
}

// The end of a name holds the version, its beginning the kind: the middle goes.
std::string shortened(const std::string& name, std::size_t columns) {
  if (characters_of(name) <= columns) return name;
  const std::size_t kept = columns - 2;
  return fmt::format("{}..{}", first_characters(name, kept / 2),
                     last_characters(name, kept - kept / 2));
}

// fmt pads by its own idea of width, which counts some characters twice.
std::string padded(std::string text, std::size_t columns) {
  const std::size_t width = characters_of(text);
  if (width < columns) text.append(columns - width, ' ');
  return text;
}

// What tells whether a choice is good here; `models show` has the measurement too.
Json tuned_object(const std::optional<TuningRecord>& tuned) {
  if (!tuned) return Json::object();
  const Json record = tuned_json(*tuned);
  Json out = Json::object();
  for (const char* key : {"prediction_batch_size", "date", "hardware", "device", "precision"}) {
    out[key] = record.at(key);
  }
  return out;
}

Json model_object(const ModelListing::Listed& model) {
  const ModelDescription& about = model.description;
  return {{"name", model.name},
          {"bytes", model.bytes},
          {"labels", about.labels},
          {"window_size", about.options.window_size},
          {"prediction_stride", about.options.prediction_stride},
          {"prediction_batch_size", about.prediction_batch_size},
          {"created", about.created},
          {"made_by", about.made_by},
          {"tuned", tuned_object(about.tuned)}};
}

}  // namespace

std::string listing_json(const ModelListing& listing) {
  Json models = Json::array(), others = Json::array();
  for (const ModelListing::Listed& model : listing.models) models.push_back(model_object(model));
  for (const ModelListing::Other& other : listing.others) {
    if (others.size() == kMostOthers) break;
    others.push_back({{"name", other.name}, {"reason", other.reason}});
  }
  return to_line({{"store", listing.store},
                  {"models", std::move(models)},
                  {"skipped", listing.others.size()},
                  {"not_models", std::move(others)}});
}

std::string removed_json(const std::string& name, std::uint64_t bytes) {
  return to_line({{"removed", name}, {"bytes", bytes}});
}

std::string listing_table(const ModelListing& listing, const Terminal& terminal) {
  if (listing.models.empty()) return fmt::format("no models in {}\n", in_quotes(listing.store));
  const std::size_t most =
      std::max(terminal.columns, kFactColumns + kLeastNameColumns) - kFactColumns;
  std::size_t width = 4;  // "name"
  for (const ModelListing::Listed& model : listing.models) {
    width = std::max(width, std::min(characters_of(printable_name(model.name)), most));
  }
  std::string out = styled(fmt::format("{:<{}}{:>11}{:>8}{:>10}{:>7}{:>12}", "name", width, "size",
                                       "labels", "window", "batch", "created"),
                           Style::kBold, terminal) +
                    "\n";
  for (const ModelListing::Listed& model : listing.models) {
    const ModelDescription& about = model.description;
    const std::string created = printable_name(about.created);
    out += fmt::format(
        "{}{:>11}{:>8}{:>10}{:>7}{:>12}\n",
        padded(shortened(printable_name(model.name), width), width), as_bytes(model.bytes),
        about.labels.size(),
        fmt::format("{}/{}", about.options.window_size, about.options.prediction_stride),
        about.prediction_batch_size, first_characters(created, kDateCharacters));
  }
  return out;
}

std::string others_line(const ModelListing& listing) {
  if (listing.others.empty()) return "";
  std::vector<std::string> names;
  for (const ModelListing::Other& other : listing.others) {
    if (names.size() == kMostOthersInALine) {
      names.push_back("...");
      break;
    }
    names.push_back(in_quotes(other.name, 60));
  }
  const std::size_t count = listing.others.size();
  return fmt::format("{}: {}",
                     count == 1 ? "1 entry is not a model"
                                : fmt::format("{} entries are not models", with_commas(count)),
                     fmt::join(names, ", "));
}

}  // namespace skol
