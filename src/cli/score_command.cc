// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/document_reader.h"
#include "cli/exit_status.h"
#include "cli/option_flags.h"
#include "cli/scores_report.h"
#include "cli/standard_output.h"
#include "cli/terminal.h"
#include "text/label_set.h"
#include "training/evaluation.h"

namespace skol {
namespace {

// The predicted label of a line that has none; no label of annotated text can have this name.
constexpr const char* kNoPrediction = "(none)";

struct ScoreArguments {
  std::string gold, predicted;
  std::string labels = "all";
  bool json = false;
  ReadingOptions reading;
};

void declare(CommandLine& line, ScoreArguments& arguments) {
  line.add_positional("GOLD", arguments.gold, "an annotated file, or a folder of them");
  line.add_positional("PREDICTED", arguments.predicted,
                      "the same with the labels to score; files of folders go together by their "
                      "path without .ann and .txt");
  add_choice(line, "labels", arguments.labels, {"all", "collapsed"}, "Scores",
             "as they are, or Nomenclature, Description and Misc-exposition");
  line.add_flag("--json", arguments.json, "Output", "print the scores as one JSON object");
  add_reading_options(line, arguments.reading, ReadingVerb::kMeasures);
}

// "sub/paper" for sub/paper.txt.ann, sub/paper.ann and sub/paper.txt.
std::string document_name(const InputFile& file) {
  std::string_view name = file.relative;
  while (name.ends_with(".ann") || name.ends_with(".txt")) name.remove_suffix(4);
  return std::string(name);
}

struct Pair {
  InputFile gold, predicted;
};

std::map<std::string, InputFile> by_name(const std::string& input) {
  std::map<std::string, InputFile> files;
  for (const InputFile& file : find_inputs(std::span(&input, 1))) {
    const auto [first, is_new] = files.emplace(document_name(file), file);
    if (!is_new) {
      fail(ErrorKind::kInput, "{} and {} are one document by their names: keep one of them",
           in_quotes(first->second.path), in_quotes(file.path));
    }
  }
  return files;
}

// Every gold document with its predicted one. Two files belong together whatever their names.
std::vector<Pair> matched(const ScoreArguments& arguments) {
  auto gold = by_name(arguments.gold);
  auto predicted = by_name(arguments.predicted);
  if (!std::filesystem::is_directory(arguments.gold) &&
      !std::filesystem::is_directory(arguments.predicted)) {
    return {{gold.begin()->second, predicted.begin()->second}};
  }
  std::vector<Pair> pairs;
  for (const auto& [name, file] : gold) {
    const auto found = predicted.find(name);
    if (found == predicted.end()) {
      fail(ErrorKind::kInput, "{} has no predicted document: expected {} with .ann or .txt in {}",
           in_quotes(file.path), in_quotes(name), in_quotes(arguments.predicted));
    }
    pairs.push_back({file, found->second});
  }
  if (predicted.size() > pairs.size()) {
    warn(fmt::format("{} without a gold document, not scored",
                     counted(predicted.size() - pairs.size(), "predicted document")));
  }
  return pairs;
}

std::string label_of(const Document& document, std::size_t line, bool collapse) {
  if (document.labels.empty() || document.labels[line] == kNoLabel) return "";
  const std::string& name = document.label_names[static_cast<std::size_t>(document.labels[line])];
  return collapse ? collapse_label(name) : name;
}

void add(const Document& gold, const Document& predicted, bool collapse, Evaluation& evaluation) {
  if (gold.lines.size() != predicted.lines.size()) {
    fail(ErrorKind::kInput, "{} has {}, but {} has {}: expected the same text twice",
         in_quotes(gold.id), counted(gold.lines.size(), "line"), in_quotes(predicted.id),
         counted(predicted.lines.size(), "line"));
  }
  for (std::size_t i = 0; i < gold.lines.size(); ++i) {
    const std::string expected = label_of(gold, i, collapse);
    if (expected.empty()) continue;
    const std::string label = label_of(predicted, i, collapse);
    evaluation.add(expected, label.empty() ? kNoPrediction : label);
  }
}

}  // namespace

int score_command(Arguments given) {
  CommandLine line("skol score",
                   "Scores the labels of one annotated file or folder against those of another.");
  ScoreArguments arguments;
  declare(line, arguments);
  if (!line.parse(given)) return kExitDone;

  std::vector<InputFile> files;
  for (const Pair& pair : matched(arguments)) {
    files.push_back(pair.gold);
    files.push_back(pair.predicted);
  }
  DocumentReader reader(std::move(files), arguments.reading, notice_on_stderr);
  Evaluation evaluation({});
  while (const std::optional<Document> gold = reader.next()) {
    add(*gold, reader.next().value(), arguments.labels == "collapsed", evaluation);
  }
  report_scores(evaluation, reader.diagnostics(), arguments.reading.strict, arguments.json,
                in_quotes(arguments.gold));
  return kExitDone;
}

}  // namespace skol
