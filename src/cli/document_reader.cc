// SPDX-License-Identifier: Apache-2.0
#include "cli/document_reader.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <new>
#include <system_error>
#include <utility>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "cli/interrupt.h"
#include "cli/option_flags.h"
#include "cli/standard_output.h"

namespace skol {
namespace {

// How long an interruption may go unnoticed while nothing comes from a pipe.
constexpr int kPollMilliseconds = 100;

// Standard input to its end. Waits in steps, for a signal may come between the look at the flag and
// a read that blocks.
std::string read_standard_input() {
  std::string bytes;
  std::string piece(std::size_t{1} << 16, '\0');
  while (true) {
    throw_if_interrupted();
    struct pollfd waiting = {STDIN_FILENO, POLLIN, 0};
    // 0: nothing came; below: a signal. A stream that is broken or closed fails to be read.
    if (::poll(&waiting, 1, kPollMilliseconds) <= 0) continue;
    const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (got == 0) return bytes;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      fail(ErrorKind::kInput, "standard input cannot be read: {}",
           std::generic_category().message(errno));
    }
    bytes.append(piece, 0, static_cast<std::size_t>(got));
  }
}

std::size_t size_of(const InputFile& file) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file.path, error);
  return error ? 0 : static_cast<std::size_t>(size);
}

}  // namespace

void add_reading_options(CommandLine& line, ReadingOptions& options, ReadingVerb verb) {
  constexpr const char* kGroup = "Input";
  std::vector<std::string> errors = {"strict", "replace"};
  std::string meaning = "bytes that are not UTF-8: fail, or read them as U+FFFD";
  if (verb == ReadingVerb::kLabels) {
    errors.push_back("skip");
    meaning += "; skip: leave out documents that cannot be read";
  }
  add_choice(line, "errors", options.errors, std::move(errors), kGroup, meaning);
  line.add_flag("--annotated", options.annotated, kGroup,
                "what comes from standard input is annotated text");
  line.add_flag("--diagnostics", options.list_diagnostics, kGroup,
                "list every irregularity of the annotation as file:line:column");
  if (verb == ReadingVerb::kMeasures) {
    line.add_flag("--strict", options.strict, kGroup, "fail on any irregularity of the annotation");
  }
}

DocumentReader::DocumentReader(std::vector<InputFile> files, const ReadingOptions& options,
                               Notice notice)
    : files_(std::move(files)),
      options_(options),
      notice_(std::move(notice)),
      diagnostics_(options.list_diagnostics ? notice_ : nullptr) {
  for (InputFile& file : files_) {
    if (file.path == kStdin) file.annotated = options.annotated;
    const std::size_t bytes = size_of(file);
    bytes_in_all_ += bytes;
    largest_bytes_ = std::max(largest_bytes_, bytes);
  }
}

std::optional<Document> DocumentReader::next() {
  while (next_ < files_.size()) {
    throw_if_interrupted();
    const InputFile& file = files_[next_++];
    bytes_opened_ += size_of(file);
    try {
      return read(file);
    } catch (const std::bad_alloc&) {
      fail(ErrorKind::kMemory,
           "no memory to read {}, of {} bytes: give the process more, or split the document",
           in_quotes(file.path), size_of(file));
    } catch (const Error& error) {
      const bool unreadable =
          error.kind() == ErrorKind::kInput || error.kind() == ErrorKind::kNotFound;
      if (!unreadable || options_.errors != "skip") throw;
      ++skipped_;
      notice_(fmt::format("skol: warning: skipped: {}", error.what()));
    }
  }
  return std::nullopt;
}

std::size_t DocumentReader::bytes_of_next() const {
  return next_ < files_.size() ? size_of(files_[next_]) : 0;
}

Document DocumentReader::read(const InputFile& file) {
  const TextErrors errors =
      options_.errors == "replace" ? TextErrors::kReplace : TextErrors::kStrict;
  std::vector<Diagnostic> found;
  Document document;
  if (file.path != kStdin) {
    document = read_document(file, errors, found);
  } else if (file.annotated) {
    document = parse_annotated(file.path, read_standard_input(), errors, found);
  } else {
    document = parse_raw(file.path, read_standard_input(), errors);
  }
  diagnostics_.add(found);
  return document;
}

std::vector<Document> read_all(DocumentReader& reader, bool strict) {
  std::vector<Document> documents;
  while (std::optional<Document> document = reader.next()) {
    documents.push_back(std::move(*document));
  }
  if (strict) reader.diagnostics().fail_if_any();
  if (const std::string summary = reader.diagnostics().summary(); !summary.empty()) {
    warn(fmt::format("{} (--diagnostics lists them)", summary));
  }
  return documents;
}

void notice_on_stderr(std::string_view line) {
  print_to_stderr(fmt::format("{}\n", line));
}

}  // namespace skol
