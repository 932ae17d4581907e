// SPDX-License-Identifier: Apache-2.0
#include "cli/overlap.h"

#include <utility>

namespace skol {

ReadAhead::ReadAhead(DocumentReader& reader) : reader_(reader), thread_([this] { read(); }) {}

ReadAhead::~ReadAhead() {
  documents_.stop();
  thread_.join();
}

void ReadAhead::read() {
  try {
    while (documents_.wait_for_room(reader_.bytes_of_next())) {
      std::optional<Document> document = reader_.next();
      if (!document) break;
      bytes_opened_ = reader_.bytes_opened();
      const std::size_t bytes = document->text.size();
      documents_.push(std::move(*document), bytes);
    }
    documents_.end();
  } catch (...) {
    documents_.end(std::current_exception());
  }
}

WriteBehind::WriteBehind(const Predictor::Sink& sink) : sink_(sink), thread_([this] { work(); }) {}

WriteBehind::~WriteBehind() {
  if (!thread_.joinable()) return;
  documents_.end();
  thread_.join();
}

void WriteBehind::work() {
  try {
    while (std::optional<LabelledDocument> labelled = documents_.pop()) sink_(std::move(*labelled));
  } catch (...) {
    error_ = std::current_exception();
    documents_.stop();
  }
}

void WriteBehind::write(LabelledDocument&& labelled) {
  const std::size_t bytes = labelled.document.text.size();
  if (!documents_.wait_for_room(bytes)) rethrow();
  documents_.push(std::move(labelled), bytes);
}

void WriteBehind::finish() {
  documents_.end();
  thread_.join();
  if (error_) rethrow();
}

void WriteBehind::rethrow() {
  std::rethrow_exception(error_);
}

}  // namespace skol
