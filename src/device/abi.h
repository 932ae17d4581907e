// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a device library (libskol_cuda.so, or a stand-in in tests) and skol know of each other.
// Plain data and functions of C, so that the library may be built by another compiler, at another
// time, and opened at run time. It exports one symbol, skol_device_api.

#include <cstdint>

extern "C" {

// Of this header: a library of another number is refused.
inline constexpr std::uint32_t kSkolDeviceAbi = 2;

enum SkolDeviceStatus : std::int32_t {
  kSkolDeviceOk = 0,
  kSkolDeviceOutOfMemory = 1,  // nothing was kept of the call; everything else works on
  kSkolDeviceAbsent = 2,       // no driver, no such device, or one that is too old
  kSkolDeviceUnsupported = 3,  // this library cannot compute such a network
  kSkolDeviceLost = 4          // the device or its context is of no use any more
};

struct SkolDeviceInfo {
  char name[96];
  char uuid[48];  // GPU-... or MIG-..., as NVML writes it; empty: none
  std::uint64_t total_bytes;
  std::uint64_t free_bytes;  // 0: not known before the device is opened
  std::int32_t multiprocessors;
};

// All matrices row-major; both directions of a layer side by side, the gates of each in the order
// i, f, g, o, each of `units` columns.
struct SkolDeviceLayer {
  const float* input_weights;  // [inputs][2][4][units]; null where sparse_weights are these
  const float* bias;           // [2][4][units]
  const float* recurrent[2];   // [units][4][units], by direction
};

enum SkolDevicePrecision : std::uint32_t {
  kSkolDeviceFp32 = 0,
  // Weights and outputs of LSTM layers rounded to bf16, products of them in float32 sums; all else
  // is float32. Where the first layer reads sparse rows, its weights are rounded, too.
  kSkolDeviceBf16 = 1
};

// A network: the first stage takes sparse rows, the others its outputs.
//   embedding_size 0, layers:   sparse_weights are the input weights of the first layer
//   embedding_size E, layers:   a line's embedding is row * sparse_weights [input_size][E], of
//   which
//                               the first normalized_size values are normalized (0: none are): less
//                               their mean, divided by sqrt(variance + normalization_epsilon); the
//                               first layer has input weights [E][2][4][units]
//   num_layers 0:               sparse_weights are the dense weights
// embedding_size, units and padded_classes are multiples of 16; what pads them is 0.
struct SkolDeviceNetwork {
  std::uint64_t input_size, embedding_size, normalized_size;
  std::uint64_t units, num_layers, num_classes, padded_classes;
  float normalization_epsilon;
  std::uint32_t precision;      // SkolDevicePrecision
  const float* sparse_weights;  // [input_size][embedding_size, or 8 units, or padded_classes]
  const SkolDeviceLayer* layers;
  const float* dense_weights;  // [2 units][padded_classes]; null without layers
  const float* dense_bias;     // [padded_classes]
};

struct SkolDeviceWindow {
  std::uint64_t first_row, length;  // rows of the batch; length >= 1
  float* outputs;                   // [length][num_classes]: softmax
};

// Sparse rows in CSR form, each a line, and windows over them, the longest first.
struct SkolDeviceBatch {
  std::uint64_t num_rows;
  const std::size_t* offsets;  // [num_rows + 1]
  const std::uint32_t* columns;
  const float* values;
  std::uint64_t num_windows;
  const SkolDeviceWindow* windows;
};

struct SkolDeviceContext;
struct SkolDeviceModel;
struct SkolDeviceWorkspace;

// Functions that return a status leave a line of text for last_error() where it is not
// kSkolDeviceOk. A context and all that was made in it is for one thread at a time; contexts are
// independent. What is made of another thing is given back before it.
struct SkolDeviceApi {
  std::uint32_t abi;
  const char* name;  // of the library, for messages

  // Of this thread's last call that failed; valid until its next call.
  const char* (*last_error)();

  // Devices are 0 .. count - 1. kSkolDeviceAbsent where there is no driver.
  std::int32_t (*count)(std::int32_t* devices);
  std::int32_t (*describe)(std::int32_t device, SkolDeviceInfo* info);

  // A context costs some hundred MB of the device whatever is done with it.
  std::int32_t (*open)(std::int32_t device, SkolDeviceContext** context);
  void (*close)(SkolDeviceContext* context);
  std::int32_t (*memory)(SkolDeviceContext* context, std::uint64_t* free, std::uint64_t* total);

  // Bytes of device memory that load() and reserve() take, by arithmetic.
  std::uint64_t (*model_bytes)(const SkolDeviceNetwork* network);
  std::uint64_t (*workspace_bytes)(const SkolDeviceNetwork* network, std::uint64_t windows,
                                   std::uint64_t window_size);

  // Copies the weights to the device; the network may go afterwards.
  std::int32_t (*load)(SkolDeviceContext* context, const SkolDeviceNetwork* network,
                       SkolDeviceModel** model);
  void (*unload)(SkolDeviceModel* model);

  // All memory for batches of up to so many windows of up to so many lines: none is allocated
  // later.
  std::int32_t (*reserve)(SkolDeviceModel* model, std::uint64_t windows, std::uint64_t window_size,
                          SkolDeviceWorkspace** workspace);
  void (*release)(SkolDeviceWorkspace* workspace);

  // Two batches may be under way: start(slot) reads the rows before it returns, and computes while
  // the caller prepares the other slot; finish(slot) waits and writes the outputs, whose memory
  // stays until then. A slot is started once before it is finished.
  std::int32_t (*start)(SkolDeviceWorkspace* workspace, std::int32_t slot,
                        const SkolDeviceBatch* batch);
  std::int32_t (*finish)(SkolDeviceWorkspace* workspace, std::int32_t slot);
};

inline constexpr std::int32_t kSkolDeviceSlots = 2;

// The one symbol of the library: a table that lives as long as it.
using SkolDeviceApiFunction = const SkolDeviceApi* (*)();
inline constexpr const char* kSkolDeviceSymbol = "skol_device_api";
}
