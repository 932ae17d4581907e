// SPDX-License-Identifier: Apache-2.0
// Exceptions and interruptions between C++ and Python.
#include <nanobind/stl/string.h>

#include "python/bindings.h"
#include "skol/error.h"

namespace nb = nanobind;

namespace skol {
namespace {

const char* class_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInput:
      return "InputError";
    case ErrorKind::kParameter:
      return "ParameterError";
    case ErrorKind::kModel:
      return "ModelError";
    case ErrorKind::kNotFound:
      return "NotFoundError";
    case ErrorKind::kStorage:
      return "StorageError";
    case ErrorKind::kMemory:
      return "OutOfMemoryError";
    case ErrorKind::kDevice:
      return "DeviceError";
    case ErrorKind::kInternal:
      return "InternalError";
  }
  return "InternalError";
}

}  // namespace

void bind_errors(nb::module_&) {
  nb::register_exception_translator([](const std::exception_ptr& thrown, void*) {
    try {
      std::rethrow_exception(thrown);
    } catch (const Error& error) {
      // The classes are Python's own: each is also the builtin that a Python user would catch.
      const nb::object type =
          nb::module_::import_("skol_classifier.errors").attr(class_of(error.kind()));
      PyErr_SetString(type.ptr(), error.what());
    }
  });
}

void look_for_signals() {
  const nb::gil_scoped_acquire with_gil;
  if (PyErr_CheckSignals() != 0) throw nb::python_error();
}

nb::object to_python(const Json& json) {
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return nb::module_::import_("json").attr("loads")(nb::str(text.data(), text.size()));
}

Json from_python(nb::handle object) {
  const nb::object text = nb::module_::import_("json").attr("dumps")(object);
  return Json::parse(nb::cast<std::string>(text));
}

BufferView::BufferView(nb::handle object) {
  if (PyObject_GetBuffer(object.ptr(), &view_, PyBUF_SIMPLE) != 0) throw nb::python_error();
}
BufferView::~BufferView() {
  if (view_.obj != nullptr) PyBuffer_Release(&view_);
}
BufferView::BufferView(BufferView&& other) noexcept : view_(other.view_) {
  other.view_ = {};
}

}  // namespace skol
