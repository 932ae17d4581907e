// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "cuda/bf16_matrix_product.h"
#include "cuda/class_probabilities.h"
#include "cuda/device_weights.h"
#include "cuda/device_workspace.h"
#include "cuda/matrix_product.h"
#include "cuda/on_host.h"
#include "cuda/recurrence_plan.h"
#include "cuda/sparse_projection.h"
#include "cuda/step_cell.h"

namespace skol::cuda {

// What a device library throws inside; its functions return it.
struct DeviceFailure {
  SkolDeviceStatus status;
  std::string text;
};

// The network on a device, for whatever Runtime stands for one: CUDA's, or loops on the host. A
// Runtime is what is made of an open context:
//   DeviceLimits limits()
//   std::byte* allocate(bytes), void free(p), and for host memory it can copy from in the
//     background, allocate_host and free_host; no memory: DeviceFailure
// Runtime::Queues are the orders of work of one workspace, which it may do in the background:
//   upload(to, from, bytes), download(to, from, bytes), launch<Kernel>(launch, args)
//   mark_uploaded(): launches from here on come after the uploads before it
//   mark_computed(): downloads from here on come after the launches before it
//   mark(slot): wait(slot) returns when the downloads before it are done
//   synchronize(): returns when all is done

template <class Runtime>
class DeviceBlock {
 public:
  DeviceBlock(Runtime& runtime, std::size_t bytes)
      : runtime_(runtime), data_(runtime.allocate(bytes)) {}
  ~DeviceBlock() { runtime_.free(data_); }
  DeviceBlock(const DeviceBlock&) = delete;
  DeviceBlock& operator=(const DeviceBlock&) = delete;
  std::byte* data() const { return data_; }

 private:
  Runtime& runtime_;
  std::byte* data_;
};

template <class Runtime>
class HostBlock {
 public:
  HostBlock(Runtime& runtime, std::size_t bytes)
      : runtime_(runtime), data_(runtime.allocate_host(bytes)) {}
  ~HostBlock() { runtime_.free_host(data_); }
  HostBlock(const HostBlock&) = delete;
  HostBlock& operator=(const HostBlock&) = delete;
  std::byte* data() const { return data_; }

 private:
  Runtime& runtime_;
  std::byte* data_;
};

template <class Runtime>
class DeviceModel {
 public:
  DeviceModel(Runtime& runtime_of, const SkolDeviceNetwork& network)
      : runtime(runtime_of),
        shape(network),
        layout(network),
        limits(runtime.limits()),
        bf16(in_bf16(network)),
        plan((bf16 ? plan_bf16_recurrence : plan_recurrence)(
            static_cast<std::uint32_t>(network.units), limits)),
        block_(runtime, bytes(network)) {
    // The caller's arrays may go.
    shape.sparse_weights = shape.dense_weights = shape.dense_bias = nullptr;
    shape.layers = nullptr;
    const std::vector<float> packed = pack_weights(network, layout, plan.stepwise);
    typename Runtime::Queues queues(runtime);
    queues.upload(block_.data(), packed.data(), packed.size() * sizeof(float));
    queues.synchronize();
  }

  static std::size_t bytes(const SkolDeviceNetwork& network) {
    return WeightLayout(network).size * sizeof(float);
  }
  const float* at(std::size_t offset) const {
    return reinterpret_cast<const float*>(block_.data()) + offset;
  }

  Runtime& runtime;
  SkolDeviceNetwork shape;  // its sizes
  WeightLayout layout;
  DeviceLimits limits;
  bool bf16;
  RecurrencePlan plan;

 private:
  DeviceBlock<Runtime> block_;
};

template <class Runtime>
class Workspace {
 public:
  Workspace(const DeviceModel<Runtime>& model, std::size_t windows, std::size_t window_size)
      : model_(model),
        windows_(windows),
        window_size_(window_size),
        block_(model.runtime, DeviceWorkspace::bytes(model.shape, windows, window_size)),
        host_(model.runtime, host_bytes()),
        queues_(model.runtime) {
    Carver device(block_.data()), host(host_.data());
    work_.lay_out(device, model.shape, windows, window_size);
    lay_out_host(host);
  }

