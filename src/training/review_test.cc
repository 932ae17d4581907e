// SPDX-License-Identifier: Apache-2.0
#include "training/review.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "skol/error.h"

namespace skol {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

Document annotated(std::string id, const std::string& text) {
  std::vector<Diagnostic> diagnostics;
  return parse_annotated(std::move(id), text, TextErrors::kStrict, diagnostics);
}

// A paper whose lines tell their label; in the block `slip` a description bears another one.
Document paper(std::size_t number, std::size_t slip = 99) {
  std::string text;
  for (std::size_t b = 0; b < 12; ++b) {
    text += "[@ Agaricus novus sp. nov. #Nomenclature*]\n\n";
    text += std::string("[@ Pileus convex, brown, with gills #") +
            (b == slip ? "Nomenclature" : "Description") + "*]\n";
    text += "[@ The type was found on bark #Bibliography*]\n";
  }
  return annotated("paper" + std::to_string(number), text);
}

std::vector<Document> papers(std::size_t slip = 99) {
  std::vector<Document> documents;
  for (std::size_t i = 0; i < 6; ++i) documents.push_back(paper(i, i == 2 ? slip : 99));
  return documents;
}

TrainingOptions small_options() {
  TrainingOptions options;
  options.hidden_size = 16;
  options.num_layers = 1;
  options.window_size = 10;
  options.batch_size = 4;
  options.epochs = 6;
  options.learning_rate = 0.02;
  return options;
}

ReviewOptions folds(std::size_t count) {
  ReviewOptions options;
  options.folds = count;
  options.min_probability = 0.6;
  return options;
}

TEST(Review, FindsTheSlipOfAnAnnotator) {
  const std::vector<Document> documents = papers(5);
  const Review found = review(documents, small_options(), folds(3), {});
  ASSERT_EQ(found.contradictions.size(), 1U);
  const Contradiction& slip = found.contradictions[0];
  EXPECT_EQ(slip.document, 2U);
  EXPECT_EQ(documents[2].line(slip.line), "Pileus convex, brown, with gills");
  EXPECT_EQ(slip.line, 5U * 4 + 2);
  EXPECT_EQ(slip.gold, "Nomenclature");
  EXPECT_EQ(slip.predicted, "Description");
  EXPECT_GE(slip.probability, 0.6);
  EXPECT_EQ(found.scores.lines, 6U * 12 * 3);
  EXPECT_EQ(found.folds, 3U);
}

TEST(Review, FindsNothingWhereNothingIsWrong) {
  EXPECT_THAT(review(papers(), small_options(), folds(3), {}).contradictions, IsEmpty());
}

TEST(Review, TellsTheWorstFirstAndOnlyWhatIsProbable) {
  TrainingOptions barely;  // hardly trained, it contradicts a lot
  barely.hidden_size = 4;
  barely.num_layers = 1;
  barely.epochs = 1;
  ReviewOptions all = folds(2);
  all.min_probability = 0;
  const Review everything = review(papers(), barely, all, {});
  const auto& found = everything.contradictions;
  ASSERT_GT(found.size(), 10U);
  EXPECT_NEAR(static_cast<double>(found.size()),
              static_cast<double>(everything.scores.lines) * (1 - everything.scores.accuracy),
              1e-6);
  for (std::size_t i = 1; i < found.size(); ++i) {
    EXPECT_GE(found[i - 1].probability, found[i].probability);
  }
  all.min_probability = found[3].probability;
  const auto likely = review(papers(), barely, all, {}).contradictions;
  ASSERT_FALSE(likely.empty());
  EXPECT_LT(likely.size(), found.size());
  for (const Contradiction& one : likely) EXPECT_GE(one.probability, all.min_probability);
}

TEST(Review, LabelsAreCollapsedAsInTraining) {
  TrainingOptions options = small_options();
  std::set<std::string> names;
  for (const LabelScores& label : review(papers(), options, folds(2), {}).scores.per_label) {
    names.insert(label.label);
  }
  EXPECT_EQ(names, (std::set<std::string>{"Description", "Misc-exposition", "Nomenclature"}));
  options.labels = "all";
  EXPECT_EQ(review(papers(), options, folds(2), {}).scores.per_label.size(), 3U);
}

TEST(Review, DoesNotDependOnTheThreads) {
  ReviewEnvironment one, two;
  one.threads = 1;
  two.threads = 2;
  TrainingOptions options = small_options();
  options.epochs = 1;
  ReviewOptions all = folds(2);
  all.min_probability = 0;
  const auto first = review(papers(3), options, all, one).contradictions;
  const auto second = review(papers(3), options, all, two).contradictions;
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].line, second[i].line);
    EXPECT_EQ(first[i].probability, second[i].probability);
  }
}

TEST(Review, MakesNoMoreFoldsThanThereAreAnnotatedDocuments) {
  std::vector<Document> documents = papers();
  documents.resize(3);
  documents.push_back(parse_raw("raw", "Agaricus\n", TextErrors::kStrict));
  std::set<std::size_t> told;
  ReviewEnvironment environment;
  environment.progress = [&](std::size_t fold, std::size_t folds, const TrainingProgress&) {
    EXPECT_EQ(folds, 3U);
    told.insert(fold);
  };
  EXPECT_EQ(review(documents, small_options(), folds(5), environment).folds, 3U);
  EXPECT_EQ(told, (std::set<std::size_t>{1, 2, 3}));
}

TEST(Review, CanBeEndedFromOutside) {
  ReviewEnvironment environment;
  environment.progress = [](std::size_t, std::size_t, const TrainingProgress&) {
    throw std::runtime_error("enough");
  };
  EXPECT_THROW(review(papers(), small_options(), folds(2), environment), std::runtime_error);
}

TEST(Review, NamesWhatIsWrong) {
  const auto complaint = [](const std::vector<Document>& documents, const ReviewOptions& options) {
    try {
      review(documents, small_options(), options, {});
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(complaint(papers(), folds(1)), HasSubstr("folds is 1"));
  ReviewOptions certain;
  certain.min_probability = 1.5;
  EXPECT_THAT(complaint(papers(), certain), HasSubstr("min_probability is 1.5"));
  std::vector<Document> documents = {paper(0), parse_raw("raw", "x\n", TextErrors::kStrict)};
  EXPECT_THAT(complaint(documents, folds(2)), HasSubstr("in 1 of the documents"));
}

}  // namespace
}  // namespace skol
