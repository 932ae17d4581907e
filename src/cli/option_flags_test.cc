// SPDX-License-Identifier: Apache-2.0
#include "cli/option_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "skol/error.h"

namespace skol {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class OptionFlagsTest : public ::testing::Test {
 protected:
  OptionFlagsTest() {
    add_training_options(line_, training_);
    add_prediction_options(line_, prediction_, {"prediction_batch_size", "threads"});
  }
  void parse(const std::vector<std::string>& arguments) { line_.parse(arguments); }
  std::string usage_error(const std::vector<std::string>& arguments) {
    try {
      parse(arguments);
    } catch (const CommandFailure& failure) {
      EXPECT_EQ(failure.status(), kExitUsage);
      return failure.what();
    }
    ADD_FAILURE() << "no error";
    return "";
  }

  CommandLine line_{"skol train", ""};
  TrainingOptions training_;
  PredictionOptions prediction_;
};

TEST_F(OptionFlagsTest, TakesEveryKindOfValue) {
  parse({"--hidden-size", "16", "--dropout=0.5", "--labels", "all", "--focal-labels", "A,B",
         "--final-refit", "--seed", "18446744073709551615", "--prediction-batch-size", "96",
         "--threads", "2"});
  EXPECT_EQ(training_.hidden_size, 16U);
  EXPECT_EQ(training_.dropout, 0.5);
  EXPECT_EQ(training_.labels, "all");
  EXPECT_THAT(training_.focal_labels, ElementsAre("A", "B"));
  EXPECT_TRUE(training_.final_refit);
  EXPECT_EQ(training_.seed, 18446744073709551615U);
  EXPECT_EQ(prediction_.prediction_batch_size, 96U);
  EXPECT_EQ(prediction_.threads, 2U);
}

TEST_F(OptionFlagsTest, LeavesTheDefaultsWhereNothingIsSaid) {
  parse({});
  EXPECT_EQ(training_.hidden_size, TrainingOptions().hidden_size);
  EXPECT_EQ(prediction_.prediction_batch_size, 0U);
}

TEST_F(OptionFlagsTest, TheLastOfTheSameOptionCounts) {
  parse({"--epochs", "3", "--epochs", "5"});
  EXPECT_EQ(training_.epochs, 5U);
}

TEST_F(OptionFlagsTest, ASizeOfTheCompactVocabularyAsksForCompactFeatures) {
  parse({"--word-vocab-size", "300"});
  EXPECT_EQ(training_.features, "compact");
  EXPECT_EQ(training_.word_vocab_size, 300U);
}

TEST_F(OptionFlagsTest, FeaturesThatAreNamedStayThese) {
  parse({"--suffix-vocab-size", "30", "--features", "rich"});
  EXPECT_EQ(training_.features, "rich");
}

TEST_F(OptionFlagsTest, ReadsWholeNumbersInDecimalOnly) {
  parse({"--epochs", "010"});
  EXPECT_EQ(training_.epochs, 10U);
  for (const char* value : {"", "x", "1.5", "-1", "0x10", "1e3", "18446744073709551616", " 1"}) {
    EXPECT_THAT(usage_error({"--epochs", value}),
                AllOf(HasSubstr("--epochs"), HasSubstr("expected")))
        << value;
  }
}

TEST_F(OptionFlagsTest, NamesValuesThatAreNoNumbers) {
  for (const char* value : {"x", "nan", "inf", "0,5", "1e999"}) {
    EXPECT_THAT(usage_error({"--dropout", value}), HasSubstr("--dropout is '")) << value;
  }
  EXPECT_THAT(usage_error({"--focal-labels", "A,,B"}), HasSubstr("--focal-labels is 'A,,B'"));
}

TEST_F(OptionFlagsTest, ABatchHoldsAtLeastOneWindow) {
  for (const char* value : {"0", "-5", "x", "", "64.0"}) {
    EXPECT_THAT(usage_error({"--prediction-batch-size", value}),
                AllOf(HasSubstr("--prediction-batch-size is '"), HasSubstr("1 or more")))
        << value;
  }
}

TEST_F(OptionFlagsTest, OffersTheNearestNameForAnUnknownOption) {
  EXPECT_THAT(usage_error({"--epoch", "3"}), AllOf(HasSubstr("'--epoch'"), HasSubstr("--epochs?")));
  EXPECT_THAT(usage_error({"--drop-out=1"}), HasSubstr("--dropout?"));
  EXPECT_THAT(usage_error({"-x"}), HasSubstr("'-x'"));
  EXPECT_THAT(usage_error({"--target", "scalar"}), HasSubstr("'--target'"));
}

TEST_F(OptionFlagsTest, NamesAnOptionWithoutItsValue) {
  EXPECT_THAT(usage_error({"--epochs"}), HasSubstr("--epochs"));
}

TEST(ChoiceTest, OffersTheNearestName) {
  CommandLine line("skol predict", "");
  std::string format = "annotated";
  add_choice(line, "format", format, {"annotated", "jsonl"}, "Output", "");
  line.parse(std::vector<std::string>{"--format", "jsonl"});
  EXPECT_EQ(format, "jsonl");
  try {
    line.parse(std::vector<std::string>{"--format", "jsn"});
    ADD_FAILURE() << "no error";
  } catch (const CommandFailure& failure) {
    EXPECT_THAT(failure.what(), AllOf(HasSubstr("'jsn'"), HasSubstr("did you mean jsonl?")));
  }
}

TEST(PositionalTest, TakesPathsAmongOptionsAndAfterTheMark) {
  CommandLine line("skol predict", "");
  std::string model;
  std::vector<std::string> inputs;
  bool json = false;
  add_model_argument(line, model);
  line.add_positional("INPUT", inputs, "");
  line.add_flag("--json", json, "Output", "");
  line.parse(std::vector<std::string>{"m", "a", "--json", "-", "--", "-b", "--json"});
  EXPECT_EQ(model, "m");
  EXPECT_TRUE(json);
  EXPECT_THAT(inputs, ElementsAre("a", "-", "-b", "--json"));
}

TEST(PositionalTest, RefusesANameThatWouldBeTakenForAList) {
  CommandLine line("skol predict", "");
  std::vector<std::string> inputs;
  line.add_positional("INPUT", inputs, "");
  EXPECT_THROW(line.parse(std::vector<std::string>{"[a,b]"}), CommandFailure);
  line.parse(std::vector<std::string>{"./[a,b]"});
  EXPECT_THAT(inputs, ElementsAre("./[a,b]"));
}

TEST(WithFlagsTest, NamesOptionsAsTheCommandDoes) {
  EXPECT_EQ(with_flags("hidden_size is 0: expected 1 or more"),
            "--hidden-size is 0: expected 1 or more");
  EXPECT_EQ(with_flags("epochs is 0: of the epochs"), "--epochs is 0: of the epochs");
  EXPECT_EQ(with_flags("class_weights 'x' and focal_labels 'y'"),
            "--class-weights 'x' and --focal-labels 'y'");
  EXPECT_EQ(with_flags("my_hidden_size"), "my_hidden_size");
  EXPECT_EQ(with_flags(""), "");
}

}  // namespace
}  // namespace skol