  void start(std::size_t slot, const SkolDeviceBatch& batch) {
    check(batch);
    std::size_t rows = 0;
    for (std::size_t w = 0; w < batch.num_windows; ++w) {
      const SkolDeviceWindow& window = batch.windows[w];
      host_slots_[slot].windows[w] = {static_cast<std::uint32_t>(window.first_row),
                                      static_cast<std::uint32_t>(rows),
                                      static_cast<std::uint32_t>(window.length)};
      rows += window.length;
    }
    if (batch.num_windows == 0) return;
    queues_.upload(work_.slots[slot].windows, host_slots_[slot].windows,
                   batch.num_windows * sizeof(DeviceWindow));
    project_lines(slot, batch);
    const std::size_t outputs = model_.shape.num_layers == 0 ? batch.num_rows : rows;
    if (model_.shape.num_layers == 0) {
      classify(slot, work_.logits, outputs);
    } else {
      run_layers(slot, batch, static_cast<std::uint32_t>(rows));
    }
    queues_.mark_computed();
    queues_.download(host_slots_[slot].probabilities, work_.slots[slot].probabilities,
                     outputs * model_.shape.num_classes * sizeof(float));
    queues_.mark(slot);
    waiting_[slot].assign(batch.windows, batch.windows + batch.num_windows);
  }

  void finish(std::size_t slot) {
    std::vector<SkolDeviceWindow>& waiting = waiting_[slot];
    if (waiting.empty()) return;
    queues_.wait(slot);
    const std::size_t classes = model_.shape.num_classes;
    std::size_t row = 0;
    for (const SkolDeviceWindow& window : waiting) {
      // Without layers a line has its probabilities whatever the window.
      const std::size_t from = model_.shape.num_layers == 0 ? window.first_row : row;
      std::memcpy(window.outputs, host_slots_[slot].probabilities + from * classes,
                  window.length * classes * sizeof(float));
      row += window.length;
    }
    waiting.clear();
  }

 private:
  void lay_out_host(Carver& carver) {
    const std::size_t rows = windows_ * window_size_, entries = rows * kEntriesOfLine;
    for (DeviceWorkspace::Slot& slot : host_slots_) {
      slot.offsets = carver.take<std::uint32_t>(rows + 1);
      slot.columns = carver.take<std::uint32_t>(entries);
      slot.values = carver.take<float>(entries);
      slot.windows = carver.take<DeviceWindow>(windows_);
      slot.probabilities = carver.take<float>(rows * model_.shape.num_classes);
    }
  }
  std::size_t host_bytes() {
    Carver counter;
    lay_out_host(counter);
    return counter.bytes();
  }

  void check(const SkolDeviceBatch& batch) const {
    std::size_t rows = 0;
    for (std::size_t w = 0; w < batch.num_windows; ++w) rows += batch.windows[w].length;
    const std::size_t most = windows_ * window_size_;
    if (batch.num_windows > windows_ || rows > most || batch.num_rows > most) {
      throw DeviceFailure{kSkolDeviceUnsupported, "a batch larger than its workspace"};
    }
  }

