// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line.h"
#include "cli/diagnostics_log.h"
#include "text/dataset.h"

namespace skol {

// How input is read; the same options for every verb that reads text.
struct ReadingOptions {
  std::string errors = "strict";  // strict, replace or skip
  bool annotated = false;         // what comes from standard input
  bool list_diagnostics = false;
  bool strict = false;  // an irregularity of the annotation ends the run
};

enum class ReadingVerb { kLabels, kMeasures };

// `verb` that measures can be strict with the annotation; one that labels can skip documents.
void add_reading_options(CommandLine& line, ReadingOptions& options, ReadingVerb verb);

// Gives documents one by one and opens the next file only when asked, so that memory does not grow
// with their number. An interrupted run ends before the next document.
class DocumentReader {
 public:
  using Notice = std::function<void(std::string_view line)>;

  // Listed diagnostics and skipped documents are told to `notice`.
  DocumentReader(std::vector<InputFile> files, const ReadingOptions& options, Notice notice);

  // The next document that can be read. With errors=skip, one that cannot is left out.
  std::optional<Document> next();

  // What the next file has; 0 for a pipe and at the end.
  std::size_t bytes_of_next() const;

  DiagnosticsLog& diagnostics() { return diagnostics_; }
  std::size_t skipped() const { return skipped_; }
  // The file of the document given last.
  const InputFile& current() const { return files_[next_ - 1]; }
  // Of the files opened so far and of all; 0 for a pipe.
  std::size_t bytes_opened() const { return bytes_opened_; }
  std::size_t bytes_in_all() const { return bytes_in_all_; }
  std::size_t largest_bytes() const { return largest_bytes_; }

 private:
  Document read(const InputFile& file);

  std::vector<InputFile> files_;
  ReadingOptions options_;
  Notice notice_;
  DiagnosticsLog diagnostics_;
  std::size_t next_ = 0;
  std::size_t skipped_ = 0;
  std::size_t bytes_opened_ = 0;
  std::size_t bytes_in_all_ = 0, largest_bytes_ = 0;
};

// All of the reader's documents, for a verb that measures: what is irregular in them is told, and
// with `strict` an Error of kInput.
std::vector<Document> read_all(DocumentReader& reader, bool strict);

// Lines of input that a person may look at: `text` on standard error as it is.
void notice_on_stderr(std::string_view line);

}  // namespace skol
