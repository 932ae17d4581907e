// SPDX-License-Identifier: Apache-2.0
// Predictions on a device, a stand-in whose memory runs out, which other processes use, which is
// lost in the middle; and through a server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "device/card_in_place_testing.h"
#include "device/network_description.h"
#include "device/wire_socket.h"
#include "prediction/device_batch.h"
#include "prediction/random_model_testing.h"
#include "prediction/run_device.h"
#include "prediction/tuned_model.h"
#include "skol/error.h"
#include "skol/predictor.h"

namespace skol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Result {
  PredictionStats stats;
  std::vector<float> probabilities;
  std::vector<std::int32_t> labels;
};

Result predict(Predictor& predictor, const Predictor::Look& look = {}) {
  Result result;
  unsigned next = 0;
  result.stats = predictor.run(
      [&]() -> std::optional<Document> {
        if (next == 6) return std::nullopt;
        const unsigned i = next++;
        return random_document("d" + std::to_string(i), 1 + 90 * i, i);
      },
      [&](LabelledDocument&& document) {
        result.labels.insert(result.labels.end(), document.labels.begin(), document.labels.end());
        result.probabilities.insert(result.probabilities.end(), document.probabilities.begin(),
                                    document.probabilities.end());
      },
      look);
  return result;
}

Result predict(const Model& model, const std::string& device, std::size_t batch_size) {
  PredictionOptions options;
  options.device = device;
  options.prediction_batch_size = batch_size;
  options.threads = 2;
  Predictor predictor(model, options);
  return predict(predictor);
}

void expect_near(const Result& a, const Result& b) {
  EXPECT_EQ(a.labels, b.labels);
  ASSERT_EQ(a.probabilities.size(), b.probabilities.size());
  for (std::size_t i = 0; i < a.probabilities.size(); ++i) {
    ASSERT_NEAR(a.probabilities[i], b.probabilities[i], 1e-5);
  }
}

class DeviceRun : public ::testing::Test {
 protected:
  DeviceRun() : folder_(::testing::TempDir() + "skol_device_run") {
    std::filesystem::remove_all(folder_);
    ::mkdir(folder_.c_str(), 0700);
    ::setenv("SKOL_SERVE", folder_.c_str(), 1);
  }
  ~DeviceRun() override {
    ::unsetenv("SKOL_SERVE");
    std::filesystem::remove_all(folder_);
  }

  // Device memory for the model, and batches of so many windows.
  std::uint64_t bytes_for(std::size_t windows) const {
    const auto sizes = network_sizes(model_.data().parameters.shape());
    const auto library = DeviceLibrary::find();
    return library->api().model_bytes(&sizes) + library->api().workspace_bytes(&sizes, windows, 50);
  }

  std::string folder_;
  CardInPlace card_;
  Model model_ = random_model();
};

TEST_F(DeviceRun, HasTheLabelsOfTheProcessorAndTheSameBitsForEveryBatchSize) {
  for (const std::size_t layers : {0u, 2u}) {
    const Model model = random_model(layers);
    const Result cpu = predict(model, "cpu", 64);
    EXPECT_EQ(cpu.stats.device_bytes, 0u);
    const Result first = predict(model, "cuda", 1);
    expect_near(first, cpu);
    EXPECT_EQ(first.stats.device, "cuda:0 Fake Card");
    EXPECT_GT(first.stats.device_bytes, 0u);
    EXPECT_THAT(first.stats.notices, IsEmpty());
    for (const std::size_t batch_size : {2u, 7u, 64u, 1000u}) {
      const Result other = predict(model, "cuda:0", batch_size);
      EXPECT_EQ(other.probabilities, first.probabilities) << batch_size;
      EXPECT_EQ(other.stats.reductions, 0u);
    }
  }
  EXPECT_EQ(card_.used(), 0u) << "all is given back";
}