  // In as many parts as the entries need: mostly one.
  void project_lines(std::size_t slot, const SkolDeviceBatch& batch) {
    const DeviceWorkspace::Slot& host = host_slots_[slot];
    const std::size_t width = model_.layout.sparse_width;
    float* const out = model_.shape.num_layers == 0      ? work_.logits
                       : model_.shape.embedding_size > 0 ? work_.embedded
                                                         : work_.gates;
    const DeviceWorkspace::Slot& device = work_.slots[slot];
    std::size_t line = 0, entry = batch.offsets[0];
    while (line < batch.num_rows) {
      // Where a line has more entries than there is room for, `entry` is beyond its first.
      const bool add = entry > batch.offsets[line];
      const auto end_of = [&](std::size_t i) { return batch.offsets[line + i + 1] - entry; };
      std::size_t lines = 0;
      host.offsets[0] = 0;
      while (line + lines < batch.num_rows && end_of(lines) <= work_.entries &&
             !(add && lines > 0)) {
        host.offsets[lines + 1] = static_cast<std::uint32_t>(end_of(lines));
        ++lines;
      }
      const bool whole = lines > 0;
      if (!whole) host.offsets[++lines] = static_cast<std::uint32_t>(work_.entries);
      const std::size_t entries = host.offsets[lines];
      std::memcpy(host.columns, batch.columns + entry, entries * sizeof(std::uint32_t));
      std::memcpy(host.values, batch.values + entry, entries * sizeof(float));
      queues_.upload(device.offsets, host.offsets, (lines + 1) * sizeof(std::uint32_t));
      queues_.upload(device.columns, host.columns, entries * sizeof(std::uint32_t));
      queues_.upload(device.values, host.values, entries * sizeof(float));
      queues_.mark_uploaded();
      queues_.template launch<SparseProjection>(
          {.groups_x = static_cast<std::uint32_t>(lines),
           .threads = SparseProjection::kThreads,
           .shared_bytes = SparseProjection::kSharedBytes},
          {device.offsets, device.columns, device.values, model_.at(model_.layout.sparse),
           start_of_lines(), out + line * width, static_cast<std::uint32_t>(width), add ? 1u : 0u});
      if (whole) line += lines;
      entry += entries;
      if (line < batch.num_rows) queues_.synchronize();  // before the slot's memory is used again
    }
  }

  const float* start_of_lines() const {
    const WeightLayout& layout = model_.layout;
    if (model_.shape.num_layers == 0) return model_.at(layout.dense_bias);
    return model_.shape.embedding_size > 0 ? nullptr : model_.at(layout.layers[0].bias);
  }

  void run_layers(std::size_t slot, const SkolDeviceBatch& batch, std::uint32_t rows) {
    const SkolDeviceNetwork& shape = model_.shape;
    if (shape.embedding_size > 0) embed(static_cast<std::uint32_t>(batch.num_rows));
    for (std::size_t layer = 0; layer < shape.num_layers; ++layer) {
      if (layer > 0) {
        multiply(work_.outputs[(layer - 1) % 2], rows, 2 * shape.units, layer);
      }
      RecurrenceData data = {work_.slots[slot].windows,
                             work_.gates,
                             {model_.at(model_.layout.layers[layer].recurrent[0]),
                              model_.at(model_.layout.layers[layer].recurrent[1])},
                             work_.outputs[layer % 2],
                             static_cast<std::uint32_t>(batch.num_windows),
                             static_cast<std::uint32_t>(shape.units),
                             layer == 0 ? 1u : 0u};
      model_.plan.stepwise ? recur_by_steps(slot, data) : recur(data);
    }
    classify(slot, work_.outputs[(shape.num_layers - 1) % 2], rows);
  }

  void embed(std::uint32_t lines) {
    const SkolDeviceNetwork& shape = model_.shape;
    if (shape.normalized_size > 0) {
      queues_.template launch<LayerNorm>(
          {.groups_x = lines,
           .threads = LayerNorm::kThreads,
           .shared_bytes = LayerNorm::kSharedBytes},
          {work_.embedded, static_cast<std::uint32_t>(shape.normalized_size),
           static_cast<std::uint32_t>(shape.embedding_size), shape.normalization_epsilon});
    }
    multiply(work_.embedded, lines, shape.embedding_size, 0);
  }

  void multiply(const float* inputs, std::uint32_t rows, std::size_t depth, std::size_t layer) {
    const auto columns = static_cast<std::uint32_t>(8 * model_.shape.units);
    const WeightLayout::Layer& weights = model_.layout.layers[layer];
    // What is embedded is no output of a layer.
    multiply({inputs, model_.at(weights.input), model_.at(weights.bias), work_.gates, rows, columns,
              static_cast<std::uint32_t>(depth), static_cast<std::uint32_t>(depth)},
             model_.bf16 && layer > 0);
  }

