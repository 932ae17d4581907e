// SPDX-License-Identifier: Apache-2.0
// The annotated corpus as a whole: what the reader finds there, by counts made independently.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "text/annotation_writer.h"
#include "text/dataset.h"
#include "text/test_corpus.h"
#include "text/yedda.h"

namespace skol {
namespace {

using testing::ElementsAre;
using testing::Pair;

class Corpus : public testing::Test {
 protected:
  void SetUp() override {
    const std::string folder = corpus_folder().string();
    if (folder.empty()) GTEST_SKIP() << "no corpus: set SKOL_CORPUS to its folder";
    files_ = find_inputs(std::vector<std::string>{folder});
    std::erase_if(files_, [](const InputFile& file) { return !file.annotated; });
    for (const InputFile& file : files_) {
      documents_.push_back(read_document(file, TextErrors::kStrict, diagnostics_));
    }
  }

  std::vector<InputFile> files_;
  std::vector<Document> documents_;
  std::vector<Diagnostic> diagnostics_;
};

std::size_t classified_lines(const Document& document) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < document.lines.size(); ++i) count += is_classified(document.line(i));
  return count;
}

TEST_F(Corpus, HasItsLinesAndWindows) {
  std::size_t lines = 0;
  std::size_t classified = 0;
  std::size_t windows = 0;  // of 50 lines, every 25 lines
  for (const Document& document : documents_) {
    const std::size_t own = classified_lines(document);
    lines += document.lines.size();
    classified += own;
    windows += own == 0 ? 0 : own <= 50 ? 1 : (own - 50 + 24) / 25 + 1;
  }
  EXPECT_EQ(documents_.size(), 63U);
  EXPECT_EQ(lines, 186'926U);
  EXPECT_EQ(classified, 143'275U);
  EXPECT_EQ(windows, 5'699U);
}

TEST_F(Corpus, HasItsIrregularities) {
  std::map<DiagnosticKind, std::size_t> counts;
  for (const Diagnostic& diagnostic : diagnostics_) counts[diagnostic.kind] += diagnostic.count;
  EXPECT_THAT(counts, ElementsAre(Pair(DiagnosticKind::kUnterminatedBlock, 76),
                                  Pair(DiagnosticKind::kStrayCloser, 14),
                                  Pair(DiagnosticKind::kMistypedCloser, 26),
                                  Pair(DiagnosticKind::kEmptyBlock, 325),
                                  Pair(DiagnosticKind::kIndentedOpener, 1)));
}

TEST_F(Corpus, HasItsBlocks) {
  std::map<std::string, std::size_t> labels;
  std::size_t blocks = 0;
  std::size_t with_hash = 0;
  std::size_t with_end = 0;
  std::vector<Diagnostic> unused;
  for (const InputFile& file : files_) {
    const Document source =
        read_document({file.path, file.relative, false}, TextErrors::kStrict, unused);
    for (const Block& block : scan_blocks(source.text).blocks) {
      ++blocks;
      ++labels[std::string(block.label)];
      with_hash += block.text.find('#') != std::string_view::npos;
      with_end += block.text.find(kBlockEnd) != std::string_view::npos;
    }
  }
  EXPECT_EQ(blocks, 48'874U);
  EXPECT_EQ(with_hash, 61U);
  EXPECT_EQ(with_end, 3U);
  EXPECT_EQ(labels.size(), 17U);
  EXPECT_EQ(labels["Misc-exposition"], 29'943U);
  EXPECT_EQ(labels["Bibliography"], 4'637U);
  EXPECT_EQ(labels["Description"], 4'329U);
  EXPECT_EQ(labels["Nomenclature"], 4'023U);
  EXPECT_EQ(labels["Page-header"], 3'574U);
  EXPECT_EQ(labels["Contents"], 10U);
}

// A line's marks may make those that a reader takes for other ones: such documents differ.
TEST_F(Corpus, WritesWhatReadsBackTheSame) {
  std::size_t whole = 0;
  for (const Document& document : documents_) {
    for (const bool coalesce : {false, true}) {
      const AnnotatedText out =
          write_annotated(document, document.labels, document.label_names, coalesce);
      if (out.not_round_trip > 0) continue;
      ++whole;
      std::vector<Diagnostic> diagnostics;
      const Document back =
          parse_annotated(document.id, out.text, TextErrors::kStrict, diagnostics);
      EXPECT_TRUE(back.text == document.text) << document.id;
      for (std::size_t i = 0; i < document.labels.size(); ++i) {
        const std::int32_t a = document.labels[i];
        const std::int32_t b = back.labels.at(i);
        ASSERT_EQ(a == kNoLabel, b == kNoLabel) << document.id << ":" << i + 1;
        if (a == kNoLabel) continue;
        ASSERT_EQ(document.label_names.at(static_cast<std::size_t>(a)),
                  back.label_names.at(static_cast<std::size_t>(b)));
      }
      EXPECT_THAT(diagnostics, testing::IsEmpty());
    }
  }
  EXPECT_GT(whole, 60U);
}

}  // namespace
}  // namespace skol
