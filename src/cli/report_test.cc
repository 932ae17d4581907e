// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/report_json.h"
#include "cli/report_table.h"

namespace skol {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;

// Two labels that occur and one that does not; one line of A was taken for B.
Scores small_scores() {
  ConfusionMatrix confusion({"A", "B", "Never"});
  confusion.add(0, 0);
  confusion.add(0, 1);
  confusion.add(1, 1);
  return score(std::move(confusion));
}

std::vector<std::string> keys_of(const Json& json) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  return keys;
}

std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

TEST(ReportJsonTest, ScoresHaveTheKeysScriptsRelyOn) {
  const Json json = Json::parse(scores_json(small_scores(), DiagnosticsLog(nullptr)));
  EXPECT_EQ(json["lines"], 3);
  EXPECT_DOUBLE_EQ(json["accuracy"], 2.0 / 3);
  EXPECT_DOUBLE_EQ(json["macro_f1"], (2.0 / 3 + 2.0 / 3) / 2);
  EXPECT_TRUE(json["macro_f1_frequent"].is_null());
  EXPECT_DOUBLE_EQ(json["weighted_f1"], 2.0 / 3);
  EXPECT_THAT(keys_of(json["labels"]), ElementsAre("A", "B", "Never"));
  EXPECT_THAT(keys_of(json["labels"]["A"]), ElementsAre("precision", "recall", "f1", "support"));
  EXPECT_EQ(json["labels"]["A"]["support"], 2);
  EXPECT_EQ(json["confusion"]["labels"], Json::parse(R"(["A","B","Never"])"));
  EXPECT_EQ(json["confusion"]["counts"], Json::parse("[[1,1,0],[0,1,0],[0,0,0]]"));
}

TEST(ReportJsonTest, PredictionsHaveTheKeysScriptsRelyOn) {
  PredictionReport report;
  report.stats.lines = 12;
  report.stats.blank_lines = 2;
  report.stats.batch_sizes = {64, 32};
  report.seconds = 2;
  const Json json = Json::parse(prediction_json(report, {}, DiagnosticsLog(nullptr)));
  for (const char* key :
       {"documents", "lines", "blank_lines", "windows", "predict_calls", "batch_sizes", "seconds",
        "lines_per_second", "peak_bytes", "workspace_bytes", "budget_bytes", "reductions"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(json["batch_sizes"], Json::parse("[64,32]"));
  EXPECT_EQ(json["lines_per_second"], 5.0);
  EXPECT_TRUE(json["budget_bytes"].is_null());
}

TEST(ReportJsonTest, IsOneLineWhateverTheNames) {
  ConfusionMatrix confusion({"a\nb\xff"});
  confusion.add(0, 0);
  const std::string line = scores_json(score(std::move(confusion)), DiagnosticsLog(nullptr));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_THAT(line, HasSubstr("\"a\\nb\xEF\xBF\xBD\""));
}

TEST(ReportJsonTest, DiagnosticsAreCountedByKind) {
  DiagnosticsLog log(nullptr);
  const Diagnostic one{"f", 1, 1, DiagnosticKind::kEmptyBlock, "m"};
  const Diagnostic many{"f", 2, 1, DiagnosticKind::kStrayCloser, "m", 3};
  log.add(std::vector<Diagnostic>{one, many, one});
  EXPECT_THAT(scores_json(small_scores(), log),
              HasSubstr(R"("diagnostics":{"total":5,"kinds":{"empty-block":2,"stray-closer":3}})"));
}

TEST(ReportTableTest, ShowsTheLabelsThatOccur) {
  EXPECT_THAT(scores_table(small_scores(), {}),
              AllOf(HasSubstr("A         1.0000     0.5000     0.6667          2\n"),
                    Not(HasSubstr("Never")), HasSubstr("accuracy 0.6667   macro-F1 0.6667")));
}

TEST(ReportTableTest, ShowsTheConfusionMatrixWhereItFits) {
  EXPECT_THAT(confusion_table(small_scores(), {}),
              HasSubstr("A                       1        1\n"));
}

TEST(ReportTableTest, FitsEightyColumnsWhateverTheLabels) {
  std::vector<std::string> labels;
  for (int i = 0; i < 20; ++i) labels.push_back(std::string(1 + 6 * i, 'a') + std::to_string(i));
  labels.push_back("control\x1b[31m\n");
  ConfusionMatrix confusion(labels);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    confusion.add(i, i);
    confusion.add(i, (i + 1) % labels.size());
  }
  const Scores scores = score(std::move(confusion));
  EXPECT_THAT(longest_line(scores_table(scores, {})), Le(80U));
  EXPECT_THAT(longest_line(confusion_table(scores, {})), Le(80U));
  EXPECT_THAT(scores_table(scores, {}), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace skol
