// SPDX-License-Identifier: Apache-2.0
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <optional>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "base/nearest_name.h"
#include "base/thread_pool.h"
#include "python/bindings.h"
#include "skol/document.h"
#include "text/dataset.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace skol {
namespace {

using OptionalText = std::optional<std::string>;

// Lines with line feeds between them.
Document make_document(std::string doc_id, const std::vector<OptionalText>& lines,
                       const std::optional<std::vector<OptionalText>>& labels) {
  Document document;
  document.id = std::move(doc_id);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i] ? std::string_view(*lines[i]) : std::string_view();
    const bool last = i + 1 == lines.size();
    document.lines.push_back(
        {document.text.size(), line.size(), last ? LineEnd::kNone : LineEnd::kLf});
    document.text.append(line);
    if (!last) document.text.push_back('\n');
  }
  if (!labels) return document;
  if (labels->size() != lines.size()) {
    fail(ErrorKind::kParameter, "document {}: {} labels for {} lines; give one a line, or None",
         in_quotes(document.id), labels->size(), lines.size());
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const OptionalText& label = (*labels)[i];
    document.labels.push_back(kNoLabel);
    if (!label || !is_classified(document.line(i))) continue;
    auto& names = document.label_names;
    const auto found = std::find(names.begin(), names.end(), *label);
    document.labels.back() = static_cast<std::int32_t>(found - names.begin());
    if (found == names.end()) names.push_back(*label);
  }
  return document;
}

std::vector<std::string> lines_of(const Document& document) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < document.lines.size(); ++i) lines.emplace_back(document.line(i));
  return lines;
}

std::vector<OptionalText> labels_of(const Document& document) {
  std::vector<OptionalText> labels(document.lines.size());
  for (std::size_t i = 0; i < document.labels.size(); ++i) {
    if (document.labels[i] == kNoLabel) continue;
    labels[i] = document.label_names[static_cast<std::size_t>(document.labels[i])];
  }
  return labels;
}

TextErrors text_errors(const std::string& name) {
  if (name == "strict") return TextErrors::kStrict;
  if (name == "replace") return TextErrors::kReplace;
  fail(ErrorKind::kParameter, "errors is {}: expected strict or replace", in_quotes(name));
}

using WithDiagnostics = std::pair<Document, std::vector<std::string>>;

WithDiagnostics with_messages(Document&& document, const std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string> messages;
  for (const Diagnostic& diagnostic : diagnostics) messages.push_back(to_string(diagnostic));
  return {std::move(document), std::move(messages)};
}

WithDiagnostics parse_text(std::string doc_id, nb::bytes data, bool annotated,
                           const std::string& errors) {
  std::vector<Diagnostic> diagnostics;
  std::string bytes(data.c_str(), data.size());
  const nb::gil_scoped_release without_gil;
  Document document =
      annotated
          ? parse_annotated(std::move(doc_id), std::move(bytes), text_errors(errors), diagnostics)
          : parse_raw(std::move(doc_id), std::move(bytes), text_errors(errors));
  return with_messages(std::move(document), diagnostics);
}

WithDiagnostics read(const std::string& path, bool annotated, const std::string& errors) {
  const nb::gil_scoped_release without_gil;
  std::vector<Diagnostic> diagnostics;
  Document document = read_document({path, path, annotated}, text_errors(errors), diagnostics);
  return with_messages(std::move(document), diagnostics);
}

std::vector<std::pair<std::string, bool>> inputs(const std::vector<std::string>& names) {
  std::vector<std::pair<std::string, bool>> files;
  for (const InputFile& file : find_inputs(names)) files.emplace_back(file.path, file.annotated);
  return files;
}

}  // namespace

void bind_documents(nb::module_& m) {
  nb::class_<Document>(m, "Document",
                       "The physical lines of a document and, where annotated, a label a line.")
      .def(
          "__init__",
          [](Document* self, std::string doc_id, const std::vector<OptionalText>& lines,
             const std::optional<std::vector<OptionalText>>& labels) {
            new (self) Document(make_document(std::move(doc_id), lines, labels));
          },
          "doc_id"_a, "lines"_a, "labels"_a = nb::none(),
          "A line that is None is empty; a label that is None is no label.")
      .def_ro("id", &Document::id)
      .def_prop_ro("lines", &lines_of, "Without their line ends.")
      .def_prop_ro("labels", &labels_of, "None for a line without a label.")
      .def("__len__", [](const Document& document) { return document.lines.size(); });
  m.def(
      "is_classified", [](const std::string& line) { return is_classified(line); }, "line"_a,
      "Whether a line is labelled at all: not if it is blank or a page marker.");
  m.def("parse_text", &parse_text, "doc_id"_a, "data"_a, "annotated"_a, "errors"_a = "strict",
        "A document from bytes, and what is irregular in its annotation.");
  m.def("read_document", &read, "path"_a, "annotated"_a, "errors"_a = "strict",
        "The same from a file.");
  m.def("find_inputs", &inputs, "inputs"_a,
        "Path and whether it is annotated, of every file that files and folders name.");
  m.def(
      "nearest_name",
      [](const std::string& name, const std::vector<std::string>& names) {
        const std::vector<std::string_view> views(names.begin(), names.end());
        return std::string(nearest_name(name, views));
      },
      "name"_a, "names"_a, "The name most like the given one.");
  m.def("usable_cores", &usable_cores, "The cores that this process may use.");
}

}  // namespace skol
