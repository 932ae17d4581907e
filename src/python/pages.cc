// SPDX-License-Identifier: Apache-2.0
#include <nanobind/stl/string.h>

#include <string>

#include "base/atomic_file.h"
#include "python/bindings.h"
#include "report/prediction_page.h"
#include "report/tune_page.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace skol {
namespace {

// Can be made again at any time.
void write_page(const std::string& path, const std::string& page) {
  const nb::gil_scoped_release without_gil;
  write_file_atomically(path, page, Durability::kProcess);
}

}  // namespace

void bind_pages(nb::module_& m) {
  m.def(
      "write_prediction_page",
      [](const std::string& path, nb::handle stats, const std::string& made_by) {
        write_page(path, prediction_page(from_python(stats), made_by));
      },
      "path"_a, "stats"_a, "made_by"_a = "", "A page about a run, from its statistics.");
  m.def(
      "write_tune_page",
      [](const std::string& path, nb::handle report, const std::string& made_by) {
        write_page(path, tune_page(from_python(report), made_by));
      },
      "path"_a, "report"_a, "made_by"_a = "", "A page about what tune() measured.");
}

}  // namespace skol
