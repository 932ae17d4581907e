// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "device/fake_card_testing.h"
#include "device/local_device.h"

namespace skol {

inline constexpr std::uint64_t kGB = 1'000'000'000;

// A fake card in the environment while it lives: SKOL_DEVICE_LIBRARY names the device library of
// the tests, SKOL_FAKE_DEVICE what the card is like.
class CardInPlace {
 public:
  explicit CardInPlace(FakeCardOptions options = {}) : options_(std::move(options)) {
    char name[] = "/tmp/skol_fake_card_XXXXXX";
    ::close(::mkstemp(name));
    options_.state = name;
    if (options_.memory == 0) options_.memory = 8 * kGB;
    apply();
    ::setenv("SKOL_DEVICE_LIBRARY", SKOL_FAKE_DEVICE_LIBRARY, 1);
  }
  ~CardInPlace() {
    std::filesystem::remove(options_.state);
    ::unsetenv("SKOL_DEVICE_LIBRARY");
    ::unsetenv("SKOL_FAKE_DEVICE");
  }
  CardInPlace(const CardInPlace&) = delete;
  CardInPlace& operator=(const CardInPlace&) = delete;

  // For contexts that are opened from then on.
  FakeCardOptions& options() { return options_; }
  void apply() const { ::setenv("SKOL_FAKE_DEVICE", options_.text().c_str(), 1); }
  FakeCard card() const { return FakeCard(options_.state); }
  std::uint64_t used() const { return card().state().used(); }

  std::shared_ptr<LocalDevice> open() const {
    return std::make_shared<LocalDevice>(DeviceLibrary::find(), 0);
  }

 private:
  FakeCardOptions options_;
};

}  // namespace skol
