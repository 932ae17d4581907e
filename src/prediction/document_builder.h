// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "features/classified_lines.h"
#include "prediction/line_rows.h"
#include "prediction/vector_column.h"
#include "skol/document.h"

namespace skol {

// Rows of lines to documents. The rows of a document stand together and its line numbers ascend.
// For one thread.
class DocumentBuilder {
 public:
  // Gets each document once its last row is known; what it throws ends the call.
  using Sink = std::function<void(Document&&)>;
  // Features have `width` columns; labels are indices of `label_names`.
  explicit DocumentBuilder(Sink sink, std::size_t width = 0,
                           std::vector<std::string> label_names = {});

  // Error kInput, naming document and line, for a null doc_id, a line number that is null or does
  // not ascend, features that are no vector of the width, a label that is no index.
  void add(const LineRows& rows);
  // Ends the last document.
  void finish();

 private:
  void check_place(const LineRows& rows, std::size_t row);
  void begin_document(const LineRows& rows, std::size_t row);
  void append_line(const LineRows& rows, std::size_t row);
  std::int32_t label_of(const LineRows& rows, std::size_t row) const;

  Sink sink_;
  std::size_t width_;
  std::vector<std::string> label_names_;
  // The document that the next row may go on with, and the features of its lines.
  std::optional<Document> document_;
  std::optional<GivenFeatures> features_;
  std::string doc_id_, attachment_name_;
  std::int64_t line_number_ = 0;
  VectorScratch scratch_;
};

}  // namespace skol
