// SPDX-License-Identifier: Apache-2.0
#include "cli/option_flags.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <type_traits>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "base/nearest_name.h"
#include "cli/exit_status.h"
#include "tuning/plan_options.h"

namespace skol {
namespace {

constexpr const char* kPredictionGroup = "Prediction";
constexpr const char* kTrainingGroup = "Training";

template <typename Number>
bool parse_whole(const std::string& text, Number& value) {
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stopped == end;
}

void parse(const std::string& flag, const std::string& text, std::size_t& value) {
  if (!parse_whole(text, value)) {
    fail_usage("{} is {}: expected a whole number, 0 or more", flag, in_quotes(text));
  }
}

void parse(const std::string& flag, const std::string& text, double& value) {
  if (!parse_whole(text, value) || !std::isfinite(value)) {
    fail_usage("{} is {}: expected a number such as 0.25", flag, in_quotes(text));
  }
}

void parse(const std::string&, const std::string& text, std::string& value) {
  value = text;
}

void parse(const std::string& flag, const std::string& text, std::vector<std::string>& names) {
  names.clear();
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (end == begin) {
      fail_usage("{} is {}: expected labels with a comma between them", flag, in_quotes(text));
    }
    names.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
}

void parse_batch_size(const std::string& flag, const std::string& text, std::size_t& value) {
  if (text == "auto") {
    value = kAutoBatchSize;
    return;
  }
  if (!parse_whole(text, value) || value < 1) {
    fail_usage("{} is {}: expected a whole number, 1 or more, or auto", flag, in_quotes(text));
  }
}

template <typename Value>
const char* placeholder() {
  if constexpr (std::is_same_v<Value, std::size_t>) return "N";
  if constexpr (std::is_same_v<Value, double>) return "X";
  if constexpr (std::is_same_v<Value, std::string>) return "NAME";
  return "A,B";
}

template <typename Value>
std::string default_text(const Value& value) {
  if constexpr (std::is_same_v<Value, std::vector<std::string>>) {
    return fmt::format("{}", fmt::join(value, ","));
  } else {
    return fmt::format("{}", value);
  }
}

template <typename Value>
void add_value(CommandLine& line, std::string_view option, Value& value, const std::string& group,
               const std::string& meaning) {
  const std::string flag = flag_name(option);
  line.add_option({flag, placeholder<Value>(), group, meaning, default_text(value)},
                  [flag, &value](const std::string& text) { parse(flag, text, value); });
}

// Visits every option by name.
template <typename Visit>
void for_each_option_name(Visit visit) {
  const auto by_name = [&](const char* name, const auto&, const char*) {
    visit(std::string_view(name));
  };
  const TrainingOptions training;
  const PredictionOptions prediction;
  visit_training_options(training, by_name);
  visit_prediction_options(prediction, by_name);
  const ReviewOptions review;
  visit_review_options(review, by_name);
  const PlanOptions plan;
  visit_plan_options(
      plan, [&](const PlanOption& option, const auto&) { visit(std::string_view(option.name)); });
  visit(std::string_view("seconds"));  // of a tuning
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || c == '_';
}

}  // namespace

std::string flag_name(std::string_view option) {
  std::string flag = fmt::format("--{}", option);
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

std::string with_flags(std::string message) {
  std::vector<std::string_view> names;
  for_each_option_name([&](std::string_view name) { names.push_back(name); });
  std::string out;
  for (std::size_t begin = 0, end; begin < message.size(); begin = end) {
    end = begin;
    while (end < message.size() && is_name_character(message[end])) ++end;
    const std::string_view word = std::string_view(message).substr(begin, end - begin);
    // Without an underscore a name is a word of the language too, but for the first of a message.
    const bool is_option = std::find(names.begin(), names.end(), word) != names.end() &&
                           (begin == 0 || word.find('_') != word.npos);
    out += is_option ? flag_name(word) : std::string(word);
    if (end == begin) out += message[end++];
  }
  return out;
}

void add_training_options(CommandLine& line, TrainingOptions& options) {
  // Who sizes the vocabulary of compact features without saying which features means them.
  const auto features_said = std::make_shared<bool>(false);
  visit_training_options(options, [&](std::string_view name, auto& value, const char* help) {
    using Value = std::remove_reference_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, bool>) {
      line.add_flag(flag_name(name), value, kTrainingGroup, help);
    } else {
      const std::string flag = flag_name(name);
      const bool names_features = name == "features";
      const bool sizes_compact = name == "word_vocab_size" || name == "suffix_vocab_size";
      line.add_option({flag, placeholder<Value>(), kTrainingGroup, help, default_text(value)},
                      [=, &value, &options](const std::string& text) {
                        parse(flag, text, value);
                        if (names_features) *features_said = true;
                        if (sizes_compact && !*features_said) options.features = "compact";
                      });
    }
  });
}

void add_prediction_options(CommandLine& line, PredictionOptions& options,
                            std::initializer_list<std::string_view> only) {
  visit_prediction_options(options, [&](std::string_view name, auto& value, const char* help) {
    if (only.size() > 0 && std::find(only.begin(), only.end(), name) == only.end()) return;
    if constexpr (std::is_same_v<decltype(value), std::string&>) {
      if (name == "precision") {
        return add_choice(line, name, value, {"fp32", "bf16"}, kMachineGroup, help);
      }
    }
    if (name != "prediction_batch_size") {
      const bool machine = name != "prediction_stride";
      add_value(line, name, value, machine ? kMachineGroup : kPredictionGroup, help);
      return;
    }
    if constexpr (std::is_same_v<decltype(value), std::size_t&>) {
      const std::string flag = flag_name(name);
      line.add_option(
          {flag, "N|auto", kPredictionGroup,
           "most windows of one prediction call; auto: the fastest that fits here; without it, the "
           "model's (64)"},
          [flag, &value](const std::string& text) { parse_batch_size(flag, text, value); });
    }
  });
}

void add_review_options(CommandLine& line, ReviewOptions& options) {
  visit_review_options(options, [&](const char* name, auto& value, const char* help) {
    add_value(line, name, value, "Review", help);
  });
}

void add_number(CommandLine& line, std::string_view option, double& value, const std::string& group,
                const std::string& meaning) {
  add_value(line, option, value, group, meaning);
}

void add_choice(CommandLine& line, std::string_view option, std::string& value,
                std::vector<std::string> choices, const std::string& group,
                const std::string& meaning) {
  const std::string flag = flag_name(option);
  const std::string names = fmt::format("{}", fmt::join(choices, "|"));
  const auto take = [flag, &value, choices = std::move(choices)](const std::string& text) {
    if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
      const std::vector<std::string_view> known(choices.begin(), choices.end());
      fail_usage("{} is {}: expected one of {}; did you mean {}?", flag, in_quotes(text),
                 fmt::join(choices, ", "), nearest_name(text, known));
    }
    value = text;
  };
  line.add_option({flag, names, group, meaning, value}, take);
}

void add_model_argument(CommandLine& line, std::string& model) {
  line.add_positional("MODEL", model, "a model: the path of a file, or redis://host:port/DB/KEY");
}

}  // namespace skol
