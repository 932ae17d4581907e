// SPDX-License-Identifier: Apache-2.0
#include "storage/file_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <thread>

#include "base/file_descriptor.h"
#include "skol/error.h"

namespace skol {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

// The message of the Error of kind `kind` that `action` must throw.
std::string error_of(ErrorKind kind, const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error was thrown";
  return "";
}

class FileStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "skol_store_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    store_ = open_store(pattern);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string error_of_get(const std::string& name) const {
    return error_of(ErrorKind::kNotFound, [&] { store_->get(name); });
  }

  fs::path folder_;
  std::unique_ptr<ModelStore> store_;
};

TEST_F(FileStoreTest, GivesBackWhatWasPut) {
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += static_cast<char>(i * i);
  store_->put("model", bytes);
  store_->put("empty", "");
  EXPECT_TRUE(store_->get("model") == bytes);
  EXPECT_EQ(store_->get("empty"), "");
  store_->put("model", "another");
  EXPECT_EQ(store_->get("model"), "another");
}

TEST_F(FileStoreTest, ListsRegularFilesByName) {
  store_->put("b", "12");
  store_->put("a", "1");
  store_->put(".hidden", "x");
  fs::create_directory(folder_ / "folder");
  fs::create_symlink("a", folder_ / "link");
  fs::create_symlink("nothing", folder_ / "dangling");
  const std::vector<StoreEntry> entries = store_->list();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].name + entries[1].name + entries[2].name, "ablink");
  EXPECT_EQ(entries[1].bytes, 2U);
}

TEST_F(FileStoreTest, RemovesAndSaysWhetherThereWasAnything) {
  store_->put("model", "x");
  EXPECT_TRUE(store_->remove("model"));
  EXPECT_FALSE(store_->remove("model"));
  EXPECT_TRUE(store_->list().empty());
  fs::create_directory(folder_ / "folder");
  EXPECT_THAT(error_of(ErrorKind::kStorage, [&] { store_->remove("folder"); }),
              HasSubstr("folder"));
}

TEST_F(FileStoreTest, NamesWhatCannotBeRead) {
  fs::create_directory(folder_ / "folder");
  fs::create_symlink("loop", folder_ / "loop");
  ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  EXPECT_THAT(error_of_get("missing"), AllOf(HasSubstr("missing'"), HasSubstr("no such file")));
  EXPECT_THAT(error_of_get("folder"), HasSubstr("it is a folder"));
  EXPECT_THAT(error_of_get("fifo"), HasSubstr("FIFO"));
  EXPECT_THAT(error_of_get("loop"), HasSubstr("Too many levels of symbolic links"));
  EXPECT_THAT(error_of(ErrorKind::kNotFound, [&] { open_store("/dev")->get("zero"); }),
              HasSubstr("device"));
  store_->put("file", "x");
  const auto below_file = [&] { open_store((folder_ / "file").string())->get("x"); };
  EXPECT_THAT(error_of(ErrorKind::kNotFound, below_file), HasSubstr("Not a directory"));
  const auto list_missing = [&] { open_store((folder_ / "none").string())->list(); };
  EXPECT_THAT(error_of(ErrorKind::kNotFound, list_missing), HasSubstr("none"));
}

TEST_F(FileStoreTest, NamesWhereItCannotWrite) {
  store_->put("file", "x");
  const std::unique_ptr<ModelStore> below = open_store((folder_ / "file").string());
  EXPECT_THAT(error_of(ErrorKind::kStorage, [&] { below->put("x", "y"); }),
              AllOf(HasSubstr("file/x"), HasSubstr("Not a directory")));
  EXPECT_EQ(store_->get("file"), "x");
}

TEST_F(FileStoreTest, DoesNotReadAFileThatIsTooLargeForAModel) {
  std::ofstream(folder_ / "sparse").close();
  fs::resize_file(folder_ / "sparse", FileStore::kMaxBytes + 1);
  EXPECT_THAT(error_of_get("sparse"), HasSubstr("2147483649 bytes; a model file has at most"));
}

// Such files say they have no bytes, and have some: as one that grows while it is read.
TEST_F(FileStoreTest, NoticesAFileThatIsNotAsLargeAsItSays) {
  EXPECT_THAT(error_of(ErrorKind::kNotFound, [] { open_store("/proc/self")->get("status"); }),
              HasSubstr("0 bytes, changed while it was read"));
}

