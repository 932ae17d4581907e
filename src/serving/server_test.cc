// SPDX-License-Identifier: Apache-2.0
#include "serving/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <thread>

#include "device/card_in_place_testing.h"
#include "device/remote_network.h"
#include "network/network_testing.h"
#include "serving/cpu_network.h"
#include "skol/error.h"

namespace skol {
namespace {

using ::testing::HasSubstr;
using testing::random_batch;
using testing::random_parameters;
using testing::RandomBatch;

namespace fs = std::filesystem;

constexpr NetworkShape kShape{
    .input_size = 31, .hidden_size = 16, .num_layers = 2, .num_classes = 3};
const std::vector<WindowRows> kWindows = {{0, 9}, {4, 9}, {8, 9}, {17, 9}, {20, 4}, {3, 3}, {9, 1}};
using Probabilities = std::vector<std::vector<float>>;

Probabilities predict(AcceleratorQueue& queue, const SparseRows& lines,
                      const std::vector<WindowRows>& windows, std::size_t slot = 0) {
  Probabilities probabilities;
  for (const WindowRows& window : windows) probabilities.emplace_back(window.length * 3, -1.0f);
  std::vector<WindowTask> tasks;
  for (std::size_t w = 0; w < windows.size(); ++w) {
    tasks.push_back({windows[w], probabilities[w].data()});
  }
  queue.start(slot, lines, tasks);
  queue.finish(slot);
  return probabilities;
}

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() : folder_(::testing::TempDir() + "skol_server_test"), path_(folder_ + "/s.sock") {
    fs::remove_all(folder_);
    ::mkdir(folder_.c_str(), 0700);
  }
  ~ServerTest() override {
    stop();
    fs::remove_all(folder_);
  }

  Server::Loader on_card() const {
    auto device = card_.open();
    return
        [device](const OwnedNetwork& network) { return load_network(device, network.network()); };
  }
  Server::Loader on_cpu() {
    return [this](const OwnedNetwork& network) {
      return cpu_network(network, find_kernels("auto"), pool_);
    };
  }
  Server& start(Server::Loader loader, const ServerOptions& options = {}) {
    server_ = std::make_unique<Server>(path_, "a server", std::move(loader), options);
    thread_ = std::thread([this] { server_->run([this] { return stop_.load(); }); });
    return *server_;
  }
  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    server_.reset();
    stop_ = false;
  }
  Probabilities expected(const std::vector<WindowRows>& windows) const {
    const auto direct = load_network(card_.open(), parameters_);
    return predict(*direct->make_queue(16, 9), batch_.lines, windows);
  }
  // What the server did when all its clients have gone.
  ServerStatistics statistics_at_end() {
    stop_ = true;
    thread_.join();
    return server_->statistics();
  }

