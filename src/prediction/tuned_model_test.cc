// SPDX-License-Identifier: Apache-2.0
#include "prediction/tuned_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "base/thread_pool.h"
#include "model/tuning_record_testing.h"
#include "prediction/random_model_testing.h"
#include "skol/error.h"

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

// Long enough to measure something.
constexpr double kMoment = 0.05;

PredictionOptions one_scalar_thread() {
  PredictionOptions options;
  options.threads = 1;
  options.target = "scalar";
  return options;
}

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

TEST(TunedModel, HasTheRecordOfWhatWasMeasuredHere) {
  const Model model = random_model();
  const Model tuned =
      tuned_model(model, one_scalar_thread(), {random_document("a", 400, 1)}, kMoment);
  ASSERT_TRUE(tuned.tuned());
  const TuningRecord& record = *tuned.tuned();
  EXPECT_EQ(tuned.prediction_batch_size(), record.prediction_batch_size);
  EXPECT_GE(record.points.size(), 2U);
  for (const TuningRecord::Point& point : record.points) {
    EXPECT_GT(point.bytes, 0U);
    EXPECT_GT(point.windows_per_second, 0);
  }
  EXPECT_NE(record.reason, "");
  EXPECT_THAT(record.date, MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+Z"));
  EXPECT_NE(record.hardware.processor, "");
  EXPECT_EQ(record.hardware.cores, 1U);
  EXPECT_EQ(record.hardware.target, "scalar");
  EXPECT_EQ(tuned.digest(), model.digest());
}

TEST(TunedModel, NeedsNoDocuments) {
  EXPECT_TRUE(tuned_model(random_model(), one_scalar_thread(), {}, kMoment).tuned());
}

TEST(TunedModel, NeedsALineToLabelWhereDocumentsAreGiven) {
  const Document blank = parse_raw("blank.txt", "\n \n\t\n", TextErrors::kStrict);
  EXPECT_THAT(
      error_of(ErrorKind::kInput, [&] { tuned_model(random_model(), {}, {blank}, kMoment); }),
      HasSubstr("blank.txt"));
  EXPECT_TRUE(tuned_model(random_model(), one_scalar_thread(), {blank, random_document("a", 60, 1)},
                          kMoment)
                  .tuned());
}

TEST(TunedModel, TakesNoTimeThatIsNone) {
  for (const double seconds : {0.0, -1.0, 3601.0, double{NAN}, double{INFINITY}}) {
    EXPECT_THAT(
        error_of(ErrorKind::kParameter, [&] { tuned_model(random_model(), {}, {}, seconds); }),
        HasSubstr("seconds is"));
  }
}

TEST(PredictionHardware, HasTheThreadsAndTheTargetInForce) {
  EXPECT_EQ(prediction_hardware({}).cores, usable_cores());
  EXPECT_NE(prediction_hardware({}).target, "auto");
  EXPECT_EQ(prediction_hardware(one_scalar_thread()).cores, 1U);
  PredictionOptions wrong;
  wrong.target = "neon9";
  error_of(ErrorKind::kDevice, [&] { prediction_hardware(wrong); });
}

class TunedElsewhereTest : public ::testing::Test {
 protected:
  Model model_ = random_model().with_tuned(sample_record());
  TuningRecord::Hardware here_ = sample_record().hardware;
};

TEST_F(TunedElsewhereTest, SaysNothingOnTheHardwareOfTheTuning) {
  EXPECT_EQ(tuned_elsewhere(model_, 0, here_), "");
  here_.memory_bytes /= 2;
  EXPECT_EQ(tuned_elsewhere(model_, 0, here_), "");
}

TEST_F(TunedElsewhereTest, NamesBothWhereProcessorCoresOrTargetDiffer) {
  here_ = {"Intel(R) Xeon(R) (family 6, model 143)", 1, "avx2", 0};
  EXPECT_EQ(tuned_elsewhere(model_, 0, here_),
            "prediction_batch_size 32 was tuned on other hardware, AMD EPYC (family 25, model 17), "
            "2 cores, avx512; here is Intel(R) Xeon(R) (family 6, model 143), 1 core, avx2: labels "
            "are the same, speed and memory may not be; skol tune --save measures here");
  for (const auto& change : std::vector<std::function<void(TuningRecord::Hardware&)>>{
           [](auto& h) { h.processor = "another"; }, [](auto& h) { h.cores = 64; },
           [](auto& h) { h.target = "scalar"; }}) {
    here_ = sample_record().hardware;
    change(here_);
    EXPECT_THAT(tuned_elsewhere(model_, 0, here_),
                AllOf(HasSubstr(hardware_text(here_)), HasSubstr("skol tune --save")));
  }
}

TEST_F(TunedElsewhereTest, IsSilentWhereTheChoiceIsNotInForce) {
  here_.cores = 64;
  EXPECT_EQ(tuned_elsewhere(model_, 48, here_), "");
  EXPECT_EQ(tuned_elsewhere(model_.with_settings("{}", 48), 0, here_), "");
  EXPECT_EQ(tuned_elsewhere(random_model(), 0, here_), "");
}

TEST_F(TunedElsewhereTest, IsOneLineWhateverTheFileHolds) {
  TuningRecord record = sample_record();
  record.hardware.processor = "two\nlines\x1b[31m";
  const std::string text = tuned_elsewhere(model_.with_tuned(record), 0, here_);
  EXPECT_NE(text, "");
  EXPECT_EQ(text.find_first_of("\n\x1b"), std::string::npos) << text;
}

}  // namespace
}  // namespace skol
