// SPDX-License-Identifier: Apache-2.0
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <tuple>

#include "model/model_data.h"
#include "model/model_input.h"
#include "python/bindings.h"
#include "skol/model.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace skol {
namespace {

Model from_bytes(nb::handle data) {
  const BufferView view(data);
  const std::string_view bytes(static_cast<const char*>(view.data()), view.size());
  const nb::gil_scoped_release without_gil;
  return Model::from_bytes(bytes);
}

nb::bytes to_bytes(const Model& model) {
  std::string bytes;
  {
    const nb::gil_scoped_release without_gil;
    bytes = model.to_bytes();
  }
  return nb::bytes(bytes.data(), bytes.size());
}

Model with_settings(const Model& model, nb::handle settings, std::size_t prediction_batch_size) {
  const std::string text = from_python(settings).dump();
  return model.with_settings(
      text, prediction_batch_size > 0 ? prediction_batch_size : model.prediction_batch_size());
}

// CSR: offsets, columns, values.
using Rows = std::tuple<std::vector<std::size_t>, std::vector<std::uint32_t>, std::vector<float>>;

Rows vectorize(const Model& model, const std::vector<std::string>& lines) {
  check_takes_text(model);
  const nb::gil_scoped_release without_gil;
  FeatureScratch scratch;
  SparseRows rows;
  for (const std::string& line : lines) model.data().vectorizer.append_row(line, scratch, rows);
  return {rows.offsets, rows.columns, rows.values};
}

}  // namespace

void bind_model(nb::module_& m) {
  nb::class_<Model>(m, "Model", "A trained model: immutable, safe to use from several threads.")
      .def_static("from_bytes", &from_bytes, "data"_a)
      .def("to_bytes", &to_bytes)
      .def_static("load", &load_model, "path"_a, nb::call_guard<nb::gil_scoped_release>())
      .def("save", &save_model, "path"_a, nb::call_guard<nb::gil_scoped_release>(),
           "Replaces the file in one step.")
      .def("with_settings", &with_settings, "settings"_a, "prediction_batch_size"_a = 0,
           "The same model with another dict saved in it and another saved batch size (0: as is).")
      .def("with_prediction_stride", &Model::with_prediction_stride, "prediction_stride"_a,
           "The same model with another stride of its own for prediction.")
      .def_prop_ro("settings",
                   [](const Model& model) { return to_python(Json::parse(model.settings())); })
      .def_prop_ro(
          "tuned",
          [](const Model& model) { return nb::cast<nb::dict>(to_python(tuned_report(model))); },
          "The record of the last tuning; {} where there was none.")
      .def_prop_ro("options",
                   [](const Model& model) { return to_python(options_report(model.options())); })
      .def_prop_ro("labels", [](const Model& model) { return model.labels(); })
      .def_prop_ro("input_size", &Model::input_size)
      .def_prop_ro("takes_features", &Model::takes_features,
                   "Whether features have to come with the lines, instead of being made from text.")
      .def("check_takes_text", &check_takes_text, "InputError where it takes features.")
      .def("check_takes_features", &check_takes_features, "InputError where it takes text.")
      .def_prop_ro("prediction_batch_size", &Model::prediction_batch_size)
      .def_prop_ro("prediction_stride", &Model::prediction_stride)
      .def_prop_ro("created", [](const Model& model) { return model.created(); })
      .def_prop_ro("made_by", [](const Model& model) { return model.made_by(); })
      .def_prop_ro("parameter_count", &Model::parameter_count)
      .def_prop_ro("words", [](const Model& model) { return model.data().vectorizer.words(); })
      .def_prop_ro("suffixes",
                   [](const Model& model) { return model.data().vectorizer.suffixes(); })
      .def_prop_ro("idf",
                   [](const Model& model) {
                     const auto idf = model.data().vectorizer.idf();
                     return std::vector<double>(idf.begin(), idf.end());
                   })
      .def_prop_ro("digest", &Model::digest,
                   "Of weights, vocabularies, labels and options; settings do not count.")
      .def("vectorize", &vectorize, "lines"_a,
           "The features of lines as sparse rows: offsets, columns, values.")
      // A pickle of a model is its bytes, checked as those of any file.
      .def("__getstate__", &to_bytes)
      .def("__setstate__",
           [](Model& model, nb::handle bytes) { new (&model) Model(from_bytes(bytes)); });
}

}  // namespace skol
