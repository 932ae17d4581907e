// SPDX-License-Identifier: Apache-2.0
#include "base/atomic_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "skol/error.h"

namespace skol {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

mode_t mode_of(const fs::path& path) {
  struct stat status = {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// What() of the storage error that `action` must throw.
std::string storage_error(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kStorage);
    EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
    return error.what();
  }
  ADD_FAILURE() << "no error was thrown";
  return "";
}

// Runs `body` in a child process: its return value, or 99 if it threw.
int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    int code = 99;
    try {
      code = body();
    } catch (...) {
    }
    ::_exit(code);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

// Each test with both kinds of temporary.
class AtomicFileTest : public ::testing::TestWithParam<Temporary> {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "skol_atomic_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const fs::path& path, std::string_view bytes) const {
    AtomicFile file(path.string(), Durability::kPowerLoss, GetParam());
    file.write(bytes);
    file.commit();
  }

  fs::path folder_;
};

INSTANTIATE_TEST_SUITE_P(, AtomicFileTest,
                         ::testing::Values(Temporary::kUnnamedIfPossible, Temporary::kNamed),
                         [](const auto& each) {
                           return each.param == Temporary::kNamed ? "Named" : "Unnamed";
                         });

TEST_P(AtomicFileTest, WritesANewFileAndNothingElse) {
  write(folder_ / "new", "content");
  EXPECT_EQ(content(folder_ / "new"), "content");
  EXPECT_EQ(files_in(folder_), 1U);
}

TEST_P(AtomicFileTest, ReplacesAnExistingFile) {
  write(folder_ / "file", "a long first content");
  write(folder_ / "file", "second");
  EXPECT_EQ(content(folder_ / "file"), "second");
  EXPECT_EQ(files_in(folder_), 1U);
}

TEST_P(AtomicFileTest, KeepsPiecesOfAnySizeInOrder) {
  AtomicFile file((folder_ / "file").string(), Durability::kProcess, GetParam());
  std::string expected;
  for (const std::size_t size : {0, 1, 65'535, 1, 65'536, 200'000, 7, 65'530, 6, 0}) {
    const std::string piece(size, static_cast<char>('a' + expected.size() % 26));
    file.write(piece);
    expected += piece;
  }
  file.commit();
  EXPECT_EQ(content(folder_ / "file"), expected);
}

