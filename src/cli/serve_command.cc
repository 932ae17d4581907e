// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "base/sizes.h"
#include "cli/background.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/option_flags.h"
#include "cli/standard_output.h"
#include "cli/terminal.h"
#include "device/local_device.h"
#include "kernels/kernels.h"
#include "prediction/device_batch.h"
#include "prediction/run_device.h"
#include "serving/cpu_network.h"
#include "serving/server.h"
#include "skol/memory.h"

namespace skol {
namespace {

struct ServeArguments {
  PredictionOptions options;
  std::string device = "cuda";
  bool background = false;
  std::size_t idle_seconds = 0;
};

void declare(CommandLine& line, ServeArguments& arguments) {
  line.add_option({"--device", "cpu|cuda[:N]", kMachineGroup, "what computes", arguments.device},
                  [&](const std::string& text) {
                    if (!is_device_name(text) || text == "auto") {
                      fail_usage("--device is {}: expected cpu, cuda or cuda:N", in_quotes(text));
                    }
                    arguments.device = text;
                  });
  line.add_flag("--background", arguments.background, kMachineGroup,
                "return when the server listens; it goes on by itself");
  line.add_option({"--idle-seconds", "N", kMachineGroup,
                   "seconds without a client after which it ends; 0: never", "0"},
                  [&](const std::string& text) {
                    const char* const end = text.data() + text.size();
                    const auto [stopped, error] =
                        std::from_chars(text.data(), end, arguments.idle_seconds);
                    if (error != std::errc() || stopped != end || text.size() > 9) {
                      fail_usage("--idle-seconds is {}: expected whole seconds", in_quotes(text));
                    }
                  });
  add_prediction_options(line, arguments.options,
                         {"prediction_batch_size", "threads", "target", "memory_budget"});
}

// The device's memory, or the process' own, of which a percentage is one.
std::uint64_t budget_of(const ServeArguments& arguments, std::uint64_t free_bytes) {
  const std::string& text = arguments.options.memory_budget;
  if (arguments.device == "cpu") {
    const MemoryBudget budget = memory_budget({text, 1, 0});
    return budget.is_there() ? budget.bytes - std::min(budget.held, budget.bytes) : 0;
  }
  return text.empty() ? 0 : parse_size_or_percentage("memory_budget", text, free_bytes).bytes;
}

// Whether nobody was there for so long.
class Idle {
 public:
  explicit Idle(std::size_t seconds) : limit_(seconds) {}
  bool is_over(const Server& server) {
    const auto now = std::chrono::steady_clock::now();
    if (limit_.count() == 0 || server.has_clients()) since_ = now;
    return now - since_ > limit_;
  }

 private:
  std::chrono::seconds limit_;
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

// Until it is interrupted, or idle for long: so a server ends.
int serve(const std::string& device, const ServeArguments& arguments, Server& server) {
  if (arguments.background) {
    tell_background_parent();
  } else {
    print_to_stderr(
        fmt::format("skol serve: {} for clients of this user; Ctrl-C ends it\n", device));
  }
  Idle idle(arguments.idle_seconds);
  server.run([&] { return interrupting_signal() != 0 || idle.is_over(server); });
  const ServerStatistics done = server.statistics();
  print_to_stderr(fmt::format("skol serve: {}, {} in {}\n", counted(done.clients, "client"),
                              counted(done.windows, "window"), counted(done.batches, "call")));
  return kExitDone;
}

int serve_on_cpu(const ServeArguments& arguments, const std::string& path, ServerOptions options) {
  const Kernels& kernels = find_kernels(arguments.options.target);
  const std::size_t threads = arguments.options.threads;
  ThreadPool pool(threads > 0 ? threads : usable_cores());
  options.budget_bytes = budget_of(arguments, 0);
  Server server(
      path, fmt::format("cpu {} (server)", kernels.name()),
      [&](const OwnedNetwork& network) { return cpu_network(network, kernels, pool); }, options);
  return serve(fmt::format("cpu {}", kernels.name()), arguments, server);
}

int serve_on_device(const ServeArguments& arguments, const std::string& path,
                    ServerOptions options) {
  const auto device =
      std::make_shared<LocalDevice>(DeviceLibrary::find(), device_index(arguments.device));
  options.budget_bytes = budget_of(arguments, device->free_bytes());
  Server server(
      path, device->name() + " (server)",
      [device](const OwnedNetwork& network) { return load_network(device, network.network()); },
      options);
  return serve(device->name(), arguments, server);
}

}  // namespace

int serve_command(Arguments given) {
  CommandLine line("skol serve",
                   "Owns a device for all predictions of this user on this machine: one context, "
                   "one copy of a model, windows of all clients in common batches. skol predict, "
                   "Python and Spark find it by themselves with --device cuda or auto, and start "
                   "it where none runs. On machines "
                   "without a GPU --device cpu keeps one copy of a model for all.");
  ServeArguments arguments;
  declare(line, arguments);
  if (!line.parse(given)) return kExitDone;
  check(arguments.options);
  const bool cpu = arguments.device == "cpu";
  const std::string name = cpu ? "cpu" : fmt::format("cuda:{}", device_index(arguments.device));
  if (socket_folders().empty()) fail(ErrorKind::kParameter, "SKOL_SERVE is off: expected a folder");
  const std::string path = socket_path(socket_folders().front(), name);
  if (arguments.background) {
    if (const std::optional<int> status = go_into_background()) return *status;
  }
  ServerOptions options;
  if (const std::size_t size = arguments.options.prediction_batch_size;
      size > 0 && size != kAutoBatchSize) {
    options.most_windows = size;
  } else {
    options.most_windows = kDeviceWindows;
  }
  return cpu ? serve_on_cpu(arguments, path, options) : serve_on_device(arguments, path, options);
}

}  // namespace skol
