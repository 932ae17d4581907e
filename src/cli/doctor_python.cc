// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_python.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/in_quotes.h"
#include "cli/child_process.h"
#include "text/findings.h"

namespace skol {
namespace {

// Versions come from the packages' metadata: importing pyspark or pandas takes seconds. What lies
// in the working folder is not imported for an installed package, whatever its name.
constexpr const char* kQuestion = R"(
import sys
sys.path[:] = [place for place in sys.path if place]
import json
from importlib import metadata
packages = {}
for name in ("skol_classifier", "numpy", "pandas", "pyarrow", "pyspark", "redis"):
    try:
        packages[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
extension = ""
if "skol_classifier" in packages:
    try:
        import skol_classifier._core
    except Exception as error:
        extension = f"{type(error).__name__}: {error}"
print(json.dumps({"executable": sys.executable or "", "version": sys.version.split()[0],
                  "packages": packages, "extension": extension}))
)";

constexpr int kLeastMinor = 11;  // pyproject.toml: requires-python

// The last line that is a JSON object: an environment may greet whoever starts its Python.
Json last_object(const std::string& answer) {
  std::size_t end = answer.size();
  while (end > 0) {
    const std::size_t newline = answer.rfind('\n', end - 1);
    const std::size_t begin = newline == answer.npos ? 0 : newline + 1;
    Json json = Json::parse(answer.substr(begin, end - begin), nullptr, false);
    if (json.is_object()) return json;
    end = newline == answer.npos ? 0 : newline;
  }
  return Json();
}

std::string text_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? printable_name(found->get<std::string>()) : "";
}

std::string last_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return printable_name(text.substr(text.rfind('\n') + 1));
}

int leading_number(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

int minor_of(std::string_view version) {
  const std::size_t dot = version.find('.');
  return dot == version.npos ? 0 : leading_number(version.substr(dot + 1));
}

bool is_old(std::string_view version) {
  const int major = leading_number(version);
  return major < 3 || (major == 3 && minor_of(version) < kLeastMinor);
}

void add_extension(const PythonFacts& python, Section& section) {
  const std::string package = python.package("skol_classifier");
  if (package.empty()) {
    section.add({Health::kMissing, "skol_classifier is not installed there",
                 "pip install 'skol_classifier[all]', if Python is to use skol"});
  } else if (!python.extension_problem.empty()) {
    section.add({Health::kProblem,
                 fmt::format("skol_classifier {} cannot be imported: {}", package,
                             python.extension_problem),
                 "install it anew with this Python: pip install --force-reinstall "
                 "skol_classifier"});
  } else if (package != SKOL_VERSION) {
    section.add(
        {Health::kProblem,
         fmt::format("skol_classifier {} and this command {} differ", package, SKOL_VERSION),
         "install both from one version; models of the newer may be refused by the other"});
  } else {
    section.add({Health::kOk, fmt::format("skol_classifier {}", package)});
  }
}

// "python3 (/usr/bin/python3.9)"
std::string place_of(const PythonFacts& python) {
  const bool plain = python.executable.empty() || python.executable == python.program;
  return plain ? python.program : fmt::format("{} ({})", python.program, python.executable);
}

std::string worker_problem(const PythonFacts& python, const PythonFacts& workers) {
  if (!workers.problem.empty()) return workers.problem;
  if (workers.minor_version() != python.minor_version()) {
    return fmt::format("is Python {}, and {} is Python {}", workers.minor_version(), python.program,
                       python.minor_version());
  }
  for (const char* package : {"pyarrow", "skol_classifier"}) {
    if (workers.package(package).empty()) return fmt::format("has no {}", package);
  }
  return "";
}

}  // namespace

std::string PythonFacts::minor_version() const {
  const std::size_t dot = version.find('.');
  return version.substr(0, version.find('.', dot == version.npos ? dot : dot + 1));
}

std::string PythonFacts::package(const std::string& name) const {
  const auto at = packages.find(name);
  return at == packages.end() ? "" : at->second;
}

PythonFacts parse_python_answer(const std::string& program, const std::string& answer) {
  PythonFacts facts;
  facts.program = printable_name(program);
  facts.found = true;
  const Json json = last_object(answer);
  if (!json.is_object() || text_at(json, "version").empty()) {
    const std::string said = last_line(answer);
    facts.problem = said.empty() ? "says nothing" : fmt::format("says {}", in_quotes(said));
    return facts;
  }
  facts.executable = text_at(json, "executable");
  facts.version = text_at(json, "version");
  facts.extension_problem = text_at(json, "extension");
  const Json packages = json.value("packages", Json::object());
  for (const auto& [name, version] : packages.items()) {
    if (version.is_string()) facts.packages[name] = printable_name(version.get<std::string>());
  }
  return facts;
}

