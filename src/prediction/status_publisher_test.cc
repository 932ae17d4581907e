// SPDX-License-Identifier: Apache-2.0
#include "prediction/status_publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "prediction/random_model_testing.h"
#include "prediction/running_predictions.h"
#include "prediction/temporary_folder_testing.h"

namespace skol {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

RunStatus named(const std::string& what) {
  RunStatus status;
  status.what = what;
  return status;
}

PredictionStats some_stats() {
  PredictionStats stats;
  stats.documents = 3;
  stats.lines = 400;
  stats.windows = 17;
  stats.predict_calls = 2;
  stats.batch_sizes = {8, 4};
  stats.reductions = 1;
  stats.workspace_bytes = 12345;
  return stats;
}

TEST(StatusPublisherTest, TellsOthersWhatTheRunDoes) {
  const TemporaryFolder folder;
  const StatusFolders folders = {{folder.path()}, ""};
  RunStatus first = named("predict");
  first.model = "papers.skol";
  first.device = "cpu avx2";
  first.threads = 2;
  StatusPublisher publisher(first, folders);
  publisher.update(some_stats(), 12);
  const auto runs = running_predictions(folders);
  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_EQ(runs[0].process, *this_process());
  const RunStatus& status = runs[0].status;
  EXPECT_EQ(status.what, "predict");
  EXPECT_EQ(status.model, "papers.skol");
  EXPECT_EQ(status.device, "cpu avx2");
  EXPECT_EQ(status.threads, 2u);
  EXPECT_EQ(status.documents, 3u);
  EXPECT_EQ(status.lines, 400u);
  EXPECT_EQ(status.windows, 17u);
  EXPECT_EQ(status.windows_done, 12u);
  EXPECT_EQ(status.predict_calls, 2u);
  EXPECT_EQ(status.prediction_batch_size, 4u);
  EXPECT_EQ(status.reductions, 1u);
  EXPECT_EQ(status.workspace_bytes, 12345u);
  EXPECT_GT(status.resident_bytes, 0u);
  EXPECT_GT(status.windows_per_second, 0);
  EXPECT_FALSE(runs[0].quiet());
}

TEST(StatusPublisherTest, ARunWithoutANameHasThatOfItsProgram) {
  const TemporaryFolder folder;
  const StatusFolders folders = {{folder.path()}, ""};
  const StatusPublisher publisher({}, folders);
  // As the kernel keeps it, cut to 15 characters.
  EXPECT_EQ(running_predictions(folders).at(0).status.what, "skol_prediction");
}

TEST(StatusPublisherTest, RunsOfOneProcessHaveFilesOfTheirOwn) {
  const TemporaryFolder folder;
  const StatusFolders folders = {{folder.path()}, ""};
  const StatusPublisher one(named("one"), folders);
  {
    const StatusPublisher two(named("two"), folders), three(named("three"), folders);
    EXPECT_THAT(running_predictions(folders), SizeIs(3));
  }
  EXPECT_THAT(running_predictions(folders), SizeIs(1));
  EXPECT_EQ(running_predictions(folders)[0].status.what, "one");
}

TEST(StatusPublisherTest, AtTheEndNothingIsLeft) {
  const TemporaryFolder folder;
  const StatusFolders folders = {{folder.path()}, ""};
  {
    StatusPublisher publisher(named("predict"), folders);
    EXPECT_THAT(folder.names(), SizeIs(1));
    publisher.withdraw();
    EXPECT_THAT(folder.names(), IsEmpty());
    publisher.update(some_stats(), 1);
  }
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(StatusPublisherTest, TheNextFolderIsTakenWhereOneCannotBeUsed) {
  const TemporaryFolder folder;
  folder.write("file", "");
  const StatusFolders folders = {{"/no/such/folder", folder / "file", folder / "skol"}, ""};
  const StatusPublisher publisher(named("predict"), folders);
  EXPECT_THAT(running_predictions(folders), SizeIs(1));
  EXPECT_TRUE(std::filesystem::is_directory(folder / "skol"));
}

TEST(StatusPublisherTest, WithoutAFolderNothingIsToldAndNothingHappens) {
  for (const StatusFolders& folders : {StatusFolders{}, StatusFolders{{"/no/such/folder"}, ""}}) {
    StatusPublisher publisher(named("predict"), folders);
    publisher.update(some_stats(), 1);
    EXPECT_THAT(running_predictions(folders), IsEmpty());
  }
}

TEST(StatusPublisherTest, ALimitOnFilesDoesNotEndTheProcess) {
  const TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    const struct rlimit none = {0, 0};
    ::setrlimit(RLIMIT_FSIZE, &none);
    StatusPublisher publisher(named("predict"), {{folder.path()}, ""});
    publisher.update(some_stats(), 1);
    ::_exit(folder.names().empty() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(StatusPublisherTest, AForkedProcessNeitherWritesNorRemovesTheFile) {
  const TemporaryFolder folder;
  const StatusFolders folders = {{folder.path()}, ""};
  std::optional<StatusPublisher> publisher(std::in_place, named("predict"), folders);
  const pid_t child = ::fork();
  if (child == 0) {
    publisher->update(some_stats(), 12);
    publisher.reset();
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  const auto runs = running_predictions(folders);
  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_EQ(runs[0].status.windows_done, 0u);
}

TEST(StatusPublisherTest, AFileSomebodyCutOrRemovedDoesNoHarm) {
  const TemporaryFolder folder;
  const StatusFolders folders = {{folder.path()}, ""};
  StatusPublisher publisher(named("predict"), folders);
  const std::string path = folder / folder.names().at(0);
  std::filesystem::resize_file(path, 100);
  EXPECT_THAT(running_predictions(folders), IsEmpty());
  publisher.update(some_stats(), 1);
  EXPECT_THAT(running_predictions(folders), SizeIs(1));
  std::filesystem::remove(path);
  publisher.update(some_stats(), 2);
  EXPECT_THAT(running_predictions(folders), IsEmpty());
}

TEST(RunningPredictionsTest, FilesOfAnySizeThatHoldNoStatusAreLeftOut) {
  const TemporaryFolder folder;
  const StatusFolders folders = {{folder.path()}, ""};
  unsigned number = 0;
  for (const std::size_t size : {0, 1, 511, 512, 513, 1 << 20}) {
    folder.write(status_file_name(*this_process(), number++), std::string(size, 'x'));
  }
  std::filesystem::create_directory(folder / status_file_name(*this_process(), number++));
  std::filesystem::create_symlink("/dev/zero",
                                  folder / status_file_name(*this_process(), number++));
  EXPECT_THAT(running_predictions(folders), IsEmpty());
  // A run of this process takes the next free name.
  const StatusPublisher publisher(named("predict"), folders);
  EXPECT_THAT(running_predictions(folders), SizeIs(1));
}

// Every status of the writer has one number everywhere, so that a mixture of two would be seen.
TEST(RunningPredictionsTest, NoReaderSeesAMixtureOfTwoUpdates) {
  const TemporaryFolder folder;
  const StatusFolders folders = {{folder.path()}, ""};
  const std::string path = folder / status_file_name(*this_process(), 0);
  folder.write(status_file_name(*this_process(), 0), std::string(kRunStatusBytes, '\0'));
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    std::FILE* const file = std::fopen(path.c_str(), "r+b");
    for (std::uint64_t n = 1; !stop; ++n) {
      RunStatus status = named(std::to_string(n));
      status.documents = status.windows = status.threads = n;
      status.model = std::string(n % 300, 'x');
      const RunStatusBytes bytes = encode(status);
      if (::pwrite(::fileno(file), bytes.data(), bytes.size(), 0) < 0) break;
    }
    std::fclose(file);
  });
  int seen = 0;
  for (int i = 0; i < 2000; ++i) {
    for (const RunningPrediction& run : running_predictions(folders)) {
      const RunStatus& status = run.status;
      EXPECT_EQ(status.what, std::to_string(status.threads));
      EXPECT_EQ(status.documents, status.threads);
      EXPECT_EQ(status.windows, status.threads);
      EXPECT_EQ(status.model.size(), status.threads % 300);
      ++seen;
    }
  }
  stop = true;
  writer.join();
  EXPECT_GT(seen, 0);
}

// A run of the library itself.
class PublishedRunTest : public ::testing::Test {
 protected:
  PublishedRunTest() { ::setenv("SKOL_STATUS", folder_.path().c_str(), 1); }
  ~PublishedRunTest() override { ::unsetenv("SKOL_STATUS"); }

  static PredictionOptions options() {
    PredictionOptions options;
    options.prediction_batch_size = 4;
    options.threads = 1;
    options.target = "scalar";
    options.run_name = "evaluate";
    options.model_name = "papers.skol";
    return options;
  }

  TemporaryFolder folder_;
  StatusFolders folders_ = {{folder_.path()}, ""};
};

TEST_F(PublishedRunTest, IsSeenFromItsBeginningToItsEnd) {
  Predictor predictor(random_model(), options());
  PredictionRun run(predictor, [](LabelledDocument&&) {});
  ASSERT_THAT(running_predictions(folders_), SizeIs(1));
  RunStatus status = running_predictions(folders_)[0].status;
  EXPECT_EQ(status.what, "evaluate");
  EXPECT_EQ(status.model, "papers.skol");
  EXPECT_EQ(status.device, "cpu scalar");
  EXPECT_EQ(status.threads, 1u);
  EXPECT_EQ(status.prediction_batch_size, 4u);
  EXPECT_EQ(status.workspace_bytes, run.stats().workspace_bytes);
  EXPECT_EQ(status.windows, 0u);

  run.add(random_document("d", 500, 1));
  status = running_predictions(folders_).at(0).status;
  EXPECT_EQ(status.documents, 1u);
  EXPECT_EQ(status.lines, run.stats().lines);
  EXPECT_EQ(status.windows, run.stats().windows);
  EXPECT_EQ(status.windows_done, 4 * run.stats().predict_calls);
  EXPECT_EQ(status.predict_calls, run.stats().predict_calls);

  run.finish();
  EXPECT_THAT(folder_.names(), IsEmpty());
}

TEST_F(PublishedRunTest, CountsWindowsWithinALargeBatch) {
  PredictionOptions large = options();
  large.prediction_batch_size = 1'000'000;
  Predictor predictor(random_model(), large);
  std::vector<std::uint64_t> done;
  PredictionRun run(
      predictor, [](LabelledDocument&&) {},
      [&](const PredictionStats&) {
        done.push_back(running_predictions(folders_).at(0).status.windows_done);
      });
  run.add(random_document("d", 10'000, 1));
  run.finish();
  ASSERT_GE(done.size(), 2u);
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
  EXPECT_GT(done.front(), 0u);
  EXPECT_LT(done.front(), run.stats().windows);
}

TEST_F(PublishedRunTest, LeavesNothingWhereItEndsByAnException) {
  Predictor predictor(random_model(), options());
  const auto run = [&] {
    PredictionRun failing(predictor,
                          [](LabelledDocument&&) { throw std::runtime_error("no space"); });
    failing.add(random_document("d", 300, 1));
    failing.finish();
  };
  EXPECT_THROW(run(), std::runtime_error);
  EXPECT_THAT(folder_.names(), IsEmpty());
}

TEST_F(PublishedRunTest, GoesOnWhereItCannotBePublishedAndIsNotWhereThatIsOff) {
  for (const char* value : {"off", "/no/such/folder", "nonsense"}) {
    ::setenv("SKOL_STATUS", value, 1);
    Predictor predictor(random_model(), options());
    std::size_t lines = 0;
    PredictionRun run(predictor, [&](LabelledDocument&& d) { lines += d.labels.size(); });
    run.add(random_document("d", 300, 1));
    EXPECT_THAT(running_predictions(folders_), IsEmpty()) << value;
    run.finish();
    EXPECT_EQ(lines, run.stats().lines);
  }
}

}  // namespace
}  // namespace skol
