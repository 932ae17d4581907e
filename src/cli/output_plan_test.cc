// SPDX-License-Identifier: Apache-2.0
#include "cli/output_plan.h"

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

class OutputPlanTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "skol_plan_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  InputFile file(const std::string& name) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(path(name)) << "text\n";
    return {path(name), fs::path(name).filename().string(), name.ends_with(".ann")};
  }
  std::string error_of(const std::vector<InputFile>& inputs, const std::string& output) const {
    try {
      plan_outputs(inputs, path("model"), path(output), ".ann");
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kStorage);
      return error.what();
    }
    ADD_FAILURE() << "no error";
    return "";
  }

  fs::path folder_;
};

TEST_F(OutputPlanTest, KeepsThePathBelowTheInputWithoutOneEnding) {
  const std::vector<InputFile> inputs = {{"in/a.txt", "a.txt", false},
                                         {"in/b/c.txt.ann", "b/c.txt.ann", true},
                                         {"in/d.md", "d.md", false},
                                         {"-", "-", false}};
  EXPECT_THAT(plan_outputs(inputs, "model", "out", ".jsonl"),
              ElementsAre("out/a.jsonl", "out/b/c.txt.jsonl", "out/d.md.jsonl", "out/-.jsonl"));
}

TEST_F(OutputPlanTest, AnInputIsNeverOverwritten) {
  EXPECT_THAT(error_of({file("in/a.ann"), file("in/b.ann")}, "in"),
              AllOf(HasSubstr("in/a.ann' would overwrite the input"), HasSubstr("in/a.ann'")));
}

TEST_F(OutputPlanTest, AnInputIsKnownByWhatItIs) {
  const std::vector<InputFile> inputs = {file("in/a.ann")};
  fs::create_directories(folder_ / "hard");
  fs::create_hard_link(path("in/a.ann"), path("hard/a.ann"));
  fs::create_directories(folder_ / "soft");
  fs::create_symlink(path("in/a.ann"), path("soft/a.ann"));
  fs::create_directory_symlink(path("in"), path("linked"));
  for (const char* output : {"hard", "soft", "linked", "in/../in/."}) {
    EXPECT_THAT(error_of(inputs, output), HasSubstr("would overwrite the input")) << output;
  }
}

TEST_F(OutputPlanTest, TheModelIsAnInputToo) {
  std::ofstream(path("model")) << "x";
  fs::create_directories(folder_ / "out");
  fs::create_hard_link(path("model"), path("out/a.ann"));
  EXPECT_THAT(error_of({file("in/a.txt")}, "out"), HasSubstr("model'"));
}

TEST_F(OutputPlanTest, TwoResultsNeedTwoPlaces) {
  EXPECT_THAT(error_of({file("in/a.txt"), file("in/a.ann")}, "out"),
              AllOf(HasSubstr("a.txt"), HasSubstr("a.ann"), HasSubstr("would both be written to")));
  EXPECT_THAT(error_of({file("in/a.txt"), file("other/a.txt")}, "out"),
              HasSubstr("would both be written"));
}

TEST_F(OutputPlanTest, ResultsOfAnEarlierRunMayBeReplaced) {
  const std::vector<InputFile> inputs = {file("in/a.txt")};
  file("out/a.ann");
  EXPECT_THAT(plan_outputs(inputs, path("model"), path("out"), ".ann"),
              ElementsAre(path("out/a.ann")));
}

TEST_F(OutputPlanTest, AModelIsNotSavedOverAnInput) {
  const std::vector<InputFile> inputs = {file("a.ann")};
  EXPECT_THROW(refuse_to_overwrite(inputs, path("./a.ann")), Error);
  refuse_to_overwrite(inputs, path("model"));
  refuse_to_overwrite(inputs, "");
}

TEST_F(OutputPlanTest, APageOverwritesNothingOfTheRun) {
  const std::vector<InputFile> inputs = {file("in/a.ann")};
  file("model");
  const auto refuses = [&](const std::string& page) {
    try {
      refuse_page_over(inputs, path("model"), std::vector{path("out/a.ann")}, path(page));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kStorage);
      EXPECT_THAT(error.what(), HasSubstr("--report"));
      return true;
    }
    return false;
  };
  EXPECT_TRUE(refuses("in/a.ann"));
  EXPECT_TRUE(refuses("in/../in/a.ann"));
  EXPECT_TRUE(refuses("model"));
  EXPECT_TRUE(refuses("out/a.ann"));
  EXPECT_FALSE(refuses("out/a.html"));
}

}  // namespace
}  // namespace skol
