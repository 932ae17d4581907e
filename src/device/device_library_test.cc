// SPDX-License-Identifier: Apache-2.0
#include "device/device_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "skol/error.h"

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kDevice);
    return error.what();
  }
  return "nothing was thrown";
}

TEST(DeviceLibrary, ThatIsNotThereIsNamed) {
  EXPECT_THAT(message_of([] { DeviceLibrary::open("/nowhere/libskol_cuda.so"); }),
              HasSubstr("'/nowhere/libskol_cuda.so' cannot be opened"));
}

TEST(DeviceLibrary, ThatIsNoneIsRefused) {
  EXPECT_THAT(message_of([] { DeviceLibrary::open("libm.so.6"); }),
              AllOf(HasSubstr("libm.so.6"), HasSubstr("no device library of this version")));
  const std::string path = ::testing::TempDir() + "not_a_library.so";
  std::ofstream(path) << "text";
  EXPECT_THAT(message_of([&] { DeviceLibrary::open(path); }), HasSubstr("cannot be opened"));
}

TEST(DeviceLibrary, IsLookedForBesideTheProgramAndInItsLib) {
  const std::vector<std::string> places = device_library_places();
  ASSERT_EQ(places.size(), 3u);
  for (const std::string& place : places) EXPECT_THAT(place, HasSubstr("/libskol_cuda.so"));
  EXPECT_THAT(places[1], HasSubstr("/lib/libskol_cuda.so"));
}

}  // namespace
}  // namespace skol
