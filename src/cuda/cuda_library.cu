// SPDX-License-Identifier: Apache-2.0
// libskol_cuda.so: the functions of device/abi.h on NVIDIA's GPUs. CUDA's runtime is linked in; the
// driver is opened by it when the library is used, so that the library itself opens anywhere.
#include <cuda_runtime.h>

#include <cstdio>
#include <string_view>

#include "cuda/library.h"
#include "cuda/on_device.cuh"

namespace skol::cuda {
namespace {

void check(cudaError_t error, const char* doing) {
  if (error == cudaSuccess) return;
  SkolDeviceStatus status = kSkolDeviceLost;
  if (error == cudaErrorMemoryAllocation) status = kSkolDeviceOutOfMemory;
  if (error == cudaErrorNoDevice || error == cudaErrorInsufficientDriver ||
      error == cudaErrorInvalidDevice || error == cudaErrorSystemDriverMismatch ||
      error == cudaErrorNoKernelImageForDevice || error == cudaErrorUnsupportedPtxVersion ||
      error == cudaErrorDevicesUnavailable) {
    status = kSkolDeviceAbsent;
  }
  cudaGetLastError();  // not to be met again by a later call
  if (error == cudaErrorInsufficientDriver) {
    // What the runtime says where there is no driver at all, too.
    throw DeviceFailure{status, "no driver of NVIDIA here, or one older than CUDA " +
                                    std::to_string(CUDART_VERSION / 1000)};
  }
  throw DeviceFailure{status, std::string(doing) + ": " + cudaGetErrorString(error)};
}

// The ones compiled for: older devices have not the shared memory that the recurrence wants.
constexpr int kLeastMajor = 8;

class Stream {
 public:
  Stream() { check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "a stream"); }
  ~Stream() { cudaStreamDestroy(stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  operator cudaStream_t() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

class Event {
 public:
  Event() { check(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming), "an event"); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  operator cudaEvent_t() const { return event_; }

 private:
  cudaEvent_t event_ = nullptr;
};

class CudaRuntime {
 public:
  static const char* name() { return "CUDA"; }

  static std::int32_t count() {
    int devices = 0;
    check(cudaGetDeviceCount(&devices), "looking for devices");
    return devices;
  }

  static void describe(std::int32_t device, SkolDeviceInfo& info) {
    cudaDeviceProp properties;
    check(cudaGetDeviceProperties(&properties, device), "describing a device");
    std::string_view(properties.name).copy(info.name, sizeof(info.name) - 1);
    const auto* const id = reinterpret_cast<const unsigned char*>(properties.uuid.bytes);
    std::snprintf(info.uuid, sizeof(info.uuid),
                  "GPU-%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", id[0],
                  id[1], id[2], id[3], id[4], id[5], id[6], id[7], id[8], id[9], id[10], id[11],
                  id[12], id[13], id[14], id[15]);
    info.total_bytes = properties.totalGlobalMem;
    info.multiprocessors = properties.multiProcessorCount;
  }

  explicit CudaRuntime(std::int32_t device) : device_(device) {
    cudaDeviceProp properties;
    check(cudaGetDeviceProperties(&properties, device), "describing a device");
    if (properties.major < kLeastMajor) {
      throw DeviceFailure{kSkolDeviceAbsent,
                          "a device of compute capability " + std::to_string(properties.major) +
                              "." + std::to_string(properties.minor) +
                              ", where 8.0 is the least this library is built for"};
    }
    limits_.shared_bytes = static_cast<std::uint32_t>(properties.sharedMemPerBlockOptin);
    limits_.multiprocessors = static_cast<std::uint32_t>(properties.multiProcessorCount);
    limits_.clusters = properties.major >= 9;
    use();
    check(cudaFree(nullptr), "opening the device");
  }

  // What CUDA calls the current device belongs to the thread: set before each piece of work.
  void use() const { check(cudaSetDevice(device_), "choosing the device"); }

  void memory(std::uint64_t& free, std::uint64_t& total) const {
    use();
    std::size_t left = 0, all = 0;
    check(cudaMemGetInfo(&left, &all), "asking for free memory");
    free = left;
    total = all;
  }
  DeviceLimits limits() const { return limits_; }

  std::byte* allocate(std::size_t bytes) const {
    use();
    void* p = nullptr;
    check(cudaMalloc(&p, bytes), "device memory");
    return static_cast<std::byte*>(p);
  }
  void free(std::byte* p) const { cudaFree(p); }
  std::byte* allocate_host(std::size_t bytes) const {
    use();
    void* p = nullptr;
    check(cudaMallocHost(&p, bytes), "pinned memory of the host");
    return static_cast<std::byte*>(p);
  }
  void free_host(std::byte* p) const { cudaFreeHost(p); }

  class Queues {
   public:
    explicit Queues(const CudaRuntime& runtime) : runtime_(runtime) {}

    void upload(void* to, const void* from, std::size_t bytes) {
      runtime_.use();
      check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, uploads_), "copying in");
    }
    void download(void* to, const void* from, std::size_t bytes) {
      check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, downloads_), "copying out");
    }
    void mark_uploaded() {
      check(cudaEventRecord(uploaded_, uploads_), "copying in");
      check(cudaStreamWaitEvent(work_, uploaded_), "copying in");
    }
    void mark_computed() {
      check(cudaEventRecord(computed_, work_), "computing");
      check(cudaStreamWaitEvent(downloads_, computed_), "computing");
    }
    void mark(std::size_t slot) { check(cudaEventRecord(done_[slot], downloads_), "copying out"); }
    void wait(std::size_t slot) { check(cudaEventSynchronize(done_[slot]), "computing"); }
    void synchronize() {
      check(cudaStreamSynchronize(uploads_), "copying in");
      check(cudaStreamSynchronize(work_), "computing");
      check(cudaStreamSynchronize(downloads_), "copying out");
    }