PythonFacts ask_python(const std::string& program, std::chrono::milliseconds timeout) {
  const ChildAnswer answer = run_program({program, "-c", kQuestion}, timeout);
  if (answer.ok()) return parse_python_answer(program, answer.output);
  PythonFacts facts;
  facts.program = printable_name(program);
  facts.found = answer.timed_out || answer.status != ChildAnswer::kNotStarted;
  facts.problem = answer.timed_out ? "does not answer in time"
                  : !facts.found   ? "cannot be started"
                                   : fmt::format("fails: {}", last_line(answer.output));
  return facts;
}

std::string python_of_package(const std::string& own_path) {
  // PREFIX/lib/python3.11/site-packages/skol_classifier/bin/skol
  const std::filesystem::path package = std::filesystem::path(own_path).parent_path().parent_path();
  if (package.filename() != "skol_classifier") return "";
  const auto library = package.parent_path().parent_path().parent_path();
  const auto python = library.parent_path() / "bin" / "python3";
  std::error_code error;
  return std::filesystem::exists(python, error) ? python.string() : "";
}

Section python_section(const PythonFacts& python) {
  Section section{"python"};
  section.facts = {
      {"program", python.program},
      {"executable", python.executable.empty() ? Json(nullptr) : Json(python.executable)},
      {"version", python.version.empty() ? Json(nullptr) : Json(python.version)},
      {"packages", python.packages}};
  if (!python.found) {
    section.add({Health::kMissing, fmt::format("{} {}", python.program, python.problem),
                 "install Python 3.11 or later, if it is to use skol"});
    return section;
  }
  if (!python.problem.empty()) {
    section.add({Health::kProblem, fmt::format("{} {}", python.program, python.problem),
                 "repair it, or put another before it in PATH"});
    return section;
  }
  const bool old = is_old(python.version);
  section.add({old ? Health::kProblem : Health::kOk,
               fmt::format("{}, {}", python.version, python.executable),
               old ? "skol_classifier needs Python 3.11 or later" : ""});
  add_extension(python, section);
  std::vector<std::string> there, absent;
  for (const char* name : {"numpy", "pandas", "redis"}) {
    const std::string version = python.package(name);
    if (version.empty()) absent.emplace_back(name);
    if (!version.empty()) there.push_back(fmt::format("{} {}", name, version));
  }
  if (!there.empty()) section.add({Health::kOk, fmt::format("{}", fmt::join(there, ", "))});
  if (!absent.empty()) {
    section.add({Health::kMissing, fmt::format("{} not installed", fmt::join(absent, ", "))});
  }
  return section;
}

std::string spark_version_in(const std::string& folder) {
  // "Spark 3.5.3 (git revision ...) built for Hadoop 3.3.4"
  std::ifstream file(folder + "/RELEASE");
  std::string word, version;
  if (!(file >> word >> version) || word != "Spark" || leading_number(version) == 0) return "";
  return printable_name(version);
}

Section spark_section(const PythonFacts& python, const PythonFacts& workers,
                      const std::string& spark_home) {
  Section section{"spark"};
  const std::string pyspark = python.package("pyspark"), pyarrow = python.package("pyarrow");
  section.facts = {{"version", pyspark.empty() ? Json(nullptr) : Json(pyspark)},
                   {"pyarrow", pyarrow.empty() ? Json(nullptr) : Json(pyarrow)},
                   {"worker_python", workers.program}};
  if (pyspark.empty()) {
    section.add({Health::kMissing, "pyspark is not installed",
                 "pip install 'skol_classifier[spark]', if Spark is to use skol"});
    return section;
  }
  section.add({Health::kOk, fmt::format("pyspark {}", pyspark)});
  for (const char* name : {"pyarrow", "pandas"}) {
    if (!python.package(name).empty()) continue;
    section.add({Health::kProblem, fmt::format("{} is not installed, which pyspark needs", name),
                 "pip install 'skol_classifier[spark]'"});
  }
  const std::string home = spark_home.empty() ? "" : spark_version_in(spark_home);
  if (!home.empty() && home != pyspark) {
    section.add({Health::kProblem,
                 fmt::format("SPARK_HOME, {}, is Spark {}", printable_name(spark_home), home),
                 fmt::format("unset SPARK_HOME, or pip install pyspark=={}", home)});
  }
  const std::string problem = worker_problem(python, workers);
  section.add({problem.empty() ? Health::kOk : Health::kProblem,
               fmt::format("workers on this machine would run {}{}{}", place_of(workers),
                           problem.empty() ? "" : ", which ", problem),
               problem.empty() ? ""
                               : fmt::format("export PYSPARK_PYTHON={} before Spark starts",
                                             python.executable)});
  return section;
}

}  // namespace skol
