// SPDX-License-Identifier: Apache-2.0
#include "cli/document_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "skol/error.h"

namespace skol {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class DocumentReaderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "skol_reader_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    write("a.txt", "one\ntwo\n");
    write("b.txt", "\xff\n");
    write("c.ann", "[@ x #A*]\n[@ y\n[@ #B*]\n");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }
  DocumentReader reader(const ReadingOptions& options) {
    const std::vector<std::string> inputs = {folder_.string()};
    return DocumentReader(find_inputs(inputs), options,
                          [this](std::string_view line) { notices_.emplace_back(line); });
  }

  fs::path folder_;
  std::vector<std::string> notices_;
};

TEST_F(DocumentReaderTest, GivesDocumentsInOrderAndCountsTheirBytes) {
  DocumentReader read = reader({.errors = "replace"});
  EXPECT_EQ(read.bytes_opened(), 0U);
  EXPECT_EQ(read.next()->lines.size(), 2U);
  EXPECT_EQ(read.bytes_opened(), 8U);
  EXPECT_EQ(read.next()->text, "\xEF\xBF\xBD\n");
  EXPECT_EQ(read.next()->label_names.front(), "A");
  EXPECT_FALSE(read.next().has_value());
  EXPECT_EQ(read.bytes_opened(), read.bytes_in_all());
}

TEST_F(DocumentReaderTest, ADocumentThatCannotBeReadEndsTheRun) {
  DocumentReader read = reader({});
  read.next();
  EXPECT_THROW(read.next(), Error);
}

TEST_F(DocumentReaderTest, LeavesOutWhatCannotBeReadAndSaysSo) {
  DocumentReader read = reader({.errors = "skip"});
  fs::remove(folder_ / "a.txt");
  EXPECT_TRUE(read.next()->id.ends_with("c.ann"));
  EXPECT_FALSE(read.next().has_value());
  EXPECT_EQ(read.skipped(), 2U);
  EXPECT_THAT(notices_,
              ElementsAre(AllOf(StartsWith("skol: warning: skipped: "), HasSubstr("a.txt")),
                          HasSubstr("b.txt:1: ")));
}

TEST_F(DocumentReaderTest, CountsIrregularitiesAndListsThemWhenAsked) {
  DocumentReader read = reader({.errors = "skip", .list_diagnostics = true});
  while (read.next()) continue;
  EXPECT_EQ(read.diagnostics().summary(),
            "2 irregularities in the annotation: 1 empty-block, 1 unterminated-block");
  EXPECT_EQ(notices_.size(), 3U);
  EXPECT_THAT(notices_[1], HasSubstr("c.ann:2:1: unterminated-block"));
  EXPECT_THROW(read.diagnostics().fail_if_any(), Error);
}

TEST(DiagnosticsLogTest, IsSilentWithoutIrregularities) {
  const DiagnosticsLog log(nullptr);
  EXPECT_EQ(log.summary(), "");
  log.fail_if_any();
}

}  // namespace
}  // namespace skol
