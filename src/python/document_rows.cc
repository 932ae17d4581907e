// SPDX-License-Identifier: Apache-2.0
// Rows of lines with features, to the documents that a training takes.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <utility>

#include "prediction/document_builder.h"
#include "python/arrow_columns.h"
#include "python/bindings.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace skol {
namespace {

class DocumentRows {
 public:
  DocumentRows(std::size_t input_size, std::vector<std::string> labels)
      : builder_([this](Document&& document) { documents_.push_back(std::move(document)); },
                 input_size, std::move(labels)) {}
  // Its builder hands documents to this very object.
  DocumentRows(const DocumentRows&) = delete;
  DocumentRows& operator=(const DocumentRows&) = delete;

  void add(std::size_t rows, const PyTextColumn& doc_id, const PyNumberColumn& line_number,
           const std::optional<PyTextColumn>& value, const PyVectorColumn& features,
           const PyNumberColumn& label) {
    ArrowColumns columns(rows);
    LineRows lines;
    lines.size = rows;
    lines.doc_id = columns.text(doc_id);
    lines.line_number = columns.numbers(line_number);
    if (value) lines.value = columns.text(*value);
    lines.features = columns.vectors(features);
    lines.label = columns.numbers(label);
    const nb::gil_scoped_release without_gil;
    builder_.add(lines);
  }

  std::vector<Document> finish() {
    builder_.finish();
    return std::exchange(documents_, {});
  }

 private:
  std::vector<Document> documents_;
  DocumentBuilder builder_;
};

}  // namespace

void bind_document_rows(nb::module_& m) {
  nb::class_<DocumentRows>(
      m, "DocumentRows",
      "Rows of lines with features, to documents to train on. Columns as of LineStream; a label is "
      "an index of `labels`, which become those of the model, in this order.")
      .def(nb::init<std::size_t, std::vector<std::string>>(), "input_size"_a, "labels"_a)
      .def("add", &DocumentRows::add, "rows"_a, "doc_id"_a, "line_number"_a, "value"_a.none(),
           "features"_a, "label"_a)
      .def("finish", &DocumentRows::finish);
}

}  // namespace skol
