// SPDX-License-Identifier: Apache-2.0
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>

#include <chrono>
#include <optional>

#include "base/process_memory.h"
#include "prediction/line_stream.h"
#include "python/arrow_columns.h"
#include "python/bindings.h"
#include "python/prediction_options.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace skol {
namespace {

// A stream with the time its calls took.
class TimedStream {
 public:
  TimedStream(const Model& model, const PredictionOptions& options)
      : stream_(model, options, [](const PredictionStats&) { look_for_signals(); }) {}

  LabelledRows add(std::size_t rows, const PyTextColumn& doc_id,
                   const std::optional<PyTextColumn>& attachment_name,
                   const PyNumberColumn& line_number, const std::optional<PyTextColumn>& value,
                   const std::optional<PyVectorColumn>& features) {
    ArrowColumns columns(rows);
    LineRows lines;
    lines.size = rows;
    lines.doc_id = columns.text(doc_id);
    if (attachment_name) lines.attachment_name = columns.text(*attachment_name);
    lines.line_number = columns.numbers(line_number);
    if (value) lines.value = columns.text(*value);
    if (features) lines.features = columns.vectors(*features);
    return timed([&] { return stream_.add(lines); });
  }

  LabelledRows finish() {
    return timed([&] { return stream_.finish(); });
  }

  nb::object stats() const {
    PredictionReport report;
    report.stats = stream_.stats();
    report.seconds = seconds_;
    report.peak_bytes = peak_memory_bytes();
    return to_python(prediction_report(report));
  }

 private:
  template <class Work>
  LabelledRows timed(const Work& work) {
    const nb::gil_scoped_release without_gil;
    const auto begin = std::chrono::steady_clock::now();
    LabelledRows done = work();
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return done;
  }

  LineStream stream_;
  double seconds_ = 0;
};

template <class Container>
nb::bytes bytes_of(const Container& values) {
  return nb::bytes(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(values[0]));
}

}  // namespace

void bind_line_stream(nb::module_& m) {
  nb::class_<LabelledRows>(m, "LabelledRows",
                           "Rows that are done, as the buffers of Arrow columns.")
      .def("__len__", &LabelledRows::size)
      .def_prop_ro(
          "label_index", [](const LabelledRows& rows) { return bytes_of(rows.label_index); },
          "int32 a row; -1 for a blank line or page marker.")
      .def_prop_ro(
          "probability_offsets",
          [](const LabelledRows& rows) { return bytes_of(rows.probability_offsets); },
          "int32, one more than rows.")
      .def_prop_ro(
          "probabilities", [](const LabelledRows& rows) { return bytes_of(rows.probabilities); },
          "float32.")
      .def_prop_ro(
          "annotated_offsets",
          [](const LabelledRows& rows) { return bytes_of(rows.annotated_offsets); },
          "int32, one more than rows.")
      .def_prop_ro(
          "annotated", [](const LabelledRows& rows) { return bytes_of(rows.annotated); }, "UTF-8.");
  nb::class_<TimedStream>(
      m, "LineStream",
      "Rows of lines in, labelled rows out, in the same order. The rows of a document (doc_id, "
      "attachment) stand together and its line numbers ascend. Texts are Arrow's utf8 with offsets "
      "of 32 bits: (validity or None, offsets, data, first row); numbers int64: (validity or None, "
      "values, first row); features the vectors of Spark ML: (validity or None, first row in it, "
      "types, sizes, offsets of indices, indices, offsets of values, values).")
      .def(
          "__init__",
          [](TimedStream* self, const Model& model, std::size_t prediction_batch_size,
             std::size_t prediction_stride, std::size_t threads, const std::string& target,
             const std::string& run_name, const std::string& model_name,
             const std::string& memory_budget, std::size_t executors, const std::string& device,
             const std::string& precision) {
            new (self)
                TimedStream(model, prediction_options(prediction_batch_size, prediction_stride,
                                                      threads, target, run_name, model_name,
                                                      memory_budget, executors, device, precision));
          },
          "model"_a, nb::kw_only(), "prediction_batch_size"_a = 0, "prediction_stride"_a = 0,
          "threads"_a = 0, "target"_a = "auto", "run_name"_a = "python", "model_name"_a = "",
          "memory_budget"_a = "", "executors"_a = 1, "device"_a = "cpu", "precision"_a = "fp32",
          "`skol top` shows run_name and model_name. The rest as of predict().")
      .def("add", &TimedStream::add, "rows"_a, "doc_id"_a, "attachment"_a.none(), "line_number"_a,
           "value"_a.none(), "features"_a = nb::none(),
           "Without a value nothing is known of the text, and every line is labelled.")
      .def("finish", &TimedStream::finish)
      .def_prop_ro("stats", &TimedStream::stats);
}

}  // namespace skol
