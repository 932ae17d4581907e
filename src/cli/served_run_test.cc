// SPDX-License-Identifier: Apache-2.0
// Four processes on one card of 6.6 GB, as in docs/batch_tuning.md, with another tenant that comes
// and goes; each on its own, and all through a server, which may be killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <random>
#include <thread>

#include "device/card_in_place_testing.h"
#include "device/network_description.h"
#include "device/wire_socket.h"
#include "kernels/kernels.h"
#include "prediction/random_model_testing.h"
#include "serving/cpu_network.h"
#include "serving/server.h"
#include "skol/predictor.h"

namespace skol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::size_t kDocuments = 4;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kCard = 6'600'000'000;

struct Labelled {
  PredictionStats stats;
  std::vector<std::int32_t> labels;
  std::vector<float> probabilities;
};

Labelled label(const Model& model, const std::string& device, std::size_t batch_size,
               std::size_t executors = 1, const Predictor::Look& look = {}) {
  PredictionOptions options;
  options.device = device;
  options.prediction_batch_size = batch_size;
  options.executors = executors;
  options.threads = 1;
  Predictor predictor(model, options);
  Labelled out;
  unsigned next = 0;
  out.stats = predictor.run(
      [&]() -> std::optional<Document> {
        if (next == kDocuments) return std::nullopt;
        ++next;
        return random_document("d" + std::to_string(next), 60 * next, next);
      },
      [&](LabelledDocument&& document) {
        out.labels.insert(out.labels.end(), document.labels.begin(), document.labels.end());
        out.probabilities.insert(out.probabilities.end(), document.probabilities.begin(),
                                 document.probabilities.end());
      },
      look);
  return out;
}

bool near(const Labelled& a, const Labelled& b) {
  if (a.labels != b.labels || a.probabilities.size() != b.probabilities.size()) return false;
  for (std::size_t i = 0; i < a.probabilities.size(); ++i) {
    if (!(std::abs(a.probabilities[i] - b.probabilities[i]) <= 1e-5f)) return false;
  }
  return true;
}

// How a process of our own ended.
enum Ending { kOnDevice = 0, kOnProcessor = 10, kWrong = 11, kFailed = 12 };

pid_t in_process(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  int status = kFailed;
  try {
    status = work();
  } catch (const std::exception& e) {
    ::fprintf(stderr, "%s\n", e.what());
  }
  ::_exit(status);
}