// A file is read by pieces of 256 KiB: around and beyond one, and where it ends with one.
TEST_F(FileStoreTest, GivesEveryByteOfALongFile) {
  for (const std::size_t size : {(256 << 10) - 1, 256 << 10, (256 << 10) + 1, 3 * (256 << 10)}) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + i / 4096);
    store_->put("long", bytes);
    EXPECT_TRUE(store_->get("long") == bytes) << size;
  }
}

TEST_F(FileStoreTest, LooksAtTheFirstBytes) {
  store_->put("long", std::string(100'000, 'x'));
  const StoreEntry entry = store_->look("long");
  EXPECT_EQ(entry.name, "long");
  EXPECT_EQ(entry.bytes, 100'000U);
  EXPECT_EQ(entry.start, std::string(StoreEntry::kStartBytes, 'x'));
  EXPECT_EQ(store_->list().at(0).start, entry.start);
  EXPECT_THAT(error_of(ErrorKind::kNotFound, [&] { store_->look("none"); }), HasSubstr("none"));
}

TEST_F(FileStoreTest, ListsAFileThatIsTooLargeForAModelWithTheReason) {
  std::ofstream(folder_ / "sparse").close();
  fs::resize_file(folder_ / "sparse", FileStore::kMaxBytes + 1);
  store_->put("small", "x");
  ASSERT_EQ(store_->list().size(), 2U);
  EXPECT_THAT(store_->list()[1].problem, HasSubstr("a model file has at most"));
}

TEST_F(FileStoreTest, KnowsWhetherItCouldWriteWithoutWriting) {
  store_->put("model", "old");
  store_->check_put("model");
  store_->check_put("new");
  EXPECT_EQ(store_->get("model"), "old");
  EXPECT_EQ(store_->list().size(), 1U);
  const auto below_nothing = [&] { open_store((folder_ / "no").string())->check_put("x"); };
  EXPECT_THAT(error_of(ErrorKind::kStorage, below_nothing), HasSubstr("no/x"));
}

// Permissions mean nothing to root, so root tries as somebody else.
TEST_F(FileStoreTest, NamesAFileThatMayNotBeRead) {
  constexpr uid_t kNobody = 65534;
  store_->put("secret", "x");
  ASSERT_EQ(::chmod((folder_ / "secret").c_str(), 0), 0);
  ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(kNobody) != 0) ::_exit(1);
    const std::string error = error_of_get("secret");
    ::_exit(error.find("Permission denied") == std::string::npos ? 2 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

// A name is data; it must not lead out of the folder.
TEST_F(FileStoreTest, RefusesNamesThatAreNoFileNames) {
  for (const std::string& name : {std::string(), std::string("."), std::string(".."),
                                  std::string("a/b"), std::string("a\0b", 3)}) {
    error_of(ErrorKind::kParameter, [&] { store_->get(name); });
    error_of(ErrorKind::kParameter, [&] { store_->put(name, "x"); });
    error_of(ErrorKind::kParameter, [&] { store_->remove(name); });
  }
}

// Readers of a file that another process keeps replacing see one version, whole.
TEST_F(FileStoreTest, ReadersSeeWholeVersionsWhileAWriterReplacesThem) {
  store_->put("model", std::string(100'000, 'a'));
  const std::jthread writer([&] {
    for (int i = 0; i < 30; ++i) {
      store_->put("model", std::string(50'000 + 1'000 * static_cast<std::size_t>(i),
                                       static_cast<char>('a' + i % 26)));
    }
  });
  for (int i = 0; i < 200; ++i) {
    const std::string bytes = store_->get("model");
    ASSERT_GE(bytes.size(), 50'000U);
    ASSERT_EQ(bytes.find_first_not_of(bytes[0]), std::string::npos);
  }
}

// The life of a child process that is to be killed; it ends by itself only if a save fails.
[[noreturn]] void save_for_ever(ModelStore& store, std::size_t bytes) {
  try {
    for (int i = 0;; ++i) store.put("model", std::string(bytes, static_cast<char>('a' + i % 26)));
  } catch (...) {
    ::_exit(1);
  }
}

TEST_F(FileStoreTest, WriterKilledAtAnyPointLeavesAWholeFile) {
  constexpr std::size_t kBytes = 300'000;
  store_->put("model", std::string(kBytes, 'z'));
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) save_for_ever(*store_, kBytes);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child's save failed";
    const std::string bytes = store_->get("model");
    ASSERT_EQ(bytes.size(), kBytes);
    ASSERT_EQ(bytes.find_first_not_of(bytes[0]), std::string::npos);
  }
  store_->put("model", "after");
  EXPECT_EQ(store_->get("model"), "after");
  EXPECT_EQ(store_->list().size(), 1U);
}

}  // namespace
}  // namespace skol
