// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_python.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace skol {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string text_of(const Section& section) {
  std::string text = doctor_text(std::span(&section, 1), {});
  for (std::size_t at; (at = text.find("\n                    ")) != text.npos;) {
    text.replace(at, 21, " ");  // as if no line were broken
  }
  return text;
}

PythonFacts complete() {
  PythonFacts python;
  python.program = "python3";
  python.found = true;
  python.executable = "/venv/bin/python3";
  python.version = "3.11.7";
  for (const char* name : {"numpy", "pandas", "pyarrow", "redis"}) python.packages[name] = "1.2.3";
  python.packages["skol_classifier"] = SKOL_VERSION;
  python.packages["pyspark"] = "4.3.0";
  return python;
}

TEST(DoctorPythonTest, ReadsWhatAnInterpreterSays) {
  const PythonFacts python = parse_python_answer(
      "python3", R"({"executable": "/usr/bin/python3", "version": "3.11.2", "packages": )"
                 R"({"numpy": "2.0", "odd": 5}, "extension": "ImportError: x"})"
                 "\n");
  EXPECT_EQ(python.problem, "");
  EXPECT_EQ(python.executable, "/usr/bin/python3");
  EXPECT_EQ(python.minor_version(), "3.11");
  EXPECT_EQ(python.package("numpy"), "2.0");
  EXPECT_EQ(python.package("odd"), "");
  EXPECT_EQ(python.extension_problem, "ImportError: x");
}

TEST(DoctorPythonTest, WhatIsPrintedAroundTheAnswerDoesNotMatter) {
  const std::string answer = R"({"executable": "/x", "version": "3.12.1", "packages": {}})";
  EXPECT_EQ(parse_python_answer("p", "Welcome!\n" + answer + "\nBye {\n\n").version, "3.12.1");
}

TEST(DoctorPythonTest, AnythingElseIsAProblemThatIsSafeToPrint) {
  for (const char* answer : {"", "\n\n", "hello\n", "[1]", "{}", R"({"version": 3})", "\x1b[31m\n",
                             R"({"version": ""})"}) {
    const PythonFacts python = parse_python_answer("python3", answer);
    EXPECT_NE(python.problem, "") << answer;
    EXPECT_THAT(python.problem, Not(HasSubstr("\x1b")));
    EXPECT_EQ(python_section(python).health(), Health::kProblem);
  }
  const PythonFacts python =
      parse_python_answer("p", R"({"version": "3\u001b", "packages": {"numpy": "\u001b"}})");
  EXPECT_THAT(python.version + python.package("numpy"), Not(HasSubstr("\x1b")));
}

TEST(DoctorPythonTest, ACompletePythonIsOk) {
  EXPECT_EQ(python_section(complete()).health(), Health::kOk);
  EXPECT_THAT(text_of(python_section(complete())), HasSubstr("3.11.7, /venv/bin/python3"));
}

TEST(DoctorPythonTest, WhatIsMissingIsNoProblem) {
  PythonFacts python = complete();
  python.packages.erase("skol_classifier");
  python.packages.erase("redis");
  EXPECT_EQ(python_section(python).health(), Health::kMissing);
  EXPECT_THAT(
      text_of(python_section(python)),
      AllOf(HasSubstr("pip install 'skol_classifier[all]'"), HasSubstr("redis not installed")));
  PythonFacts none;
  none.program = "python3";
  none.problem = "cannot be started";
  EXPECT_EQ(python_section(none).health(), Health::kMissing);
}

TEST(DoctorPythonTest, WhatIsThereAndOfNoUseIsAProblem) {
  PythonFacts old = complete(), broken = complete(), other = complete();
  old.version = "3.9.2";
  broken.extension_problem = "ImportError: undefined symbol";
  other.packages["skol_classifier"] = "0.0.1";
  EXPECT_THAT(text_of(python_section(old)), HasSubstr("needs Python 3.11"));
  EXPECT_THAT(text_of(python_section(broken)), HasSubstr("undefined symbol"));
  EXPECT_THAT(text_of(python_section(other)), HasSubstr("skol_classifier 0.0.1 and this command"));
  for (const PythonFacts& python : {old, broken, other}) {
    EXPECT_EQ(python_section(python).health(), Health::kProblem);
  }
}

TEST(DoctorPythonTest, FindsThePythonOfThePackageByItsOwnPlace) {
  const std::string prefix = testing::TempDir() + "skol_doctor_venv";
  fs::create_directories(prefix + "/bin");
  const std::string own = prefix + "/lib/python3.11/site-packages/skol_classifier/bin/skol";
  EXPECT_EQ(python_of_package(own), "");
  std::ofstream(prefix + "/bin/python3") << "";
  EXPECT_EQ(python_of_package(own), prefix + "/bin/python3");
  EXPECT_EQ(python_of_package(prefix + "/build/skol"), "");
  EXPECT_EQ(python_of_package(""), "");
  fs::remove_all(prefix);
}

TEST(DoctorSparkTest, WithoutPysparkIsMissing) {
  PythonFacts python = complete();
  python.packages.erase("pyspark");
  EXPECT_EQ(spark_section(python, python, "").health(), Health::kMissing);
}

TEST(DoctorSparkTest, WithWorkersLikeTheDriverIsOk) {
  EXPECT_EQ(spark_section(complete(), complete(), "").health(), Health::kOk);
}

