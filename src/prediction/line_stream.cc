// SPDX-License-Identifier: Apache-2.0
#include "prediction/line_stream.h"

#include <limits>
#include <utility>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "text/annotation_writer.h"

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

// Arrow's offsets of 32 bits.
std::int32_t offset(std::size_t size, const Document& document) {
  if (size > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    fail(ErrorKind::kInput, "document {} has more than 2 GiB: split it", in_quotes(document.id));
  }
  return static_cast<std::int32_t>(size);
}

}  // namespace

LineStream::LineStream(const Model& model, const PredictionOptions& options, Predictor::Look look)
    : model_(model),
      predictor_(model, options),
      run_(
          predictor_, [this](LabelledDocument&& labelled) { append(std::move(labelled)); },
          std::move(look)) {}

LabelledRows LineStream::add(const LineRows& rows) {
  for (std::size_t row = 0; row < rows.size; ++row) {
    if (!rows.doc_id.valid[row]) {
      fail(ErrorKind::kInput,
           "row {} of the lines has no doc_id: every line needs the document it is of", row);
    }
    if (!document_ || rows.doc_id[row] != doc_id_ || attachment_of(rows, row) != attachment_name_) {
      end_document();
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
    line_number_ = rows.line_number[row];
    const std::string_view text = rows.value.valid[row] ? rows.value[row] : std::string_view();
    document_->lines.push_back({document_->text.size(), text.size(), LineEnd::kNone});
    document_->text.append(text);
  }
  return std::exchange(done_, LabelledRows());
}

LabelledRows LineStream::finish() {
  end_document();
  run_.finish();
  return std::exchange(done_, LabelledRows());
}

void LineStream::begin_document(const LineRows& rows, std::size_t row) {
  doc_id_ = rows.doc_id[row];
  attachment_name_ = attachment_of(rows, row);
  document_.emplace();
  document_->id = doc_id_;
}

void LineStream::end_document() {
  if (!document_) return;
  Document document = std::move(*document_);
  document_.reset();
  run_.add(std::move(document));
}

void LineStream::append(LabelledDocument&& labelled) {
  const std::vector<std::string>& names = model_.labels();
  for (std::size_t i = 0; i < labelled.labels.size(); ++i) {
    const std::int32_t label = labelled.labels[i];
    const std::string_view line = labelled.document.line(i);
    done_.label_index.push_back(label);
    if (label == kNoLabel) {
      done_.annotated.append(line);
    } else {
      const auto p = labelled.probabilities.begin() + static_cast<std::ptrdiff_t>(i * names.size());
      done_.probabilities.insert(done_.probabilities.end(), p,
                                 p + static_cast<std::ptrdiff_t>(names.size()));
      append_block(line, names[static_cast<std::size_t>(label)], done_.annotated);
    }
    done_.probability_offsets.push_back(offset(done_.probabilities.size(), labelled.document));
    done_.annotated_offsets.push_back(offset(done_.annotated.size(), labelled.document));
  }
}

}  // namespace skol