    template <class Kernel>
    void launch(const Launch& launch, const typename Kernel::Args& args) {
      if constexpr (requires { Kernel::kInRegisters; }) {
        launch.cluster > 1 ? launch_as<Kernel, true>(launch, args)
                           : launch_as<Kernel, false>(launch, args);
      } else {
        launch_as<Kernel, false>(launch, args);
      }
    }

   private:
    template <class Kernel, bool kClusters>
    void launch_as(const Launch& launch, const typename Kernel::Args& args) {
      const auto kernel = run_on_device<Kernel, kClusters>;
      if (launch.shared_bytes > 48u << 10) {  // what a kernel may have without asking
        check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                   static_cast<int>(launch.shared_bytes)),
              "shared memory");
      }
      cudaLaunchConfig_t config = {};
      config.gridDim = dim3(launch.groups_x * launch.cluster, launch.groups_y);
      config.blockDim = dim3(launch.threads);
      config.dynamicSmemBytes = launch.shared_bytes;
      config.stream = work_;
      cudaLaunchAttribute cluster = {};
      cluster.id = cudaLaunchAttributeClusterDimension;
      cluster.val.clusterDim = {launch.cluster, 1, 1};
      config.attrs = &cluster;
      config.numAttrs = kClusters ? 1 : 0;
      check(cudaLaunchKernelEx(&config, kernel, args), "starting a kernel");
    }

    const CudaRuntime& runtime_;
    Stream uploads_, work_, downloads_;
    Event uploaded_, computed_, done_[kSkolDeviceSlots];
  };

 private:
  int device_;
  DeviceLimits limits_;
};

}  // namespace
}  // namespace skol::cuda

extern "C" __attribute__((visibility("default"))) const SkolDeviceApi* skol_device_api() {
  return &skol::cuda::Library<skol::cuda::CudaRuntime>::api();
}
