// SPDX-License-Identifier: Apache-2.0
#include "workload/workload.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/fail.h"
#include "features/classified_lines.h"
#include "model/model_data.h"
#include "skol/error.h"
#include "text/dataset.h"
#include "text/label_set.h"

namespace skol::bench {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

template <class T>
void write_array(const fs::path& path, const std::vector<T>& values) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(T)));
  if (!out.flush()) fail(ErrorKind::kStorage, "{}: could not be written", path.string());
}

template <class T>
std::vector<T> read_array(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<T> values(in ? fs::file_size(path) / sizeof(T) : 0);
  in.read(reinterpret_cast<char*>(values.data()),
          static_cast<std::streamsize>(values.size() * sizeof(T)));
  if (!in) fail(ErrorKind::kNotFound, "{}: could not be read", path.string());
  return values;
}

}  // namespace

std::size_t Workload::windows() const {
  std::size_t count = 0;
  for (const std::size_t lines : documents) count += windows_of(lines);
  return count;
}

std::vector<WindowRows> Workload::window_rows() const {
  std::vector<WindowRows> windows;
  std::size_t begin = 0;
  for (const std::size_t lines : documents) {
    for (std::size_t w = 0; w < windows_of(lines); ++w) {
      windows.push_back({begin + w * stride, window_size});
    }
    begin += lines;
  }
  return windows;
}

std::vector<Document> Workload::as_documents(const Model& model) const {
  std::vector<Document> out;
  std::size_t row = 0;
  for (const std::size_t lines : documents) {
    auto given = std::make_shared<GivenFeatures>();
    given->width = model.input_size();
    given->classified.assign(lines, true);
    for (std::size_t i = 0; i < lines; ++i, ++row) {
      given->rows.append(rows.row_columns(row), rows.row_values(row));
    }
    Document document;
    document.id = std::to_string(out.size());
    document.lines.resize(lines);
    document.label_names = model.labels();
    document.features = std::move(given);
    out.push_back(std::move(document));
  }
  return out;
}

Workload make_workload(const Model& model, const std::vector<std::string>& files,
                       std::size_t windows) {
  const TrainingOptions& options = model.options();
  Workload out;
  out.window_size = options.window_size;
  out.stride = model.prediction_stride();
  out.input_size = model.input_size();
  out.classes = model.labels().size();
  std::size_t wanted = windows;
  FeatureScratch scratch;
  std::vector<Diagnostic> diagnostics;  // annotators slip; what they say is not needed here
  for (const InputFile& file : find_inputs(files)) {
    const Document document = read_document(file, TextErrors::kReplace, diagnostics);
    const ClassifiedLines lines(document);
    if (wanted == 0 || lines.size() < out.window_size) continue;
    const std::size_t count = std::min(wanted, out.windows_of(lines.size()));
    wanted -= count;
    const std::size_t size = out.window_size + (count - 1) * out.stride;
    const auto labels =
        labels_in(document, model.data().labels, options.labels == "collapsed", diagnostics);
    for (std::size_t i = 0; i < size; ++i) {
      lines.append_row(i, model.data().vectorizer, scratch, out.rows);
      out.labels.push_back(labels[lines.number(i)]);
    }
    out.documents.push_back(size);
  }
  if (wanted > 0) {
    fail(ErrorKind::kInput, "the files have {} whole windows, {} were asked for", windows - wanted,
         windows);
  }
  return out;
}

void write_workload(const Workload& workload, const std::string& folder) {
  const fs::path path(folder);
  fs::create_directories(path);
  write_array(path / "offsets.u64", workload.rows.offsets);
  write_array(path / "columns.u32", workload.rows.columns);
  write_array(path / "values.f32", workload.rows.values);
  write_array(path / "labels.i32", workload.labels);
  std::ofstream(path / "workload.json") << Json{
      {"window_size", workload.window_size},
      {"stride", workload.stride},
      {"input_size", workload.input_size},
      {"classes", workload.classes},
      {"documents", workload.documents}}.dump(1);
}

Workload read_workload(const std::string& folder) {
  const fs::path path(folder);
  std::ifstream in(path / "workload.json");
  if (!in) fail(ErrorKind::kNotFound, "{}: no workload.json", folder);
  const Json json = Json::parse(in);
  Workload out;
  out.window_size = json.at("window_size");
  out.stride = json.at("stride");
  out.input_size = json.at("input_size");
  out.classes = json.at("classes");
  out.documents = json.at("documents").get<std::vector<std::size_t>>();
  out.rows.offsets = read_array<std::size_t>(path / "offsets.u64");
  out.rows.columns = read_array<std::uint32_t>(path / "columns.u32");
  out.rows.values = read_array<float>(path / "values.f32");
  out.labels = read_array<std::int32_t>(path / "labels.i32");
  return out;
}

Model without_vocabulary(const Model& model) {
  ModelData data = model.data();
  data.vectorizer = Vectorizer();
  return Model(std::make_shared<const ModelData>(std::move(data)));
}

}  // namespace skol::bench