TEST(DoctorSparkTest, WorkersThatWouldRunAnotherPythonAreAProblem) {
  PythonFacts other = complete(), bare = complete(), none;
  other.program = "/usr/bin/python3";
  other.executable = "/usr/bin/python3.9";
  other.version = "3.9.2";
  bare.packages.erase("skol_classifier");
  none.program = "python9";
  none.problem = "cannot be started";
  const std::vector<std::pair<PythonFacts, std::string>> cases = {
      {other,
       "would run /usr/bin/python3 (/usr/bin/python3.9), which is Python 3.9, and python3 is "
       "Python 3.11"},
      {bare, "would run python3 (/venv/bin/python3), which has no skol_classifier"},
      {none, "would run python9, which cannot be started"}};
  for (const auto& [workers, text] : cases) {
    const Section section = spark_section(complete(), workers, "");
    EXPECT_EQ(section.health(), Health::kProblem);
    EXPECT_THAT(text_of(section),
                AllOf(HasSubstr(text), HasSubstr("export PYSPARK_PYTHON=/venv/bin/python3")));
  }
}

TEST(DoctorSparkTest, WithoutWhatPysparkNeedsIsAProblem) {
  PythonFacts python = complete();
  python.packages.erase("pandas");
  EXPECT_THAT(text_of(spark_section(python, python, "")), HasSubstr("pandas is not installed"));
}

TEST(DoctorSparkTest, ASparkHomeOfAnotherVersionIsAProblem) {
  const std::string home = testing::TempDir() + "skol_doctor_spark";
  fs::create_directories(home);
  EXPECT_EQ(spark_version_in(home), "");
  EXPECT_EQ(spark_section(complete(), complete(), home).health(), Health::kOk);
  std::ofstream(home + "/RELEASE")
      << "Spark 3.5.3 (git revision 32232e9ed33) built for Hadoop 3.3.4\n";
  EXPECT_EQ(spark_version_in(home), "3.5.3");
  EXPECT_THAT(text_of(spark_section(complete(), complete(), home)),
              AllOf(HasSubstr("is Spark 3.5.3"), HasSubstr("pip install pyspark==3.5.3")));
  std::ofstream(home + "/RELEASE") << "nonsense";
  EXPECT_EQ(spark_version_in(home), "");
  fs::remove_all(home);
}

TEST(DoctorJavaTest, ReadsTheVersionOfAnyAge) {
  EXPECT_EQ(java_version_in("openjdk version \"17.0.13\" 2024-10-15\nOpenJDK Runtime"), 17);
  EXPECT_EQ(java_version_in("Picked up JAVA_TOOL_OPTIONS: x\njava version \"1.8.0_392\"\n"), 8);
  EXPECT_EQ(java_version_in("openjdk version \"25\" 2025-09-16"), 25);
  EXPECT_EQ(java_version_in("openjdk version \"25-ea\""), 25);
  for (const char* other : {"", "version", "version \"", "version \"x\"", "no java here"}) {
    EXPECT_EQ(java_version_in(other), 0) << other;
  }
}

TEST(DoctorJavaTest, WhichJavaRunsWhichSpark) {
  const auto fits = [](int java, const char* spark) {
    const auto range = java_for_spark(spark);
    return range && range->least <= java && java <= range->most;
  };
  for (const int java : {8, 11, 17, 21}) EXPECT_TRUE(fits(java, "3.5.3")) << java;
  for (const int java : {7, 24, 25}) EXPECT_FALSE(fits(java, "3.5.3")) << java;
  for (const int java : {17, 21}) EXPECT_TRUE(fits(java, "4.0.1")) << java;
  for (const int java : {8, 11, 25}) EXPECT_FALSE(fits(java, "4.0.1")) << java;
  for (const int java : {17, 25, 99}) EXPECT_TRUE(fits(java, "4.1.0.dev1")) << java;
  EXPECT_FALSE(fits(11, "4.3.0"));
  for (const char* unknown : {"", "x", "4", "4.", "4.x"}) {
    EXPECT_FALSE(java_for_spark(unknown)) << unknown;
  }
}

TEST(DoctorJavaTest, OnlySparkNeedsOne) {
  const JavaFacts none;
  EXPECT_EQ(java_section(none, "").health(), Health::kMissing);
  EXPECT_EQ(java_section(none, "4.3.0").health(), Health::kProblem);
  EXPECT_THAT(text_of(java_section(none, "4.3.0")), HasSubstr("install Java 17 or 21"));
}

TEST(DoctorJavaTest, OneThatCannotRunThisSparkIsAProblem) {
  JavaFacts java;
  java.program = "/jdk/bin/java";
  java.version = 25;
  EXPECT_EQ(java_section(java, "").health(), Health::kOk);
  EXPECT_EQ(java_section(java, "4.1.0").health(), Health::kOk);
  EXPECT_THAT(text_of(java_section(java, "3.5.3")),
              AllOf(HasSubstr("problem  /jdk/bin/java is Java 25; Spark 3.5.3 needs 8 to 23"),
                    HasSubstr("set JAVA_HOME")));
  java.version = 11;
  EXPECT_THAT(text_of(java_section(java, "4.1.0")), HasSubstr("needs 17 or later"));
}

TEST(DoctorJavaTest, AHomeWithoutAJavaIsAProblem) {
  JavaFacts java;
  java.program = "/gone/bin/java";
  java.from_home = true;
  java.problem = "cannot be started";
  EXPECT_THAT(text_of(java_section(java, "")),
              HasSubstr("problem  /gone/bin/java, of JAVA_HOME, cannot be started"));
}

}  // namespace
}  // namespace skol
