// SPDX-License-Identifier: Apache-2.0
#include "prediction/output_format.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "text/annotation_writer.h"

namespace skol {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} << 10;

std::string json_string(std::string_view text) {
  using nlohmann::json;
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

// The shortest decimal that reads back as the same value; no locale has a say in it.
template <typename Number>
void append_number(Number number, std::string& text) {
  char digits[32];  // "-1.17549435e-38" and 20 digits of a line number fit
  const auto result = std::to_chars(std::begin(digits), std::end(digits), number);
  text.append(digits, result.ptr);
}

}  // namespace

std::string tsv_field(std::string_view text) {
  std::string field;
  for (const char c : text) {
    switch (c) {
      case '\t':
        field += "\\t";
        break;
      case '\n':
        field += "\\n";
        break;
      case '\r':
        field += "\\r";
        break;
      case '\\':
        field += "\\\\";
        break;
      default:
        field += c;
    }
  }
  return field;
}

OutputFormat parse_output_format(std::string_view name) {
  if (name == "annotated") return OutputFormat::kAnnotated;
  if (name == "labels") return OutputFormat::kLabels;
  if (name == "probs") return OutputFormat::kProbabilities;
  if (name == "jsonl") return OutputFormat::kJsonLines;
  fail(ErrorKind::kParameter, "format is {}: expected one of annotated, labels, probs, jsonl",
       in_quotes(name));
}

std::string_view extension(OutputFormat format) {
  switch (format) {
    case OutputFormat::kAnnotated:
      return ".ann";
    case OutputFormat::kLabels:
    case OutputFormat::kProbabilities:
      return ".tsv";
    case OutputFormat::kJsonLines:
      return ".jsonl";
  }
  return "";
}

OutputFormatter::OutputFormatter(OutputFormat format, const std::vector<std::string>& labels,
                                 bool coalesce, double unsure_below)
    : format_(format), labels_(labels), coalesce_(coalesce), unsure_below_(unsure_below) {
  const bool json = format == OutputFormat::kJsonLines;
  const bool probabilities = json || format == OutputFormat::kProbabilities;
  if (!json && format != OutputFormat::kAnnotated) {
    header_ = "doc_id\tline_number\tpredicted_label";
    for (const std::string& label : labels) {
      if (probabilities) header_.append("\t").append(tsv_field(label));
    }
    header_ += unsure_below > 0 ? "\tunsure\n" : "\n";
  }
  for (const std::string& label : labels) {
    values_.push_back(json ? json_string(label) : tsv_field(label));
    if (json) {
      keys_.push_back((keys_.empty() ? "" : ",") + values_.back() + ":");
    } else if (probabilities) {
      keys_.push_back("\t");
    }
  }
}

void OutputFormatter::write(const LabelledDocument& labelled, const Write& write) {
  if (format_ == OutputFormat::kAnnotated) {
    write_annotated_text(labelled, write);
    return;
  }
  const std::string& id = labelled.document.id;
  row_begin_ = format_ == OutputFormat::kJsonLines
                   ? "{\"doc_id\":" + json_string(id) + ",\"line_number\":"
                   : tsv_field(id) + "\t";
  std::string text;
  for (std::size_t line = 0; line < labelled.labels.size(); ++line) {
    if (labelled.labels[line] == kNoLabel) continue;
    append_row(labelled, line, text);
    if (text.size() >= kPieceBytes) {
      write(text);
      text.clear();
    }
  }
  write(text);
}

void OutputFormatter::write_annotated_text(const LabelledDocument& labelled, const Write& write) {
  const AnnotatedText annotated =
      write_annotated(labelled.document, labelled.labels, labels_, coalesce_);
  not_round_trip_ += annotated.not_round_trip;
  write(annotated.text);
}

void OutputFormatter::append_row(const LabelledDocument& labelled, std::size_t line,
                                 std::string& text) {
  const bool json = format_ == OutputFormat::kJsonLines;
  text += row_begin_;
  append_number(line, text);
  text += json ? ",\"label\":" : "\t";
  text += values_[static_cast<std::size_t>(labelled.labels[line])];
  if (json) text += ",\"probabilities\":{";
  const float* probabilities = labelled.probabilities.data() + line * labels_.size();
  for (std::size_t label = 0; label < keys_.size(); ++label) {
    text += keys_[label];
    append_number(probabilities[label], text);
  }
  if (json) text += "}";
  if (unsure_below_ > 0) {
    const bool unsure = probabilities[labelled.labels[line]] < unsure_below_;
    unsure_lines_ += unsure;
    if (json) {
      text += unsure ? ",\"unsure\":true" : ",\"unsure\":false";
    } else {
      text += unsure ? "\t1" : "\t0";
    }
  }
  text += json ? "}\n" : "\n";
}

}  // namespace skol