TEST_P(AtomicFileTest, ShowsNothingBeforeCommitAndLeavesNothingWithoutIt) {
  write(folder_ / "old", "old");
  try {
    AtomicFile replaced((folder_ / "old").string(), Durability::kPowerLoss, GetParam());
    AtomicFile created((folder_ / "new").string(), Durability::kPowerLoss, GetParam());
    replaced.write(std::string(100'000, 'x'));
    created.write(std::string(100'000, 'x'));
    EXPECT_EQ(content(folder_ / "old"), "old");
    EXPECT_FALSE(fs::exists(folder_ / "new"));
    throw std::runtime_error("interrupted");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(content(folder_ / "old"), "old");
  EXPECT_EQ(files_in(folder_), 1U);
}

TEST_P(AtomicFileTest, NewFileHonoursTheUmask) {
  const mode_t before = ::umask(027);
  write(folder_ / "file", "x");
  ::umask(before);
  EXPECT_EQ(mode_of(folder_ / "file"), 0640U);
}

TEST_P(AtomicFileTest, ReplacedFileKeepsItsMode) {
  write(folder_ / "file", "x");
  ASSERT_EQ(::chmod((folder_ / "file").c_str(), 0604), 0);
  write(folder_ / "file", "y");
  EXPECT_EQ(mode_of(folder_ / "file"), 0604U);
}

TEST_P(AtomicFileTest, WritesThroughASymbolicLink) {
  fs::create_directory(folder_ / "versions");
  write(folder_ / "versions/v1", "old");
  fs::create_symlink("versions/v1", folder_ / "current");
  write(folder_ / "current", "new");
  EXPECT_TRUE(fs::is_symlink(folder_ / "current"));
  EXPECT_EQ(content(folder_ / "versions/v1"), "new");
}

TEST_P(AtomicFileTest, TakesANameAsLongAsTheFileSystemAllows) {
  const std::string name(255, 'n');
  write(folder_ / name, "x");
  EXPECT_EQ(content(folder_ / name), "x");
}

TEST_P(AtomicFileTest, WritesIntoTheCurrentFolder) {
  const int code = in_child([&] {
    fs::current_path(folder_);
    write("plain", "x");
    return 0;
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(content(folder_ / "plain"), "x");
}

TEST_P(AtomicFileTest, LosesARaceForANewNameWithoutHarm) {
  AtomicFile file((folder_ / "file").string(), Durability::kPowerLoss, GetParam());
  file.write("late");
  std::ofstream(folder_ / "file") << "early";
  file.commit();
  EXPECT_EQ(content(folder_ / "file"), "late");
  EXPECT_EQ(files_in(folder_), 1U);
}

TEST_P(AtomicFileTest, DeviceIsWrittenStraightAndStaysADevice) {
  write("/dev/null", "x");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_P(AtomicFileTest, FullDeviceIsNamed) {
  EXPECT_THAT(storage_error([&] { write("/dev/full", "x"); }),
              AllOf(HasSubstr("'/dev/full'"), HasSubstr("No space left on device")));
}

TEST_P(AtomicFileTest, NamesThePlaceThatCannotBeWritten) {
  write(folder_ / "file", "x");
  fs::create_directory(folder_ / "folder");
  fs::create_symlink("nothing", folder_ / "dangling");
  fs::create_symlink("loop", folder_ / "loop");
  const auto error = [&](const fs::path& path) { return storage_error([&] { write(path, "y"); }); };
  EXPECT_THAT(error(folder_ / "missing/file"),
              AllOf(HasSubstr("missing/file"), HasSubstr("the folder must exist")));
  EXPECT_THAT(error(folder_ / "file/below"), HasSubstr("Not a directory"));
  EXPECT_THAT(error(folder_ / "folder"), HasSubstr("Is a directory"));
  EXPECT_THAT(error(folder_.string() + "/new/"), HasSubstr("Is a directory"));
  EXPECT_THAT(error(folder_ / "dangling"), HasSubstr("a symbolic link to a file"));
  EXPECT_THAT(error(folder_ / "loop"), HasSubstr("Too many levels of symbolic links"));
  EXPECT_THAT(error(folder_ / std::string(256, 'n')), HasSubstr("File name too long"));
  EXPECT_THAT(error(folder_ / "two\nlines/x"), HasSubstr("two\\x0alines"));
  EXPECT_THAT(storage_error([&] { AtomicFile file(""); }), HasSubstr("expected a path"));
  EXPECT_THAT(storage_error([&] { AtomicFile file(std::string("a\0b", 3)); }),
              HasSubstr("'a\\x00b'"));
  EXPECT_EQ(files_in(folder_), 4U);
}

// Permissions mean nothing to root, so root tries as somebody else.
TEST_P(AtomicFileTest, RespectsPermissions) {
  constexpr uid_t kNobody = 65534;
  write(folder_ / "protected", "x");
  ASSERT_EQ(::chmod((folder_ / "protected").c_str(), 0444), 0);
  fs::create_directory(folder_ / "closed");
  ASSERT_EQ(::chmod((folder_ / "closed").c_str(), 0555), 0);
  const int code = in_child([&] {
    if (::geteuid() == 0 &&
        (::chown(folder_.c_str(), kNobody, kNobody) != 0 || ::setuid(kNobody) != 0)) {
      return 1;
    }
    const std::string file = storage_error([&] { write(folder_ / "protected", "y"); });
    const std::string folder = storage_error([&] { write(folder_ / "closed/new", "y"); });
    if (file.find("Permission denied; change the permissions") == std::string::npos) return 2;
    return folder.find("Permission denied") == std::string::npos ? 3 : 0;
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(content(folder_ / "protected"), "x");
}

// A limit on the file's size stops write() in the middle, with EFBIG, wherever the test may run.
TEST_P(AtomicFileTest, FailureInTheMiddleLeavesTheOldFileAlone) {
  write(folder_ / "file", "old");
  const int code = in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {100'000, 100'000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
    const std::string error =
        storage_error([&] { write(folder_ / "file", std::string(300'000, 'x')); });
    return error.find("File too large") == std::string::npos ? 2 : 0;
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(content(folder_ / "file"), "old");
  EXPECT_EQ(files_in(folder_), 1U);
}

TEST_P(AtomicFileTest, FullDiskLeavesTheOldFileAlone) {
  constexpr int kNoMount = 77;
  const int code = in_child([&] {
    // A mount of our own, seen by this child alone and gone with it.
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=256k") != 0) {
      return kNoMount;
    }
    write(folder_ / "file", "old");
    const std::string error =
        storage_error([&] { write(folder_ / "file", std::string(1'000'000, 'x')); });
    if (error.find("No space left on device") == std::string::npos) return 1;
    if (content(folder_ / "file") != "old" || files_in(folder_) != 1) return 2;
    write(folder_ / "file", std::string(100'000, 'y'));  // the failed bytes are given back
    return 0;
  });
  if (code == kNoMount) GTEST_SKIP() << "this user may not mount a small file system";
  EXPECT_EQ(code, 0);
}

TEST_P(AtomicFileTest, InterruptedAndShortWritesLoseNothing) {
  const std::string fifo = (folder_ / "fifo").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  struct sigaction action = {};
  struct sigaction before = {};
  action.sa_handler = [](int) {};  // without SA_RESTART: a blocked write() returns early
  ASSERT_EQ(::sigaction(SIGALRM, &action, &before), 0);
  std::string expected;
  for (int i = 0; expected.size() < 1'000'000; ++i) expected += std::to_string(i) + ' ';
  std::string received;
  std::thread reader([&] {
    sigset_t alarm;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    ::pthread_sigmask(SIG_BLOCK, &alarm, nullptr);
    const FileDescriptor in(::open(fifo.c_str(), O_RDONLY));
    std::string piece(5'000, '\0');
    for (ssize_t n = 1; n > 0; received.append(piece, 0, static_cast<std::size_t>(n))) {
      std::this_thread::sleep_for(std::chrono::microseconds(300));
      n = ::read(in.get(), piece.data(), piece.size());
    }
  });
  {
    AtomicFile file(fifo, Durability::kPowerLoss, GetParam());
    const itimerval every_ms = {{0, 1'000}, {0, 1'000}};
    ::setitimer(ITIMER_REAL, &every_ms, nullptr);
    file.write(expected);
    const itimerval never = {};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    file.commit();
  }
  reader.join();
  ::sigaction(SIGALRM, &before, nullptr);
  EXPECT_TRUE(received == expected) << received.size() << " of " << expected.size() << " bytes";
}

}  // namespace
}  // namespace skol
