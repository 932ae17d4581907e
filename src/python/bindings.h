// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nanobind/nanobind.h>

#include <string>

#include "report/json_report.h"
#include "skol/options.h"

// The parts of the extension module skol_classifier._core. They convert and call; what they return
// is described in the stub that the build writes beside the module.
namespace skol {

void bind_errors(nanobind::module_& m);
void bind_documents(nanobind::module_& m);
void bind_model(nanobind::module_& m);
void bind_training(nanobind::module_& m);
void bind_prediction(nanobind::module_& m);
void bind_line_stream(nanobind::module_& m);
void bind_document_rows(nanobind::module_& m);
void bind_planning(nanobind::module_& m);
void bind_tuning(nanobind::module_& m);
void bind_pages(nanobind::module_& m);

// Through Python's own json: what the command prints and what Python sees is the same thing.
nanobind::object to_python(const Json& json);
Json from_python(nanobind::handle object);

// Options by name; Error kParameter for an unknown name or a value of another type.
TrainingOptions training_options(nanobind::handle mapping);

// Throws what Python has to say: KeyboardInterrupt after Ctrl-C. To be called without the GIL.
void look_for_signals();

// The bytes of any object with the buffer protocol. Holds the object, so to be made and destroyed
// with the GIL.
class BufferView {
 public:
  explicit BufferView(nanobind::handle object);
  ~BufferView();
  BufferView(BufferView&& other) noexcept;
  BufferView(const BufferView&) = delete;
  BufferView& operator=(const BufferView&) = delete;
  BufferView& operator=(BufferView&&) = delete;

  const void* data() const { return view_.buf; }
  std::size_t size() const { return static_cast<std::size_t>(view_.len); }

 private:
  Py_buffer view_ = {};
};

}  // namespace skol
