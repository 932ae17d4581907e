// SPDX-License-Identifier: Apache-2.0
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <utility>
#include <vector>

#include "prediction/tuned_model.h"
#include "python/bindings.h"
#include "python/prediction_options.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace skol {
namespace {

std::pair<Model, nb::dict> tune_on(const Model& model,
                                   const std::vector<const Document*>& documents,
                                   std::size_t prediction_stride, std::size_t threads,
                                   const std::string& target, double seconds) {
  const Model tuned = [&] {
    const nb::gil_scoped_release without_gil;
    std::vector<Document> copies;
    for (const Document* document : documents) copies.push_back(*document);
    return tuned_model(model, prediction_options(0, prediction_stride, threads, target), copies,
                       seconds);
  }();
  return {tuned, nb::cast<nb::dict>(to_python(tuned_report(tuned)))};
}

std::string elsewhere(const Model& model, std::size_t threads, const std::string& target) {
  if (!model.tuned()) return "";
  return tuned_elsewhere(model, 0, prediction_hardware(prediction_options(0, 0, threads, target)));
}

}  // namespace

void bind_tuning(nb::module_& m) {
  m.def("tune", &tune_on, "model"_a, "documents"_a, nb::kw_only(), "prediction_stride"_a = 0,
        "threads"_a = 0, "target"_a = "auto", "seconds"_a = kTuningSeconds,
        "The model with the choice and its record, and what `skol tune --json` reports; without "
        "documents, measured on windows made up.");
  m.def("tuned_elsewhere", &elsewhere, "model"_a, nb::kw_only(), "threads"_a = 0,
        "target"_a = "auto",
        "For the user, where the model's batch size was tuned on other hardware; else empty.");
}

}  // namespace skol
