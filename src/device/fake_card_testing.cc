// SPDX-License-Identifier: Apache-2.0
#include "device/fake_card_testing.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace skol {

FakeCardOptions FakeCardOptions::of_environment() {
  FakeCardOptions options;
  const char* const set = std::getenv("SKOL_FAKE_DEVICE");
  std::istringstream words(set == nullptr ? "" : set);
  for (std::string word; std::getline(words, word, ',');) {
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals), value = word.substr(equals + 1);
    if (key == "state") options.state = value;
    if (key == "memory") options.memory = std::stoull(value);
    if (key == "context") options.context = std::stoull(value);
    if (key == "factor") options.factor = std::stoull(value);
    if (key == "refuse") options.refuse = std::stoull(value);
    if (key == "delay") options.delay = std::stoull(value);
    if (key == "lose") options.lose = std::stoull(value);
    if (key == "shared") options.shared = std::stoull(value);
    if (key == "clusters") options.clusters = std::stoull(value);
    if (key == "threads") options.threads = std::stoll(value);
  }
  return options;
}

std::string FakeCardOptions::text() const {
  std::ostringstream out;
  out << "state=" << state << ",memory=" << memory << ",context=" << context << ",factor=" << factor
      << ",refuse=" << refuse << ",delay=" << delay << ",lose=" << lose << ",shared=" << shared
      << ",clusters=" << clusters << ",threads=" << threads;
  return out.str();
}

std::uint64_t FakeCard::State::used() const {
  std::uint64_t bytes = 0;
  for (const Process& process : processes) bytes += process.bytes;
  return bytes;
}

FakeCard::FakeCard(const std::string& state_file)
    : file_(::open(state_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (!file_ || ::ftruncate(file_.get(), sizeof(State)) != 0) {
    throw std::runtime_error("no fake card at " + state_file);
  }
  void* const mapped =
      ::mmap(nullptr, sizeof(State), PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
  if (mapped == MAP_FAILED) throw std::runtime_error("cannot map " + state_file);
  state_ = static_cast<State*>(mapped);
}

FakeCard::~FakeCard() {
  ::munmap(state_, sizeof(State));
}

template <class Work>
auto FakeCard::locked(const Work& work) {
  struct Lock {
    explicit Lock(int fd) : fd_(fd) {
      while (::flock(fd_, LOCK_EX) != 0 && errno == EINTR) {
      }
    }
    ~Lock() { ::flock(fd_, LOCK_UN); }
    int fd_;
  } lock(file_.get());
  // A driver takes back what a process had that is gone.
  for (State::Process& process : state_->processes) {
    const bool gone = process.pid != 0 && ::kill(static_cast<pid_t>(process.pid), 0) != 0;
    if (gone && errno == ESRCH) process = {};
  }
  return work();
}

std::uint64_t& FakeCard::own_bytes() {
  const std::int64_t self = ::getpid();
  State::Process* place = nullptr;
  for (State::Process& process : state_->processes) {
    if (process.pid == self) return process.bytes;
    if (process.pid == 0 && place == nullptr) place = &process;
  }
  if (place == nullptr) throw std::runtime_error("too many processes on the fake card");
  *place = {self, 0};
  return place->bytes;
}

bool FakeCard::claim(std::uint64_t bytes, std::uint64_t memory) {
  return locked([&] {
    std::uint64_t& own = own_bytes();
    const std::uint64_t used = state_->used() + state_->tenant;
    if (used + bytes > memory) return false;
    own += bytes;
    state_->most_used = std::max(state_->most_used, state_->used());
    return true;
  });
}

void FakeCard::give_back(std::uint64_t bytes) {
  locked([&] { own_bytes() -= bytes; });
}

std::uint64_t FakeCard::free(std::uint64_t memory) {
  return locked([&] {
    const std::uint64_t used = state_->used() + state_->tenant;
    return memory > used ? memory - used : 0;
  });
}

void FakeCard::set_tenant(std::uint64_t bytes) {
  locked([&] { state_->tenant = bytes; });
}

FakeCard::State FakeCard::state() {
  return locked([&] { return *state_; });
}

}  // namespace skol