int ending_of_process(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class ServedRun : public ::testing::Test {
 protected:
  ServedRun() : folder_(::testing::TempDir() + "skol_served_run") {
    std::filesystem::remove_all(folder_);
    ::mkdir(folder_.c_str(), 0700);
    ::setenv("SKOL_SERVE", folder_.c_str(), 1);
    ::setenv("SKOL_STATUS", "off", 1);
  }
  ~ServedRun() override {
    stop_server();
    ::unsetenv("SKOL_SERVE");
    ::unsetenv("SKOL_STATUS");
    std::filesystem::remove_all(folder_);
  }

  // 250 MiB and 20 MiB a window, as the guide has them: each byte of a small network counts as
  // many.
  void make_card_of_the_guide() {
    const auto sizes = network_sizes(model_.data().parameters.shape());
    const auto& api = DeviceLibrary::find()->api();
    FakeCardOptions& card = card_.options();
    card.factor = 20 * kMiB * 64 / api.workspace_bytes(&sizes, 64, 50);
    card.context = 250 * kMiB - card.factor * api.model_bytes(&sizes);
    card.memory = kCard;
    card_.apply();
  }
  void start_server(const std::string& device, std::size_t most_windows = 256) {
    server_ = in_process([&] {
      static volatile sig_atomic_t ended = 0;
      ::signal(SIGTERM, [](int) { ended = 1; });
      ThreadPool pool(1);
      const auto opened = device == "cpu" ? nullptr : card_.open();
      Server server(socket_path(folder_, device), device + " (server)",
                    [&](const OwnedNetwork& network) {
                      return opened ? load_network(opened, network.network())
                                    : cpu_network(network, find_kernels("auto"), pool);
                    },
                    {.most_windows = most_windows});
      server.run([] { return ended != 0; });
      return 0;
    });
    const std::string path = socket_path(folder_, device);
    while (!connect_to(path)) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  void stop_server() {
    if (server_ == 0) return;
    ::kill(server_, SIGTERM);
    EXPECT_EQ(ending_of_process(server_), 0);
    server_ = 0;
  }

  // One run of four executors; how each ended.
  std::vector<int> four_executors(std::size_t batch_size, const Labelled& expected) {
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
      children.push_back(in_process([&] {
        const Labelled result = label(model_, "cuda", batch_size, 4);
        if (!near(result, expected)) return kWrong;
        if (!result.stats.notices.empty()) return kOnProcessor;
        // On the device every bit is the same, whatever became of the batch.
        return result.probabilities == expected.probabilities ? kOnDevice : kWrong;
      }));
    }
    std::vector<int> endings;
    for (const pid_t child : children) endings.push_back(ending_of_process(child));
    return endings;
  }

  std::string folder_;
  CardInPlace card_;
  Model model_ = random_model();
  pid_t server_ = 0;
};

TEST_F(ServedRun, OfFourExecutorsOnACardWithAnotherTenantNeverFails) {
  const Labelled expected = label(model_, "cuda", 64);
  make_card_of_the_guide();
  std::mt19937 random(1);
  std::size_t on_device = 0;
  for (int run = 0; run < 100; ++run) {
    constexpr std::size_t kSizes[] = {32, 48, 64, 96, 128, 256};
    // Nothing, or some of 5 GB, and somebody else each few milliseconds.
    const pid_t tenant = in_process([&] {
      FakeCard card(card_.options().state);
      std::mt19937 of_tenant(static_cast<unsigned>(run));
      while (true) {
        const std::uint64_t wanted = of_tenant() % 3 == 0 ? 0 : of_tenant() % 5 * 1'000'000'000;
        const std::uint64_t free = card.free(kCard);
        if (wanted == 0 || wanted < free) card.set_tenant(wanted);
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
      }
      return 0;
    });
    const std::vector<int> endings = four_executors(kSizes[random() % 6], expected);
    ::kill(tenant, SIGKILL);
    ending_of_process(tenant);
    card_.card().set_tenant(0);
    for (const int ending : endings) {
      ASSERT_TRUE(ending == kOnDevice || ending == kOnProcessor) << "run " << run << ": " << ending;
      on_device += ending == kOnDevice;
    }
  }
  EXPECT_GT(on_device, 200u) << "of 400: the others met a card that was full";
  EXPECT_LE(card_.card().state().most_used, kCard);
  EXPECT_EQ(card_.used(), 0u);
}

TEST_F(ServedRun, OfFourExecutorsTakesNoMoreThanPlanned) {
  const Labelled expected = label(model_, "cuda", 64);
  make_card_of_the_guide();
  const auto sizes = network_sizes(model_.data().parameters.shape());
  const auto library = DeviceLibrary::find();
  for (const std::size_t batch_size : {32u, 64u}) {
    std::filesystem::resize_file(card_.options().state, 0);
    EXPECT_THAT(four_executors(batch_size, expected),
                ElementsAre(kOnDevice, kOnDevice, kOnDevice, kOnDevice));
    const std::uint64_t each = card_.options().context + library->api().model_bytes(&sizes) +
                               library->api().workspace_bytes(&sizes, batch_size, 50);
    const std::uint64_t of_guide = (250 + 20 * batch_size) * kMiB;
    EXPECT_NEAR(1.0 * static_cast<double>(each), static_cast<double>(of_guide),
                0.02 * static_cast<double>(of_guide));
    EXPECT_LE(card_.card().state().most_used, 4 * each);
  }
}

TEST_F(ServedRun, ThroughAServerPaysForOneContextAndOneModel) {
  const Labelled expected = label(model_, "cuda", 64);
  make_card_of_the_guide();
  std::filesystem::resize_file(card_.options().state, 0);
  start_server("cuda0", 256);
  const auto sizes = network_sizes(model_.data().parameters.shape());
  const auto library = DeviceLibrary::find();
  for (int run = 0; run < 10; ++run) {
    EXPECT_THAT(four_executors(256, expected),
                ElementsAre(kOnDevice, kOnDevice, kOnDevice, kOnDevice));
  }
  const std::uint64_t planned = card_.options().context + library->api().model_bytes(&sizes) +
                                library->api().workspace_bytes(&sizes, 256, 50);
  EXPECT_LE(card_.card().state().most_used, planned);
  EXPECT_LE(planned, kCard) << "256 a batch, where four on their own have room for 64";
}

TEST_F(ServedRun, GoesOnOnTheProcessorWhenTheServerIsKilled) {
  const Labelled expected = label(model_, "cpu", 2);
  card_.options().delay = 1;
  card_.apply();
  start_server("cuda0");
  std::size_t looks = 0;
  const Labelled result = label(model_, "cuda", 2, 1, [&](const PredictionStats&) {
    if (++looks != 3) return;
    ::kill(server_, SIGKILL);
    ending_of_process(server_);
    server_ = 0;
  });
  EXPECT_TRUE(near(result, expected));
  EXPECT_GE(looks, 3u);
  EXPECT_THAT(result.stats.notices, ElementsAre(AllOf(HasSubstr("the rest is computed on the CPU"),
                                                      HasSubstr("server"))));
  // The socket that is left misleads nobody: the device itself is used.
  EXPECT_EQ(label(model_, "cuda", 2).stats.device, "cuda:0 Fake Card");
}

TEST_F(ServedRun, WithoutAGpuHasTheBitsOfTheProcessor) {
  const Labelled expected = label(model_, "cpu", 16);
  start_server("cpu");
  ::setenv("SKOL_DEVICE_LIBRARY", "/nowhere", 1);
  const Labelled result = label(model_, "auto", 16);
  EXPECT_EQ(result.stats.device, "cpu (server)");
  EXPECT_EQ(result.probabilities, expected.probabilities);
  ::setenv("SKOL_DEVICE_LIBRARY", SKOL_FAKE_DEVICE_LIBRARY, 1);
}

TEST_F(ServedRun, WithoutRoomForSharedMemoryGoesOnOnTheProcessor) {
  const Labelled expected = label(model_, "cpu", 4);
  start_server("cuda0");
  const pid_t child = in_process([&] {
    // What the weights take passes; what both have mapped for a batch does not.
    ::signal(SIGXFSZ, SIG_IGN);
    const rlim_t bytes = 40'000;
    const rlimit limit = {bytes, bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const Labelled result = label(model_, "cuda", 4);
    if (!near(result, expected)) return kWrong;
    return result.stats.notices.empty() ? kOnDevice : kOnProcessor;
  });
  EXPECT_EQ(ending_of_process(child), kOnProcessor);
}

}  // namespace
}  // namespace skol
