// SPDX-License-Identifier: Apache-2.0
#include "text/dataset.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "skol/error.h"

namespace skol {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A folder of its own for each test, gone afterwards.
class Dataset : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "skol_dataset_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string write(const std::string& name, std::string_view bytes = "x\n") const {
    fs::create_directories(fs::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }
  std::vector<InputFile> find(std::vector<std::string> inputs) const { return find_inputs(inputs); }
  std::vector<std::string> relatives(const std::string& input) const {
    std::vector<std::string> names;
    for (const InputFile& file : find({input})) names.push_back(file.relative);
    return names;
  }
  void expect_error(const std::string& input, ErrorKind kind, const std::string& part) const {
    try {
      std::vector<Diagnostic> diagnostics;
      for (const InputFile& file : find({input})) {
        read_document(file, TextErrors::kStrict, diagnostics);
      }
      FAIL() << "no error for " << input;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(part));
    }
  }

  std::string folder_;
};

TEST_F(Dataset, FindsTextsBelowAFolderInOrder) {
  for (const char* name : {"b.txt", "a.ann", "sub/c.ann", "sub/deep/d.txt", "B.txt"}) write(name);
  for (const char* name : {"e.md", "f.txt.gz", "ann", "sub/g.TXT", "dir.ann/h.csv"}) write(name);
  EXPECT_THAT(relatives(folder_),
              ElementsAre("B.txt", "a.ann", "b.txt", "sub/c.ann", "sub/deep/d.txt"));
  EXPECT_EQ(relatives(folder_ + "/"), relatives(folder_));
}

TEST_F(Dataset, NamesADocumentByThePathThatOpensIt) {
  write("sub/c d%.ann");
  const std::vector<InputFile> found = find({folder_});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].path, folder_ + "/sub/c d%.ann");
  EXPECT_EQ(found[0].relative, "sub/c d%.ann");
  EXPECT_TRUE(found[0].annotated);
  std::vector<Diagnostic> diagnostics;
  EXPECT_EQ(read_document(found[0], TextErrors::kStrict, diagnostics).id, found[0].path);
}

TEST_F(Dataset, TakesFilesOfAnyNameInTheOrderGiven) {
  const std::vector<InputFile> found = find({write("z.md"), write("a.ann"), "-"});
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].relative, "z.md");
  EXPECT_FALSE(found[0].annotated);
  EXPECT_EQ(found[1].relative, "a.ann");
  EXPECT_TRUE(found[1].annotated);
  EXPECT_EQ(found[2].path, "-");
  EXPECT_FALSE(found[2].annotated);
}

TEST_F(Dataset, TakesEachPathOnce) {
  const std::string file = write("a.txt");
  EXPECT_EQ(find({file, folder_, "-", file, "-"}).size(), 2U);
}

TEST_F(Dataset, NamesWhatIsNotThere) {
  expect_error(path("none.txt"), ErrorKind::kNotFound, "none.txt");
  expect_error("", ErrorKind::kNotFound, "''");
  expect_error(write("a.txt") + "/b", ErrorKind::kNotFound, "a.txt/b");
}

TEST_F(Dataset, NamesAFolderWithoutTexts) {
  expect_error(folder_, ErrorKind::kInput, folder_);
  write("image.png");
  expect_error(folder_, ErrorKind::kInput, "*.txt");
}

TEST_F(Dataset, NamesWhatCannotBeReadInAFolder) {
  write("a.txt");
  fs::create_symlink("nowhere", path("dangling.ann"));
  expect_error(folder_, ErrorKind::kInput, "dangling.ann");
  fs::remove(path("dangling.ann"));
  ASSERT_EQ(::mkfifo(path("pipe.txt").c_str(), 0600), 0);
  expect_error(folder_, ErrorKind::kInput, "pipe.txt");
  fs::remove(path("pipe.txt"));
  fs::create_symlink("loop.txt", path("loop.txt"));
  expect_error(folder_, ErrorKind::kNotFound, "loop.txt");
}

TEST_F(Dataset, NamesAFileThatMayNotBeRead) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read every file";
  fs::permissions(write("secret.txt"), fs::perms::none);
  expect_error(path("secret.txt"), ErrorKind::kNotFound, "secret.txt");
}

TEST_F(Dataset, NamesAFolderReadAsADocument) {
  std::vector<Diagnostic> diagnostics;
  try {
    read_document({folder_, "x", false}, TextErrors::kStrict, diagnostics);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_THAT(error.what(), HasSubstr(folder_));
  }
}

TEST_F(Dataset, FollowsLinksToFilesButNotToFolders) {
  write("real/a.txt");
  fs::create_directory_symlink("..", path("real/up"));
  fs::create_symlink("a.txt", path("real/b.txt"));
  EXPECT_THAT(relatives(path("real")), ElementsAre("a.txt", "b.txt"));
}

