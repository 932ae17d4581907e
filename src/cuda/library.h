// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <new>

#include "cuda/engine.h"

namespace skol::cuda {

// The functions of device/abi.h over a Runtime, which beside what engine.h asks for has
//   static const char* name(); static std::int32_t count();
//   static void describe(device, SkolDeviceInfo&); Runtime(device); void memory(free, total)
// The C handles are these very objects.
template <class Runtime>
class Library {
 public:
  static const SkolDeviceApi& api() {
    static const SkolDeviceApi table = {
        kSkolDeviceAbi, Runtime::name(), last_error, count,  describe, open,    close, memory,
        model_bytes,    workspace_bytes, load,       unload, reserve,  release, start, finish};
    return table;
  }

 private:
  using Model = DeviceModel<Runtime>;
  using Work = Workspace<Runtime>;

  static std::string& error_text() {
    thread_local std::string text;
    return text;
  }
  static const char* last_error() { return error_text().c_str(); }

  // No exception leaves the library.
  template <class Call>
  static std::int32_t guarded(const Call& call) {
    try {
      call();
      return kSkolDeviceOk;
    } catch (const DeviceFailure& failure) {
      error_text() = failure.text;
      return failure.status;
    } catch (const std::bad_alloc&) {
      error_text() = "no memory of the host";
      return kSkolDeviceOutOfMemory;
    } catch (const std::exception& e) {
      error_text() = e.what();
      return kSkolDeviceLost;
    }
  }

  static std::int32_t count(std::int32_t* devices) {
    *devices = 0;
    return guarded([&] { *devices = Runtime::count(); });
  }
  static std::int32_t describe(std::int32_t device, SkolDeviceInfo* info) {
    *info = {};
    return guarded([&] { Runtime::describe(device, *info); });
  }
  static std::int32_t open(std::int32_t device, SkolDeviceContext** context) {
    return make<Runtime>(context, device);
  }
  static void close(SkolDeviceContext* context) { drop<Runtime>(context); }
  static std::int32_t memory(SkolDeviceContext* context, std::uint64_t* free,
                             std::uint64_t* total) {
    return guarded([&] { as<Runtime>(context).memory(*free, *total); });
  }
  static std::uint64_t model_bytes(const SkolDeviceNetwork* network) {
    return Model::bytes(*network);
  }
  static std::uint64_t workspace_bytes(const SkolDeviceNetwork* network, std::uint64_t windows,
                                       std::uint64_t window_size) {
    return DeviceWorkspace::bytes(*network, windows, window_size);
  }
  static std::int32_t load(SkolDeviceContext* context, const SkolDeviceNetwork* network,
                           SkolDeviceModel** model) {
    return make<Model>(model, as<Runtime>(context), *network);
  }
  static void unload(SkolDeviceModel* model) { drop<Model>(model); }
  static std::int32_t reserve(SkolDeviceModel* model, std::uint64_t windows,
                              std::uint64_t window_size, SkolDeviceWorkspace** workspace) {
    return make<Work>(workspace, as<Model>(model), windows, window_size);
  }
  static void release(SkolDeviceWorkspace* workspace) { drop<Work>(workspace); }
  static std::int32_t start(SkolDeviceWorkspace* workspace, std::int32_t slot,
                            const SkolDeviceBatch* batch) {
    return guarded([&] { as<Work>(workspace).start(static_cast<std::size_t>(slot), *batch); });
  }
  static std::int32_t finish(SkolDeviceWorkspace* workspace, std::int32_t slot) {
    return guarded([&] { as<Work>(workspace).finish(static_cast<std::size_t>(slot)); });
  }

  template <class Object, class Handle>
  static Object& as(Handle* handle) {
    return *reinterpret_cast<Object*>(handle);
  }
  template <class Object, class Handle, class... Arguments>
  static std::int32_t make(Handle** handle, Arguments&&... arguments) {
    *handle = nullptr;
    return guarded([&] {
      auto made = std::make_unique<Object>(std::forward<Arguments>(arguments)...);
      *handle = reinterpret_cast<Handle*>(made.release());
    });
  }
  template <class Object, class Handle>
  static void drop(Handle* handle) {
    const std::unique_ptr<Object> dropped(reinterpret_cast<Object*>(handle));
  }
};

}  // namespace skol::cuda