  void multiply(const MatrixProduct::Args& args, bool bf16) {
    if (bf16) {
      queues_.template launch<Bf16MatrixProduct>(
          {.groups_x = Bf16MatrixProduct::groups(args.rows, args.columns),
           .threads = Bf16MatrixProduct::kThreads,
           .shared_bytes = Bf16MatrixProduct::kSharedBytes},
          {args.a, reinterpret_cast<const PairInMemory*>(args.b), args.start, args.c, args.rows,
           args.columns, args.depth, args.a_stride});
      return;
    }
    queues_.template launch<MatrixProduct>(
        {.groups_x = MatrixProduct::groups(args.rows, args.columns),
         .threads = MatrixProduct::kThreads,
         .shared_bytes = MatrixProduct::kSharedBytes},
        args);
  }

  void recur(const RecurrenceData& data) {
    const RecurrencePlan& plan = model_.plan;
    const std::uint32_t slice =
        plan.slice(data.units, data.num_windows, model_.limits.multiprocessors);
    if (plan.bf16) {
      recur_with<Bf16Recurrence>(data, slice, plan.places.in_shared);
    } else if (!plan.registers) {
      recur_with<RecurrenceShared>(data, slice, plan.places);
    } else if (slice % 8 == 0) {
      recur_with<RecurrenceWide>(data, slice, plan.places);
    } else {
      recur_with<RecurrenceNarrow>(data, slice, plan.places);
    }
  }

  template <class Kernel, class Places>
  void recur_with(const RecurrenceData& data, std::uint32_t slice, Places places) {
    const RecurrencePlan& plan = model_.plan;
    queues_.template launch<Kernel>({.groups_x = (data.num_windows + slice - 1) / slice,
                                     .groups_y = 2,
                                     .cluster = plan.cluster,
                                     .threads = 4 * data.units / plan.cluster,
                                     .shared_bytes = plan.bytes(data.units, slice)},
                                    {data, slice, plan.cluster, places});
  }

  void recur_by_steps(std::size_t slot, const RecurrenceData& data) {
    const DeviceWindow* const windows = host_slots_[slot].windows;
    for (std::uint32_t direction = 0; direction < 2; ++direction) {
      std::uint32_t active = data.num_windows;
      for (std::uint32_t step = 0; step < windows[0].length; ++step) {
        while (windows[active - 1].length <= step) --active;
        if (step > 0) {
          const std::uint32_t columns = 4 * data.units;
          multiply({work_.h, data.recurrent[direction], nullptr, work_.products, active, columns,
                    data.units, data.units},
                   model_.bf16);
        }
        queues_.template launch<StepCell>(
            {.groups_x = StepCell::groups(active, data.units), .threads = StepCell::kThreads},
            {data, step > 0 ? work_.products : nullptr, work_.h, work_.cells, direction, step,
             active, model_.bf16 ? 1u : 0u});
      }
    }
  }

  void classify(std::size_t slot, const float* inputs, std::size_t rows) {
    const SkolDeviceNetwork& shape = model_.shape;
    const bool layers = shape.num_layers > 0;
    queues_.template launch<ClassProbabilities>(
        {.groups_x = ClassProbabilities::groups(static_cast<std::uint32_t>(rows)),
         .threads = ClassProbabilities::kThreads},
        {inputs, layers ? model_.at(model_.layout.dense) : nullptr,
         model_.at(model_.layout.dense_bias), work_.slots[slot].probabilities,
         static_cast<std::uint32_t>(rows), static_cast<std::uint32_t>(2 * shape.units),
         static_cast<std::uint32_t>(shape.num_classes),
         static_cast<std::uint32_t>(shape.padded_classes)});
  }

  const DeviceModel<Runtime>& model_;
  std::size_t windows_, window_size_;
  DeviceBlock<Runtime> block_;
  HostBlock<Runtime> host_;
  typename Runtime::Queues queues_;
  DeviceWorkspace work_;
  DeviceWorkspace::Slot host_slots_[kSkolDeviceSlots] = {};
  std::vector<SkolDeviceWindow> waiting_[kSkolDeviceSlots];  // started, not finished
};

}  // namespace skol::cuda
