// SPDX-License-Identifier: Apache-2.0
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <memory>
#include <optional>

#include "base/process_memory.h"
#include "features/classified_lines.h"
#include "python/bindings.h"
#include "python/prediction_options.h"
#include "skol/predictor.h"
#include "text/annotation_writer.h"
#include "windows/sliding_window.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace skol {
namespace {

// A labelled document and the names that its labels are indices of.
struct Labelled {
  LabelledDocument document;
  Model model;

  std::size_t lines() const { return document.labels.size(); }
  const std::string& name(std::size_t line) const {
    return model.labels()[static_cast<std::size_t>(document.labels[line])];
  }
};

using OptionalText = std::optional<std::string>;
using Probabilities = nb::ndarray<nb::numpy, const float, nb::ndim<2>, nb::c_contig>;

std::vector<OptionalText> label_names(const Labelled& labelled) {
  std::vector<OptionalText> names(labelled.lines());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (labelled.document.labels[i] != kNoLabel) names[i] = labelled.name(i);
  }
  return names;
}

std::vector<std::string> line_texts(const Labelled& labelled) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < labelled.lines(); ++i) {
    lines.emplace_back(labelled.document.document.line(i));
  }
  return lines;
}

std::vector<std::string> annotated_lines(const Labelled& labelled) {
  std::vector<std::string> lines(labelled.lines());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = labelled.document.document.line(i);
    if (labelled.document.labels[i] == kNoLabel) {
      lines[i] = line;
    } else {
      append_block(line, labelled.name(i), lines[i]);
    }
  }
  return lines;
}

std::string annotated(const Labelled& labelled, bool coalesce) {
  return write_annotated(labelled.document.document, labelled.document.labels,
                         labelled.model.labels(), coalesce)
      .text;
}

// A copy of its own: the array may outlive the document.
Probabilities probabilities(const Labelled& labelled) {
  auto values = std::make_unique<std::vector<float>>(labelled.document.probabilities);
  const std::size_t shape[2] = {labelled.lines(), labelled.model.labels().size()};
  const float* data = values->data();
  const nb::capsule owner(values.release(), [](void* vector) noexcept {
    delete static_cast<std::vector<float>*>(vector);
  });
  return Probabilities(data, 2, shape, owner);
}

std::size_t windows_of(const std::vector<const Document*>& documents, std::size_t window_size,
                       std::size_t stride) {
  std::size_t windows = 0;
  for (const Document* document : documents) {
    windows += window_count(ClassifiedLines(*document).size(), window_size, stride);
  }
  return windows;
}

std::size_t windows_done(const PredictionStats& stats) {
  std::size_t done = 0;
  for (const auto& [windows, calls] : stats.calls_by_windows) done += windows * calls;
  return done;
}

std::pair<std::vector<Labelled>, nb::object> predict_documents(
    const Model& model, const std::vector<const Document*>& documents,
    std::size_t prediction_batch_size, std::size_t prediction_stride, std::size_t threads,
    const std::string& target, const std::string& model_name, const std::string& memory_budget,
    std::size_t executors, const std::string& device, const std::string& precision,
    nb::object progress) {
  std::vector<Labelled> out;
  PredictionReport report;
  {
    const nb::gil_scoped_release without_gil;
    const auto begin = std::chrono::steady_clock::now();
    Predictor predictor(model, prediction_options(prediction_batch_size, prediction_stride, threads,
                                                  target, "python", model_name, memory_budget,
                                                  executors, device, precision));
    const std::size_t stride =
        prediction_stride > 0 ? prediction_stride : model.prediction_stride();
    const std::size_t windows =
        progress.is_none() ? 0 : windows_of(documents, model.options().window_size, stride);
    PredictionRun run(
        predictor,
        [&](LabelledDocument&& labelled) {
          out.push_back({std::move(labelled), model});
        },
        [&](const PredictionStats& stats) {
          look_for_signals();
          if (progress.is_none()) return;
          const nb::gil_scoped_acquire with_gil;
          progress(windows_done(stats), windows);
        });
    for (const Document* document : documents) run.add(*document);
    run.finish();
    report.stats = run.stats();
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
  report.peak_bytes = peak_memory_bytes();
  return {std::move(out), to_python(prediction_report(report))};
}

}  // namespace

void bind_prediction(nb::module_& m) {
  nb::class_<Labelled>(m, "LabelledDocument", "A document with a label a line.")
      .def_prop_ro("id", [](const Labelled& labelled) { return labelled.document.document.id; })
      .def_prop_ro("lines", &line_texts)
      .def_prop_ro(
          "label_indices", [](const Labelled& labelled) { return labelled.document.labels; },
          "In the order of the model's labels; -1 for a blank line or page marker.")
      .def_prop_ro("labels", &label_names, "None for a blank line or page marker.")
      .def("probabilities", &probabilities,
           "float32 [lines][labels]; rows without a label are all 0.")
      .def("annotated", &annotated, "coalesce"_a = false, "The text with its blocks.")
      .def("annotated_lines", &annotated_lines, "Each line as a block of its own.")
      .def("__len__", &Labelled::lines);
  m.def("predict", &predict_documents, "model"_a, "documents"_a, nb::kw_only(),
        "prediction_batch_size"_a = 0, "prediction_stride"_a = 0, "threads"_a = 0,
        "target"_a = "auto", "model_name"_a = "", "memory_budget"_a = "", "executors"_a = 1,
        "device"_a = "cpu", "precision"_a = "fp32", "progress"_a = nb::none(),
        "Labelled documents, in order, and what `skol predict --json` reports. progress gets the "
        "windows that are done and those of all documents, several times a second. `skol top` "
        "shows model_name. prediction_batch_size may be AUTO_BATCH_SIZE; memory_budget, a size or "
        "a percentage as text, is shared by so many executors.");
  m.attr("AUTO_BATCH_SIZE") = kAutoBatchSize;
}

}  // namespace skol
