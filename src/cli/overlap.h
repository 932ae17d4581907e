// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <optional>
#include <thread>

#include "base/bounded_queue.h"
#include "cli/document_reader.h"
#include "prediction/memory_plan.h"
#include "skol/predictor.h"

namespace skol {

// Reads documents in a thread of its own, some ahead of who wants them. For one caller, who leaves
// the reader alone as long as this lives.
class ReadAhead {
 public:
  explicit ReadAhead(DocumentReader& reader);
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // As DocumentReader::next(), errors included.
  std::optional<Document> next() { return documents_.pop(); }
  // Of the files that were opened, those ahead included.
  std::size_t bytes_opened() const { return bytes_opened_; }

 private:
  void read();

  DocumentReader& reader_;
  std::atomic<std::size_t> bytes_opened_ = 0;
  BoundedQueue<Document> documents_{kMostTextAhead};
  std::thread thread_;
};

// Calls a sink in a thread of its own, in the order of the documents. For one caller. What was
// given is written even where an error elsewhere ends the run.
class WriteBehind {
 public:
  explicit WriteBehind(const Predictor::Sink& sink);
  ~WriteBehind();
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;

  // Throws what the sink threw for a document before.
  void write(LabelledDocument&& labelled);
  // Waits for the last one.
  void finish();

 private:
  void work();
  void rethrow();

  const Predictor::Sink& sink_;
  BoundedQueue<LabelledDocument> documents_{kMostTextAhead};
  std::exception_ptr error_;  // written by the thread before it stops the queue
  std::thread thread_;
};

}  // namespace skol