  std::string folder_, path_;
  CardInPlace card_;
  ThreadPool pool_{1};
  Parameters parameters_ = random_parameters(kShape, 4);
  RandomBatch batch_ = random_batch(kShape, std::vector<std::size_t>{26}, 3);
  std::unique_ptr<Server> server_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

TEST_F(ServerTest, GivesTheBitsOfTheDeviceItOwns) {
  start(on_card());
  const auto network = connect_network(path_, parameters_);
  ASSERT_TRUE(network);
  EXPECT_EQ(network->name(), "a server");
  const auto queue = network->make_queue(16, 9);
  EXPECT_EQ(predict(*queue, batch_.lines, kWindows), expected(kWindows));
  EXPECT_EQ(predict(*queue, batch_.lines, {{1, 2}}, 1), expected({{1, 2}}));
}

TEST_F(ServerTest, GivesTheBitsOfTheProcessorWhereThereIsNoDevice) {
  start(on_cpu());
  const auto network = connect_network(path_, parameters_);
  const Probabilities result = predict(*network->make_queue(16, 9), batch_.lines, kWindows);
  const Network direct(parameters_, find_kernels("auto"));
  Workspace workspace(kShape, kWindows.size(), 9);
  Probabilities same = result;
  std::vector<WindowTask> tasks;
  for (std::size_t w = 0; w < kWindows.size(); ++w) tasks.push_back({kWindows[w], same[w].data()});
  for (auto& window : same) std::fill(window.begin(), window.end(), 0.0f);
  const FlushDenormals flush;
  predict_windows(direct, batch_.lines, tasks, workspace);
  EXPECT_EQ(result, same);
}

TEST_F(ServerTest, TakesBatchesLargerThanItsOwn) {
  ServerOptions options;
  options.most_windows = 2;
  start(on_card(), options);
  const auto network = connect_network(path_, parameters_);
  EXPECT_EQ(predict(*network->make_queue(3, 5), batch_.lines, kWindows), expected(kWindows));
}

TEST_F(ServerTest, PoolsTheWindowsOfAllClientsAndKeepsOneCopyOfTheirModel) {
  card_.options().delay = 2;
  card_.apply();
  start(on_card());
  constexpr std::size_t kClients = 4, kRequests = 20;
  const Probabilities one = expected({{3, 9}});
  std::vector<std::thread> clients;
  std::atomic<std::size_t> same = 0;
  std::atomic<std::uint64_t> base = 0;
  for (std::size_t c = 0; c < kClients; ++c) {
    clients.emplace_back([&] {
      const auto network = connect_network(path_, parameters_);
      base = network->base_bytes();
      const auto queue = network->make_queue(4, 9);
      for (std::size_t i = 0; i < kRequests; ++i) {
        same += predict(*queue, batch_.lines, {{3, 9}}) == one;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(same, kClients * kRequests);
  const ServerStatistics statistics = statistics_at_end();
  EXPECT_EQ(statistics.clients, kClients);
  EXPECT_EQ(statistics.requests, kClients * kRequests);
  EXPECT_EQ(statistics.windows, kClients * kRequests);
  EXPECT_LT(statistics.batches, kClients * kRequests * 3 / 4);
}

TEST_F(ServerTest, LosesNothingWithAClientThatDiesInTheMiddle) {
  card_.options().delay = 5;
  card_.apply();
  start(on_card());
  const auto good = connect_network(path_, parameters_);
  const auto queue = good->make_queue(16, 9);
  for (int i = 0; i < 5; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto bad = connect_network(path_, parameters_);
      const auto its_queue = bad->make_queue(16, 9);
      std::vector<float> out(27);
      const WindowTask task{{0, 9}, out.data()};
      its_queue->start(0, batch_.lines, {&task, 1});
      ::kill(::getpid(), SIGKILL);
    }
    EXPECT_EQ(predict(*queue, batch_.lines, kWindows), expected(kWindows));
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
  }
  EXPECT_EQ(predict(*queue, batch_.lines, kWindows), expected(kWindows));
}

TEST_F(ServerTest, ThatIsKilledIsNoticed) {
  card_.options().delay = 50;
  card_.apply();
  const pid_t child = ::fork();
  if (child == 0) {
    Server server(path_, "a server", on_card(), {});
    server.run([] { return false; });
  }
  std::unique_ptr<Accelerator> network;
  while (!network) network = connect_network(path_, parameters_);
  const auto queue = network->make_queue(16, 9);
  std::vector<float> out(27);
  const WindowTask task{{0, 9}, out.data()};
  queue->start(0, batch_.lines, {&task, 1});
  ::kill(child, SIGKILL);
  EXPECT_THROW(queue->finish(0), DeviceLost);
  EXPECT_THROW(queue->start(0, batch_.lines, {&task, 1}), DeviceLost);
  ::waitpid(child, nullptr, 0);
  // What it left behind is in nobody's way.
  EXPECT_TRUE(fs::exists(path_));
  EXPECT_EQ(connect_network(path_, parameters_), nullptr);
  card_.options().delay = 0;
  card_.apply();
  start(on_card());
  const auto again = connect_network(path_, parameters_);
  EXPECT_EQ(predict(*again->make_queue(16, 9), batch_.lines, kWindows), expected(kWindows));
}

TEST_F(ServerTest, ThatDoesNotAnswerCountsAsGone) {
  const pid_t child = ::fork();
  if (child == 0) {
    Server server(path_, "a server", on_card(), {});
    server.run([] { return false; });
  }
  std::unique_ptr<Accelerator> network;
  while (!network)
    network = connect_network(path_, parameters_, kSkolDeviceFp32, std::chrono::seconds(1));
  ::kill(child, SIGSTOP);
  EXPECT_THROW(network->make_queue(16, 9), DeviceLost);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST_F(ServerTest, IsTheOnlyOneAtItsPlace) {
  start(on_card());
  EXPECT_THROW(Server(path_, "another", on_card(), {}), Error);
  EXPECT_TRUE(connect_network(path_, parameters_));
}

TEST_F(ServerTest, RefusesAFolderThatOthersMayEnter) {
  ::chmod(folder_.c_str(), 0755);
  EXPECT_THROW(Server(path_, "a server", on_card(), {}), Error);
  EXPECT_FALSE(is_private_folder(folder_, false));
  fs::create_symlink(folder_, folder_ + "/link");
  EXPECT_FALSE(is_private_folder(folder_ + "/link", false));
}

TEST_F(ServerTest, TellsClientsBeyondTheMostToGo) {
  ServerOptions options;
  options.most_clients = 1;
  start(on_card(), options);
  const auto first = connect_network(path_, parameters_);
  EXPECT_THROW(connect_network(path_, parameters_), Error);
}

// A client that writes whatever it likes.
class RawClient {
 public:
  explicit RawClient(const std::string& path) : socket_(connect_to(path)) {
    receive_message(socket_);  // hello
  }
  bool send(const WireMessage& message, int file = -1) {
    return send_message(socket_, message, file);
  }
  // Whether the server still talks to it.
  std::optional<ReceivedMessage> answer() { return receive_message(socket_); }

  void load(const Parameters& parameters) {
    NetworkDescription description(parameters);
    SharedRegion weights(OwnedNetwork::floats(description.network()) * sizeof(float));
    description.copy_to(weights.at<float>(0));
    WireMessage message = sizes(description.network());
    send(message, weights.file().get());
    EXPECT_EQ(answer()->message.status, kSkolDeviceOk);
  }
  static WireMessage sizes(const SkolDeviceNetwork& network) {
    WireMessage message;
    message.kind = WireKind::kLoad;
    message.input_size = network.input_size;
    message.units = network.units;
    message.num_layers = network.num_layers;
    message.num_classes = network.num_classes;
    message.padded_classes = network.padded_classes;
    return message;
  }

 private:
  FileDescriptor socket_;
};

WireMessage region_message() {
  WireMessage message;
  message.kind = WireKind::kRegion;
  message.rows = 2;
  message.entries = 4;
  message.windows = 1;
  message.outputs = 6;
  return message;
}

TEST_F(ServerTest, SendsAwayWhoSaysWhatMakesNoSense) {
  Server& server = start(on_card());
  (void)server;
  const auto good = connect_network(path_, parameters_);
  const auto queue = good->make_queue(16, 9);
  const RegionLayout layout(2, 4, 1, 6);
  const auto bad_request = [&](const std::function<void(SharedRegion&, WireMessage&)>& spoil) {
    RawClient client(path_);
    client.load(parameters_);
    SharedRegion region(layout.bytes);
    WireMessage predict;
    predict.kind = WireKind::kPredict;
    predict.rows = 2;
    predict.windows = 1;
    region.at<std::uint64_t>(layout.offsets)[1] = 1;
    region.at<std::uint64_t>(layout.offsets)[2] = 3;
    *region.at<WireWindow>(layout.windows_at) = {0, 2};
    EXPECT_TRUE(client.send(region_message(), region.file().get()));
    EXPECT_EQ(client.answer()->message.status, kSkolDeviceOk);
    spoil(region, predict);
    EXPECT_TRUE(client.send(predict));
    return !client.answer();
  };
  EXPECT_FALSE(bad_request([](SharedRegion&, WireMessage&) {})) << "a good one";
  EXPECT_TRUE(bad_request([&](SharedRegion& region, WireMessage&) {
    region.at<std::uint32_t>(layout.columns)[2] = 31;
  }));
  EXPECT_TRUE(bad_request([&](SharedRegion& region, WireMessage&) {
    region.at<std::uint64_t>(layout.offsets)[1] = 4;
  }));
  EXPECT_TRUE(bad_request([&](SharedRegion& region, WireMessage&) {
    region.at<std::uint64_t>(layout.offsets)[2] = std::uint64_t{1} << 60;
  }));
  EXPECT_TRUE(bad_request([&](SharedRegion& region, WireMessage&) {
    *region.at<WireWindow>(layout.windows_at) = {1, 2};
  }));
  EXPECT_TRUE(bad_request([&](SharedRegion& region, WireMessage&) {
    *region.at<WireWindow>(layout.windows_at) = {UINT64_MAX, 2};
  }));
  EXPECT_TRUE(bad_request([&](SharedRegion& region, WireMessage&) {
    *region.at<WireWindow>(layout.windows_at) = {0, 0};
  }));
  EXPECT_TRUE(bad_request([](SharedRegion&, WireMessage& m) { m.rows = 3; }));
  EXPECT_TRUE(bad_request([](SharedRegion&, WireMessage& m) { m.windows = 2; }));
  EXPECT_TRUE(bad_request([](SharedRegion&, WireMessage& m) { m.slot = 2; }));
  EXPECT_TRUE(bad_request([](SharedRegion&, WireMessage& m) { m.slot = 1; }));
  EXPECT_TRUE(bad_request([](SharedRegion&, WireMessage& m) { m.version = 99; }));
  EXPECT_TRUE(bad_request([](SharedRegion&, WireMessage& m) { m.kind = WireKind::kDone; }));
  EXPECT_EQ(predict(*queue, batch_.lines, kWindows), expected(kWindows));
}

TEST_F(ServerTest, RefusesSharedMemoryThatCouldShrinkOrIsTooSmall) {
  start(on_card());
  const auto refused = [&](int file) {
    RawClient client(path_);
    client.send(region_message(), file);
    const auto answer = client.answer();
    return !answer || answer->message.status != kSkolDeviceOk;
  };
  const FileDescriptor unsealed(::memfd_create("test", MFD_CLOEXEC));
  ASSERT_EQ(::ftruncate(unsealed.get(), 4096), 0);
  EXPECT_TRUE(refused(unsealed.get()));
  EXPECT_TRUE(refused(SharedRegion(8).file().get()));
  EXPECT_TRUE(refused(-1));
  EXPECT_FALSE(refused(SharedRegion(4096).file().get()));
  WireMessage huge = RawClient::sizes(NetworkDescription(parameters_).network());
  huge.input_size = std::uint64_t{1} << 60;
  RawClient client(path_);
  client.send(huge, SharedRegion(8).file().get());
  EXPECT_FALSE(client.answer());
}

TEST_F(ServerTest, MakesItsBatchesAsLargeAsTheDeviceHasRoomFor) {
  const auto sizes = network_sizes(kShape);
  const auto library = DeviceLibrary::find();
  const std::uint64_t model = library->api().model_bytes(&sizes);
  // Room for 8 windows of 9 lines beside the model, where 64 were wanted.
  card_.options().memory = model + library->api().workspace_bytes(&sizes, 8, 9) + 100;
  card_.apply();
  ServerOptions options;
  options.most_windows = 64;
  start(on_card(), options);
  card_.card().set_tenant(0);
  const auto network = connect_network(path_, parameters_);
  const Probabilities result = predict(*network->make_queue(16, 9), batch_.lines, kWindows);
  network->make_queue(1, 1);
  const ServerStatistics statistics = statistics_at_end();
  EXPECT_EQ(statistics.reductions, 3u);  // 64, 32, 16
  server_.reset();
  card_.options().memory = 8 * kGB;
  card_.apply();
  EXPECT_EQ(result, expected(kWindows));
}

TEST_F(ServerTest, TellsAClientThatThereIsNoMemoryAndGoesOn) {
  const auto sizes = network_sizes(kShape);
  card_.options().memory = DeviceLibrary::find()->api().model_bytes(&sizes) + 1000;
  card_.apply();
  start(on_card());
  const auto network = connect_network(path_, parameters_);
  const auto queue = network->make_queue(16, 9);
  EXPECT_THROW(predict(*queue, batch_.lines, kWindows), std::bad_alloc);
  EXPECT_THROW(predict(*queue, batch_.lines, kWindows), std::bad_alloc);
  EXPECT_TRUE(connect_network(path_, parameters_));
}

TEST_F(ServerTest, ThatLosesItsDeviceTellsItsClients) {
  card_.options().lose = 2;
  card_.apply();
  server_ = std::make_unique<Server>(path_, "a server", on_card(), ServerOptions{});
  thread_ = std::thread([this] {
    EXPECT_THROW(server_->run([this] { return stop_.load(); }), DeviceLost);
    server_.reset();
  });
  const auto network = connect_network(path_, parameters_);
  const auto queue = network->make_queue(16, 9);
  predict(*queue, batch_.lines, {{0, 1}});
  EXPECT_THROW(predict(*queue, batch_.lines, {{0, 1}}), DeviceLost);
  thread_.join();
}

// As a full /dev/shm, or a memory limit, does: there is no room for what both have mapped.
TEST(SharedMemory, ThatIsNotThereIsWantOfMemoryAndNoSignal) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {4096, 4096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    int code = 1;
    try {
      SharedRegion region(1 << 20);
    } catch (const std::bad_alloc&) {
      code = 0;
    }
    ::_exit(code);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace skol
