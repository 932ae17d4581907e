// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "cli/doctor_report.h"

namespace skol {

// What an interpreter says of itself.
struct PythonFacts {
  std::string program;  // as it was looked for
  std::string problem;  // why it says nothing; empty: it does
  bool found = false;
  std::string executable;
  std::string version;                          // "3.11.7"
  std::map<std::string, std::string> packages;  // those that are installed, with their versions
  std::string extension_problem;                // why skol_classifier._core cannot be imported

  // "3.11"
  std::string minor_version() const;
  // Empty for what is not installed.
  std::string package(const std::string& name) const;
};

PythonFacts ask_python(const std::string& program, std::chrono::milliseconds timeout);
// What the question's answer, a JSON object on a line, tells.
PythonFacts parse_python_answer(const std::string& program, const std::string& answer);

// The Python of the environment that this command was installed into as part of the package, by the
// path of its own file; empty where it was not.
std::string python_of_package(const std::string& own_path);

Section python_section(const PythonFacts& python);

// Spark's version in the file RELEASE of a folder such as SPARK_HOME; empty where it has none.
std::string spark_version_in(const std::string& folder);

// `workers`: the Python that Spark's workers on this machine would run. `spark_home`: what the
// variable says, empty where it is not set.
Section spark_section(const PythonFacts& python, const PythonFacts& workers,
                      const std::string& spark_home);

struct JavaFacts {
  std::string program;     // empty: none was found
  bool from_home = false;  // JAVA_HOME says where
  std::string problem;
  int version = 0;  // 8, 11, 17, ...
};

// The Java that Spark's scripts would start: that of JAVA_HOME, or the first of PATH.
JavaFacts ask_java(std::chrono::milliseconds timeout);
// "openjdk version \"17.0.13\" ..." -> 17, "1.8.0_392" -> 8; 0 where it says something else.
int java_version_in(std::string_view answer);

// Which Java runs a Spark of this version, "3.5.3"; nothing where that is not known.
struct JavaRange {
  int least = 0, most = 0;
  std::string_view advice;
};
std::optional<JavaRange> java_for_spark(std::string_view spark);

Section java_section(const JavaFacts& java, const std::string& spark);

}  // namespace skol