TEST_F(DeviceRun, MakesTheBatchSmallerWhereTheDeviceIsFullAndLargerWhenItIsNot) {
  const Result expected = predict(model_, "cuda", 20);
  card_.options().memory = 8 * kGB;
  card_.apply();
  PredictionOptions options;
  options.device = "cuda";
  options.prediction_batch_size = 20;
  Predictor predictor(model_, options);
  // Somebody else takes all but what five windows need.
  card_.card().set_tenant(card_.options().memory - bytes_for(5));
  const Result short_of_memory = predict(predictor);
  EXPECT_EQ(short_of_memory.probabilities, expected.probabilities);
  EXPECT_GE(short_of_memory.stats.reductions, 2u);
  EXPECT_EQ(short_of_memory.stats.batch_sizes[2], 5u);
  EXPECT_THAT(short_of_memory.stats.notices, IsEmpty());
  // The device stays usable: with room for more, the next run has its batch again.
  card_.card().set_tenant(0);
  const Result again = predict(predictor);
  EXPECT_EQ(again.stats.reductions, 0u);
  EXPECT_EQ(again.probabilities, expected.probabilities);
}

TEST_F(DeviceRun, GrowsAgainInTheMiddleWhenSomebodyElseLeaves) {
  const Result expected = predict(model_, "cuda", 8);
  PredictionOptions options;
  options.device = "cuda";
  options.prediction_batch_size = 8;
  Predictor predictor(model_, options);
  FakeCard card(card_.options().state);
  card.set_tenant(card_.options().memory - bytes_for(2));
  std::size_t looks = 0;
  const Result result = predict(predictor, [&](const PredictionStats&) {
    if (++looks == 3) card.set_tenant(0);
  });
  EXPECT_EQ(result.probabilities, expected.probabilities);
  EXPECT_EQ(result.stats.batch_sizes.front(), 8u);
  EXPECT_GT(result.stats.batch_sizes.back(), 2u);
}

TEST_F(DeviceRun, PlansWithItsShareOfTheDevice) {
  const Result expected = predict(model_, "cuda", 20);
  // Room for little more than 20 windows in all: as one of two, there is less than half for this.
  card_.options().memory = bytes_for(20) * 100 / 90;
  card_.apply();
  PredictionOptions options;
  options.device = "cuda";
  options.prediction_batch_size = 20;
  Predictor alone(model_, options);
  EXPECT_EQ(predict(alone).stats.reductions, 0u);
  options.executors = 2;
  Predictor one_of_two(model_, options);
  const Result shared = predict(one_of_two);
  EXPECT_EQ(shared.probabilities, expected.probabilities);
  EXPECT_GT(shared.stats.reductions, 0u);
  EXPECT_LE(shared.stats.device_bytes, card_.options().memory / 2);
}

TEST_F(DeviceRun, GoesOnOnTheProcessorWhenTheDeviceIsLost) {
  const Result cpu = predict(model_, "cpu", 4);
  card_.options().lose = 5;
  card_.apply();
  const Result result = predict(model_, "cuda", 4);
  expect_near(result, cpu);
  EXPECT_THAT(result.stats.notices, ElementsAre(AllOf(HasSubstr("the rest is computed on the CPU"),
                                                      HasSubstr("fell off the bus"))));
  EXPECT_THAT(result.stats.device, HasSubstr("cpu"));
  EXPECT_EQ(result.stats.predict_calls, cpu.stats.predict_calls);
}

TEST_F(DeviceRun, GoesOnOnTheProcessorWhereNotEvenOneWindowFits) {
  const Result cpu = predict(model_, "cpu", 4);
  card_.options().memory = bytes_for(0) + 1000;
  card_.apply();
  const Result result = predict(model_, "cuda", 4);
  expect_near(result, cpu);
  EXPECT_THAT(result.stats.notices, ElementsAre(HasSubstr("no memory left for one window")));
}

TEST_F(DeviceRun, SurvivesAllocationsThatFailNowAndThen) {
  const Result expected = predict(model_, "cuda", 4);
  card_.options().refuse = 2;
  card_.apply();
  const Result result = predict(model_, "cuda", 4);
  EXPECT_EQ(result.probabilities, expected.probabilities);
  EXPECT_GT(result.stats.reductions + result.stats.batch_sizes.size(), 1u);
}

