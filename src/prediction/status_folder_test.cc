// SPDX-License-Identifier: Apache-2.0
#include "prediction/status_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "prediction/temporary_folder_testing.h"

namespace skol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

// Sets a variable while it lives; nullptr: removes it.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    set(value);
  }
  ~Variable() { set(before_ ? before_->c_str() : nullptr); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void set(const char* value) const {
    value != nullptr ? ::setenv(name_, value, 1) : ::unsetenv(name_);
  }
  const char* name_;
  std::optional<std::string> before_;
};

ProcessIdentity ended_process() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  ProcessIdentity process = *this_process();
  process.pid = child;
  return process;
}

TEST(StatusFoldersTest, AreThoseOfTheLoginThenThoseThatEverySystemHas) {
  const TemporaryFolder runtime;
  const Variable status("SKOL_STATUS", nullptr);
  const Variable login("XDG_RUNTIME_DIR", runtime.path().c_str());
  const std::string user = std::to_string(::geteuid());
  EXPECT_THAT(StatusFolders::of_environment().paths,
              ElementsAre(runtime / "skol", "/run/user/" + user + "/skol", "/dev/shm/skol-" + user,
                          "/tmp/skol-" + user));
}

TEST(StatusFoldersTest, ARuntimeFolderOfAnotherUserOrAtNoPlaceIsNone) {
  const Variable status("SKOL_STATUS", nullptr);
  const std::string not_ours = ::geteuid() == 0 ? "" : "/usr";
  for (const std::string& path : {std::string("relative"), std::string("/no/such/folder"),
                                  std::string("/dev/null"), not_ours}) {
    const Variable login("XDG_RUNTIME_DIR", path.c_str());
    EXPECT_THAT(StatusFolders::of_environment().paths.front(), HasSubstr("/run/user/")) << path;
  }
}

TEST(StatusFoldersTest, SkolStatusNamesTheOnlyOneOrNone) {
  {
    const Variable status("SKOL_STATUS", "/some/where");
    EXPECT_THAT(StatusFolders::of_environment().paths, ElementsAre("/some/where"));
  }
  {
    const Variable status("SKOL_STATUS", "off");
    EXPECT_THAT(StatusFolders::of_environment().paths, IsEmpty());
    EXPECT_EQ(StatusFolders::of_environment().problem, "");
    EXPECT_THAT(StatusFolders::to_read().paths, Not(IsEmpty()));
  }
  const Variable status("SKOL_STATUS", "of\033f");
  EXPECT_THAT(StatusFolders::of_environment().paths, IsEmpty());
  EXPECT_THAT(StatusFolders::of_environment().problem, HasSubstr("'of\\x1bf': expected off or"));
}

TEST(StatusFolderTest, IsMadeForTheOwnerAlone) {
  const TemporaryFolder parent;
  EXPECT_FALSE(open_status_folder(parent / "skol", ::geteuid(), false));
  EXPECT_TRUE(open_status_folder(parent / "skol", ::geteuid(), true));
  EXPECT_TRUE(open_status_folder(parent / "skol", ::geteuid(), true));
  EXPECT_TRUE(open_status_folder(parent / "skol", ::geteuid(), false));
  struct stat made = {};
  ASSERT_EQ(::stat((parent / "skol").c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 0777u, 0700u);
}

TEST(StatusFolderTest, OfAnotherOwnerIsNotUsed) {
  const TemporaryFolder folder;
  EXPECT_FALSE(open_status_folder(folder.path(), ::geteuid() + 1, true));
}

TEST(StatusFolderTest, ThatOthersMayEnterIsNotUsed) {
  const TemporaryFolder folder;
  for (const mode_t mode : {0710u, 0701u, 0770u, 0777u, 01777u}) {
    ASSERT_EQ(::chmod(folder.path().c_str(), mode), 0);
    EXPECT_FALSE(open_status_folder(folder.path(), ::geteuid(), true)) << mode;
  }
}

TEST(StatusFolderTest, WhatIsALinkOrNoFolderOrHasNoParentIsNotUsed) {
  const TemporaryFolder folder, target;
  std::filesystem::create_directory_symlink(target.path(), folder / "link");
  std::filesystem::create_symlink("nowhere", folder / "broken");
  folder.write("file", "");
  ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
  for (const char* name : {"link", "broken", "file", "fifo", "no/folder"}) {
    EXPECT_FALSE(open_status_folder(folder / name, ::geteuid(), true)) << name;
  }
}

TEST(StatusFileNameTest, SaysWhoseItIs) {
  const ProcessIdentity process = {4026531836, 1234567, 987654321};
  const std::string name = status_file_name(process, 3);
  EXPECT_EQ(name, "4026531836-1234567-987654321-3.run");
  EXPECT_EQ(process_of_status_file(name), process);
}

TEST(StatusFileNameTest, AnyOtherNameIsNobodys) {
  for (const char* name :
       {"", ".", "..", "x", "1-2-3-4", "1-2-3-4.ru", "1-2-3-4.run2", "1-2-3.run", "1-2-3-.run",
        "1-99999999999-3-4.run", " 1-2-3-4.run", "1-2-3-4-5.run", "-1-2-3-4.run", "notes.run"}) {
    EXPECT_FALSE(process_of_status_file(name)) << name;
  }
}

TEST(StatusFilesTest, OfProcessesThatEndedAreRemovedWhateverIsInThem) {
  const TemporaryFolder folder;
  const ProcessIdentity gone = ended_process(), self = *this_process();
  ProcessIdentity earlier = self;  // had this number before
  --earlier.start;
  folder.write(status_file_name(gone, 0), "");
  folder.write(status_file_name(gone, 1), std::string(1 << 20, 'x'));
  folder.write(status_file_name(earlier, 0), "x");
  folder.write(status_file_name(self, 0), "x");
  const auto files = status_files(open_status_folder(folder.path(), ::geteuid(), false));
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].process, self);
  EXPECT_THAT(folder.names(), ElementsAre(status_file_name(self, 0)));
}

TEST(StatusFilesTest, OfOtherContainersAndOtherProgramsStay) {
  const TemporaryFolder folder;
  ProcessIdentity elsewhere = ended_process();
  ++elsewhere.pid_namespace;
  folder.write(status_file_name(elsewhere, 0), "");
  folder.write("notes.txt", "");
  EXPECT_THAT(status_files(open_status_folder(folder.path(), ::geteuid(), false)), IsEmpty());
  EXPECT_THAT(folder.names(), UnorderedElementsAre(status_file_name(elsewhere, 0), "notes.txt"));
}

}  // namespace
}  // namespace skol
