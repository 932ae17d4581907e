// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "skol/document.h"

namespace skol {

// The path that stands for standard input.
inline constexpr std::string_view kStdin = "-";

struct InputFile {
  std::string path;        // as it is opened, and the document's id; "-" for stdin
  std::string relative;    // the part below the input it was found in; a file's own name; "-"
  bool annotated = false;  // its name ends in ".ann"
};

// The documents that `inputs` name, in their order. An input is a file, "-", or a folder: every
// `*.txt` and `*.ann` below it, in byte order of the path; links to folders are not followed. A
// path that comes up again is left out: no document is read twice. Error kNotFound for an input
// that is not there or may not be read; kInput for a folder without documents.
std::vector<InputFile> find_inputs(std::span<const std::string> inputs);

// Reads the file, or stdin to its end. Error kNotFound or kInput naming the file.
Document read_document(const InputFile& file, TextErrors errors,
                       std::vector<Diagnostic>& diagnostics);

// Which documents to hold back from training: those round(fraction * n) with the smallest hash of
// id and seed, whatever the order of the ids. At least one where there are two documents and
// fraction > 0; never all of them. Error kParameter unless 0 <= fraction < 1.
std::vector<bool> split_by_document(std::span<const std::string> ids, double fraction,
                                    std::uint64_t seed);

// The fold of each document, 0 to folds - 1, for cross-validation: dealt out in the order of the
// hash of id and seed, so that folds differ by one document at most and do not depend on the order
// of the ids. folds >= 1.
std::vector<std::size_t> folds_by_document(std::span<const std::string> ids, std::size_t folds,
                                           std::uint64_t seed);

}  // namespace skol
