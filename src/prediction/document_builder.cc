// SPDX-License-Identifier: Apache-2.0
#include "prediction/document_builder.h"

#include <memory>
#include <utility>

#include "base/fail.h"
#include "base/in_quotes.h"

namespace skol {
namespace {

std::string_view attachment_of(const LineRows& rows, std::size_t row) {
  if (!rows.attachment_name || !rows.attachment_name->valid[row]) return {};
  return (*rows.attachment_name)[row];
}

std::string document_name(std::string_view doc_id, std::string_view attachment_name) {
  std::string name = "document " + in_quotes(doc_id);
  if (!attachment_name.empty()) name += ", attachment " + in_quotes(attachment_name);
  return name;
}

}  // namespace

DocumentBuilder::DocumentBuilder(Sink sink, std::size_t width, std::vector<std::string> label_names)
    : sink_(std::move(sink)), width_(width), label_names_(std::move(label_names)) {}

void DocumentBuilder::add(const LineRows& rows) {
  for (std::size_t row = 0; row < rows.size; ++row) {
    check_place(rows, row);
    line_number_ = rows.line_number[row];
    try {
      append_line(rows, row);
    } catch (const Error& error) {
      fail(error.kind(), "{}, line_number {}: {}", document_name(doc_id_, attachment_name_),
           line_number_, error.what());
    }
  }
}

void DocumentBuilder::finish() {
  if (!document_) return;
  Document document = std::move(*document_);
  document_.reset();
  if (features_) {
    document.features = std::make_shared<const GivenFeatures>(std::move(*features_));
    features_.reset();
  }
  sink_(std::move(document));
}

// Ends the document before where the row begins another.
void DocumentBuilder::check_place(const LineRows& rows, std::size_t row) {
  if (!rows.doc_id.valid[row]) {
    fail(ErrorKind::kInput,
         "row {} of the lines has no doc_id: every line needs the document it is of", row);
  }
  if (!document_ || rows.doc_id[row] != doc_id_ || attachment_of(rows, row) != attachment_name_) {
    finish();
    begin_document(rows, row);
  } else if (rows.line_number.valid[row] && rows.line_number[row] <= line_number_) {
    const bool twice = rows.line_number[row] == line_number_;
    fail(ErrorKind::kInput, "{} has line_number {} {}: expected each line of a document once{}",
         document_name(doc_id_, attachment_name_), rows.line_number[row],
         twice ? "twice" : fmt::format("after {}", line_number_), twice ? "" : ", in order");
  }
  if (!rows.line_number.valid[row]) {
    fail(ErrorKind::kInput, "{} has a line without a line_number: expected a whole number",
         document_name(doc_id_, attachment_name_));
  }
}

void DocumentBuilder::begin_document(const LineRows& rows, std::size_t row) {
  doc_id_ = rows.doc_id[row];
  attachment_name_ = attachment_of(rows, row);
  document_.emplace();
  document_->id = doc_id_;
  document_->label_names = label_names_;
  if (rows.features) features_.emplace().width = width_;
}

void DocumentBuilder::append_line(const LineRows& rows, std::size_t row) {
  const bool known = rows.value && rows.value->valid[row];
  const std::string_view text = known ? (*rows.value)[row] : std::string_view();
  document_->lines.push_back({document_->text.size(), text.size(), LineEnd::kNone});
  document_->text.append(text);
  if (!rows.features && !rows.label) return;
  const bool classified = !rows.value || is_classified(text);
  if (rows.features) {
    features_->classified.push_back(classified);
    if (classified) append_vector(*rows.features, row, width_, scratch_, features_->rows);
  }
  if (rows.label) document_->labels.push_back(classified ? label_of(rows, row) : kNoLabel);
}

std::int32_t DocumentBuilder::label_of(const LineRows& rows, std::size_t row) const {
  if (!rows.label->valid[row]) return kNoLabel;
  const std::int64_t index = (*rows.label)[row];
  if (index < 0 || index >= static_cast<std::int64_t>(label_names_.size())) {
    fail(ErrorKind::kInput, "the label is {}: expected an index below {}, the number of labels",
         index, label_names_.size());
  }
  return static_cast<std::int32_t>(index);
}

}  // namespace skol