TEST_F(DeviceRun, NamedAndNotThereIsAnErrorAndAutoANotice) {
  ::setenv("SKOL_DEVICE_LIBRARY", "/nowhere/libskol_cuda.so", 1);
  try {
    predict(model_, "cuda:3", 4);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kDevice);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("device cuda:3: "), HasSubstr("/nowhere")));
  }
  const Result result = predict(model_, "auto", 4);
  expect_near(result, predict(model_, "cpu", 4));
  EXPECT_THAT(result.stats.notices, ElementsAre(HasSubstr("computing on the CPU")));
  ::setenv("SKOL_DEVICE_LIBRARY", SKOL_FAKE_DEVICE_LIBRARY, 1);
  EXPECT_THROW(predict(model_, "cuda:1", 4), Error) << "there is one device";
  EXPECT_EQ(predict(model_, "auto", 4).stats.device, "cuda:0 Fake Card");
}

TEST_F(DeviceRun, IsOnTheProcessorWhereTheDeviceIsTooFullForTheModel) {
  const Result cpu = predict(model_, "cpu", 4);
  card_.options().memory = 1000;
  card_.apply();
  const Result result = predict(model_, "cuda", 4);
  EXPECT_EQ(result.probabilities, cpu.probabilities);
  EXPECT_THAT(result.stats.notices, ElementsAre(HasSubstr("no memory of the device")));
  EXPECT_EQ(card_.used(), 0u);
}

TEST_F(DeviceRun, TakesTheBytesThatArithmeticSays) {
  card_.options().context = 250'000'000;
  card_.apply();
  const FakeCard card(card_.options().state);
  for (const std::size_t batch_size : {1u, 32u, 256u, 5000u}) {
    PredictionOptions options;
    options.device = "cuda";
    options.prediction_batch_size = batch_size;
    Predictor predictor(model_, options);
    const std::uint64_t planned = 250'000'000 + bytes_for(std::min(batch_size, kDeviceWindows));
    const Result result =
        predict(predictor, [&](const PredictionStats&) { EXPECT_EQ(card_.used(), planned); });
    EXPECT_EQ(result.stats.device_bytes, planned);
  }
}

TEST_F(DeviceRun, IsTunedWithBytesOfTheDeviceAndRecordsIt) {
  card_.options().context = 1'000'000;
  card_.options().memory = 1'000'000 + bytes_for(50);
  card_.apply();
  PredictionOptions options;
  options.device = "cuda";
  const TuningRecord record = *tuned_model(model_, options, {}, 0.1).tuned();
  EXPECT_EQ(record.device, "cuda:0");
  EXPECT_EQ(record.hardware.processor, "Fake Card");
  EXPECT_EQ(record.hardware.target, "cuda");
  EXPECT_EQ(record.hardware.memory_bytes, card_.options().memory);
  EXPECT_EQ(record.points.back().batch_size, 32u) << "48 are more than is free, less 5 %";
  for (const TuningRecord::Point& point : record.points) {
    EXPECT_EQ(point.bytes, 1'000'000 + bytes_for(point.batch_size));
  }
  EXPECT_LT(record.fit_error, 0.001);
  EXPECT_EQ(
      tuned_elsewhere(model_.with_tuned(TuningRecord(record)), 0, prediction_hardware(options)),
      "");
  options.device = "cpu";
  EXPECT_THAT(
      tuned_elsewhere(model_.with_tuned(TuningRecord(record)), 0, prediction_hardware(options)),
      HasSubstr("Fake Card"));
  card_.options().memory = 1000;
  card_.apply();
  options.device = "cuda";
  EXPECT_THROW(tuned_model(model_, options, {}, 0.1), Error) << "no room for the model";
}

TEST(DeviceName, IsOneOfFew) {
  for (const char* name : {"cpu", "auto", "cuda", "cuda:0", "cuda:17"}) {
    EXPECT_TRUE(is_device_name(name)) << name;
  }
  for (const char* name : {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "CUDA"}) {
    EXPECT_FALSE(is_device_name(name)) << name;
  }
}

}  // namespace
}  // namespace skol
