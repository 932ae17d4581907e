// SPDX-License-Identifier: Apache-2.0
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>
#include <optional>
#include <tuple>

#include "base/fail.h"
#include "base/process_memory.h"
#include "prediction/line_stream.h"
#include "python/bindings.h"
#include "python/prediction_options.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace skol {
namespace {

// validity bitmap or None, offsets, data, offset of the array
using PyTextColumn = std::tuple<nb::object, nb::object, nb::object, std::size_t>;
// validity bitmap or None, values, offset of the array
using PyNumberColumn = std::tuple<nb::object, nb::object, std::size_t>;

// The buffers of a call's columns, checked against the number of rows.
class Columns {
 public:
  explicit Columns(std::size_t rows) : rows_(rows) {}

  TextColumn text(const PyTextColumn& column) {
    const auto& [validity, offsets, data, first] = column;
    TextColumn out;
    out.valid = bitmap(validity, first);
    if (rows_ == 0) return out;
    const BufferView& ends = view(offsets, (first + rows_ + 1) * sizeof(std::int32_t));
    out.offsets = static_cast<const std::int32_t*>(ends.data()) + first;
    if (out.offsets[0] < 0 || !std::is_sorted(out.offsets, out.offsets + rows_ + 1)) {
      fail(ErrorKind::kInput, "offsets of a text column do not ascend");
    }
    // A column of nothing but empty texts may have no data.
    if (out.offsets[rows_] > 0) {
      out.bytes =
          static_cast<const char*>(view(data, static_cast<std::size_t>(out.offsets[rows_])).data());
    }
    return out;
  }

  NumberColumn numbers(const PyNumberColumn& column) {
    const auto& [validity, values, first] = column;
    NumberColumn out;
    out.valid = bitmap(validity, first);
    if (rows_ == 0) return out;
    const BufferView& buffer = view(values, (first + rows_) * sizeof(std::int64_t));
    out.values = static_cast<const std::int64_t*>(buffer.data()) + first;
    return out;
  }

 private:
  ValidityBitmap bitmap(const nb::object& validity, std::size_t first) {
    if (validity.is_none()) return {};
    const BufferView& bits = view(validity, (first + rows_ + 7) / 8);
    return {static_cast<const std::uint8_t*>(bits.data()), first};
  }

  const BufferView& view(const nb::object& object, std::size_t least) {
    const BufferView& buffer = views_.emplace_back(object);
    if (buffer.size() < least) {
      fail(ErrorKind::kInput, "a column's buffer has {} bytes: expected at least {}", buffer.size(),
           least);
    }
    return buffer;
  }

  std::size_t rows_;
  std::deque<BufferView> views_;  // references to its elements stay
};

// A stream with the time its calls took.
class TimedStream {
 public:
  TimedStream(const Model& model, const PredictionOptions& options)
      : stream_(model, options, [](const PredictionStats&) { look_for_signals(); }) {}

  LabelledRows add(std::size_t rows, const PyTextColumn& doc_id,
                   const std::optional<PyTextColumn>& attachment_name,
                   const PyNumberColumn& line_number, const PyTextColumn& value) {
    Columns columns(rows);
    LineRows lines;
    lines.size = rows;
    lines.doc_id = columns.text(doc_id);
    if (attachment_name) lines.attachment_name = columns.text(*attachment_name);
    lines.line_number = columns.numbers(line_number);
    lines.value = columns.text(value);
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
      "values, first row).")
      .def(
          "__init__",
          [](TimedStream* self, const Model& model, std::size_t prediction_batch_size,
             std::size_t prediction_stride, std::size_t threads, const std::string& target) {
            new (self) TimedStream(model, prediction_options(prediction_batch_size,
                                                             prediction_stride, threads, target));
          },
          "model"_a, nb::kw_only(), "prediction_batch_size"_a = 0, "prediction_stride"_a = 0,
          "threads"_a = 0, "target"_a = "auto")
      .def("add", &TimedStream::add, "rows"_a, "doc_id"_a, "attachment"_a.none(), "line_number"_a,
           "value"_a)
      .def("finish", &TimedStream::finish)
      .def_prop_ro("stats", &TimedStream::stats);
}

}  // namespace skol