TEST_F(Dataset, ReadsAnnotatedAndRawFiles) {
  std::vector<Diagnostic> diagnostics;
  const std::string text = "[@a#L*]\n#M*]\n";
  const Document annotated =
      read_document({write("a.ann", text), "a.ann", true}, TextErrors::kStrict, diagnostics);
  EXPECT_EQ(annotated.text, "a\n#M*]\n");
  EXPECT_EQ(diagnostics.size(), 1U);
  const Document raw =
      read_document({write("a.txt", text), "a.txt", false}, TextErrors::kStrict, diagnostics);
  EXPECT_EQ(raw.text, text);
  EXPECT_THAT(raw.labels, IsEmpty());
}

TEST_F(Dataset, ReadsFilesOfAllSizesWhole) {
  std::vector<Diagnostic> diagnostics;
  for (const std::size_t size : {0U, 1U, 65535U, 65536U, 65537U, 3'000'000U}) {
    std::string text(size, 'x');
    const std::string file = write("size.txt", text);
    EXPECT_TRUE(read_document({file, file, false}, TextErrors::kStrict, diagnostics).text == text);
  }
}

TEST_F(Dataset, ReadsStandardInputToItsEnd) {
  std::string text(1'000'000, 'y');
  const FileDescriptor file(::open(write("in", text).c_str(), O_RDONLY));
  const FileDescriptor saved(::dup(STDIN_FILENO));
  ASSERT_TRUE(file);
  ::dup2(file.get(), STDIN_FILENO);
  std::vector<Diagnostic> diagnostics;
  const Document document = read_document({"-", "-", false}, TextErrors::kStrict, diagnostics);
  if (saved) ::dup2(saved.get(), STDIN_FILENO);
  EXPECT_EQ(document.id, "-");
  EXPECT_TRUE(document.text == text);
}

std::vector<std::string> ids(std::size_t count) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back("doc" + std::to_string(i));
  return result;
}

std::size_t held_back(std::size_t count, double fraction) {
  const std::vector<bool> split = split_by_document(ids(count), fraction, 42);
  EXPECT_EQ(split.size(), count);
  return static_cast<std::size_t>(std::count(split.begin(), split.end(), true));
}

TEST(SplitByDocument, HoldsBackTheFractionAskedFor) {
  EXPECT_EQ(held_back(63, 0.2), 13U);
  EXPECT_EQ(held_back(10, 0.25), 3U);
  EXPECT_EQ(held_back(1000, 0.5), 500U);
  EXPECT_EQ(held_back(100, 0.0), 0U);
}

TEST(SplitByDocument, LeavesSomethingOnEitherSide) {
  EXPECT_EQ(held_back(0, 0.2), 0U);
  EXPECT_EQ(held_back(1, 0.9), 0U);
  EXPECT_EQ(held_back(2, 0.01), 1U);
  EXPECT_EQ(held_back(2, 0.99), 1U);
}

TEST(SplitByDocument, DoesNotDependOnTheOrder) {
  std::vector<std::string> names = ids(50);
  const std::vector<bool> split = split_by_document(names, 0.3, 7);
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (split[i]) expected.push_back(names[i]);
  }
  std::shuffle(names.begin(), names.end(), std::mt19937(1));
  const std::vector<bool> again = split_by_document(names, 0.3, 7);
  std::vector<std::string> found;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (again[i]) found.push_back(names[i]);
  }
  EXPECT_THAT(found, testing::UnorderedElementsAreArray(expected));
}

TEST(SplitByDocument, DependsOnTheSeed) {
  EXPECT_EQ(split_by_document(ids(50), 0.3, 7), split_by_document(ids(50), 0.3, 7));
  EXPECT_NE(split_by_document(ids(50), 0.3, 7), split_by_document(ids(50), 0.3, 8));
}

TEST(SplitByDocument, RefusesWhatIsNoFraction) {
  for (const double fraction : {-0.1, 1.0, 2.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(split_by_document(ids(3), fraction, 1), Error) << fraction;
  }
}

TEST(FoldsByDocument, DealsOutAllDocumentsEvenly) {
  const std::vector<std::size_t> fold = folds_by_document(ids(13), 5, 42);
  ASSERT_EQ(fold.size(), 13U);
  for (std::size_t f = 0; f < 5; ++f) {
    EXPECT_EQ(std::count(fold.begin(), fold.end(), f), f < 3 ? 3 : 2) << f;
  }
  EXPECT_THAT(folds_by_document(ids(0), 5, 42), IsEmpty());
}

TEST(FoldsByDocument, DependsOnTheSeedAndNotOnTheOrder) {
  std::vector<std::string> names = ids(20);
  const std::vector<std::size_t> fold = folds_by_document(names, 4, 7);
  EXPECT_NE(fold, folds_by_document(names, 4, 8));
  std::reverse(names.begin(), names.end());
  std::vector<std::size_t> again = folds_by_document(names, 4, 7);
  std::reverse(again.begin(), again.end());
  EXPECT_EQ(fold, again);
}

}  // namespace
}  // namespace skol
