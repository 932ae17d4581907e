// SPDX-License-Identifier: Apache-2.0
// bench_predict_onednn: oneDNN's bidirectional LSTM called directly, dense windows as it likes them
// ([time][window][input]), weights reordered once to the layout it asks for.
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>
#include <nlohmann/json.hpp>
#include <oneapi/dnnl/dnnl.hpp>
#include <span>
#include <unordered_map>

#include "base/process_memory.h"
#include "harness/measured_run.h"
#include "model/model_data.h"
#include "workload/workload.h"

namespace skol::bench {
namespace {

using dnnl::memory;
using Dims = memory::dims;
using Type = memory::data_type;
using Tag = memory::format_tag;
using Step = std::pair<dnnl::primitive, std::unordered_map<int, memory>>;

std::int64_t dim(std::size_t n) {
  return static_cast<std::int64_t>(n);
}

std::vector<float> plain(const Parameters& parameters, const std::string& name) {
  for (const PlainTensor& tensor : parameters.plain_tensors()) {
    if (tensor.name == name) return parameters.to_plain(tensor);
  }
  throw std::runtime_error(name + ": no such tensor");
}

// Forward and backward weights of a layer, one after the other.
std::vector<float> both(const Parameters& parameters, std::size_t layer, const std::string& what) {
  auto values = plain(parameters, fmt::format("lstm.{}.forward.{}", layer, what));
  const auto backward = plain(parameters, fmt::format("lstm.{}.backward.{}", layer, what));
  values.insert(values.end(), backward.begin(), backward.end());
  return values;
}

// The network for batches of one size.
class Lstm {
 public:
  Lstm(const Parameters& parameters, std::size_t batch, std::size_t steps, Type type)
      : parameters_(parameters),
        shape_(parameters.shape()),
        batch_(batch),
        steps_(steps),
        type_(type) {
    input_ = memory({{dim(steps), dim(batch), dim(shape_.input_size)}, type, Tag::tnc}, engine_);
    memory values = input_;
    for (std::size_t layer = 0; layer < shape_.num_layers; ++layer) {
      values = add_layer(layer, values);
    }
    add_dense(values);
  }

  // [steps][batch][input_size], of the type of this network.
  memory& input() { return input_; }
  dnnl::stream& stream() { return stream_; }

  // [steps][batch][classes], float32.
  std::span<const float> run() {
    for (auto& [primitive, arguments] : steps_to_do_) primitive.execute(stream_, arguments);
    stream_.wait();
    return {static_cast<const float*>(output_.get_data_handle()),
            steps_ * batch_ * shape_.num_classes};
  }

  // float32 in a plain layout as the type and layout of `wanted`.
  memory converted(std::span<const float> values, const Dims& dims, Tag tag,
                   const memory::desc& wanted) {
    memory from({dims, Type::f32, tag}, engine_, const_cast<float*>(values.data()));
    memory to(wanted, engine_);
    dnnl::reorder(from, to).execute(stream_, from, to);
    stream_.wait();
    return to;
  }

 private:
  memory add_layer(std::size_t layer, const memory& source) {
    const auto inputs = source.get_desc().dims()[2], units = dim(shape_.hidden_size);
    const Dims input_dims{1, 2, inputs, 4, units}, recurrent_dims{1, 2, units, 4, units};
    const Dims bias_dims{1, 2, 4, units};
    memory out({{dim(steps_), dim(batch_), 2 * units}, type_, Tag::tnc}, engine_);
    const memory::desc none;
    const dnnl::lstm_forward::primitive_desc made({dnnl::prop_kind::forward_inference,
                                                   dnnl::rnn_direction::bidirectional_concat,
                                                   source.get_desc(),
                                                   none,
                                                   none,
                                                   {input_dims, type_, Tag::any},
                                                   {recurrent_dims, type_, Tag::any},
                                                   {bias_dims, Type::f32, Tag::ldgo},
                                                   out.get_desc(),
                                                   none,
                                                   none},
                                                  engine_);
    const auto weights = [&](const char* what, const Dims& dims, Tag tag,
                             const memory::desc& wanted) {
      return converted(both(parameters_, layer, what), dims, tag, wanted);
    };
    add(dnnl::lstm_forward(made),
        {{DNNL_ARG_SRC_LAYER, source},
         {DNNL_ARG_WEIGHTS_LAYER,
          weights("input_weights", input_dims, Tag::ldigo, made.weights_layer_desc())},
         {DNNL_ARG_WEIGHTS_ITER,
          weights("recurrent_weights", recurrent_dims, Tag::ldigo, made.weights_iter_desc())},
         {DNNL_ARG_BIAS, weights("bias", bias_dims, Tag::ldgo, made.bias_desc())},
         {DNNL_ARG_DST_LAYER, out}});
    return out;
  }

  void add_dense(const memory& source) {
    const auto rows = dim(steps_ * batch_), inputs = 2 * dim(shape_.hidden_size);
    const auto classes = dim(shape_.num_classes);
    const memory::desc from({rows, inputs}, type_, Tag::ab), bias({1, classes}, Type::f32, Tag::ab);
    const memory::desc out({rows, classes}, Type::f32, Tag::ab);
    output_ = memory(out, engine_);
    const dnnl::matmul::primitive_desc made({from, {{inputs, classes}, type_, Tag::any}, bias, out},
                                            engine_);
    const memory flat(from, engine_, source.get_data_handle());
    kept_.push_back(source);
    add(dnnl::matmul(made),
        {{DNNL_ARG_SRC, flat},
         {DNNL_ARG_WEIGHTS, converted(plain(parameters_, "dense.weights"), {inputs, classes},
                                      Tag::ab, made.weights_desc())},
         {DNNL_ARG_BIAS, converted(plain(parameters_, "dense.bias"), {1, classes}, Tag::ab, bias)},
         {DNNL_ARG_DST, output_}});
    const dnnl::softmax_forward::primitive_desc softmax(
        {dnnl::prop_kind::forward_inference, out, 1}, engine_);
    add(dnnl::softmax_forward(softmax), {{DNNL_ARG_SRC, output_}, {DNNL_ARG_DST, output_}});
  }

  void add(dnnl::primitive primitive, std::unordered_map<int, memory> arguments) {
    steps_to_do_.emplace_back(std::move(primitive), std::move(arguments));
  }

  const Parameters& parameters_;
  NetworkShape shape_;
  std::size_t batch_, steps_;
  Type type_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  memory input_, output_;
  std::vector<Step> steps_to_do_;
  std::vector<memory> kept_;  // what other memories only point into
};

// Windows [first, first + batch) as [time][window][input].
std::vector<float> dense(const Workload& workload, std::span<const WindowRows> windows) {
  const std::size_t batch = windows.size();
  std::vector<float> out(workload.window_size * batch * workload.input_size, 0.0f);
  for (std::size_t w = 0; w < batch; ++w) {
    for (std::size_t t = 0; t < workload.window_size; ++t) {
      const std::size_t row = windows[w].first_row + t;
      float* line = &out[(t * batch + w) * workload.input_size];
      const auto columns = workload.rows.row_columns(row);
      for (std::size_t j = 0; j < columns.size(); ++j) {
        line[columns[j]] = workload.rows.row_values(row)[j];
      }
    }
  }
  return out;
}

class Measurement {
 public:
  Measurement(const EngineArguments& arguments)
      : arguments_(arguments),
        model_(load_model(arguments.model)),
        workload_(read_workload(arguments.workload)),
        windows_(workload_.window_rows()) {}

  // The inputs of the first `count` batches, converted before any time counts.
  std::vector<memory> inputs(Lstm& lstm, std::size_t batch, std::size_t count) const {
    std::vector<memory> out;
    for (std::size_t b = 0; b < count; ++b) {
      out.push_back(lstm.converted(dense(workload_, std::span(windows_).subspan(b * batch, batch)),
                                   lstm.input().get_desc().dims(), Tag::tnc,
                                   lstm.input().get_desc()));
    }
    return out;
  }

  Lstm network(std::size_t batch) const {
    return Lstm(model_.data().parameters, batch, workload_.window_size,
                arguments_.precision == "bf16" ? Type::bf16 : Type::f32);
  }

  std::vector<float> answers() const {
    const std::size_t batch = std::min<std::size_t>(64, windows_.size());
    const std::size_t classes = workload_.classes, steps = workload_.window_size;
    Lstm lstm = network(batch);
    std::vector<float> out(windows_.size() * steps * classes);
    for (std::size_t first = 0; first < windows_.size(); first += batch) {
      const std::size_t begin = std::min(first, windows_.size() - batch);
      const auto values = dense(workload_, std::span(windows_).subspan(begin, batch));
      const memory input =
          lstm.converted(values, lstm.input().get_desc().dims(), Tag::tnc, lstm.input().get_desc());
      copy(input, lstm.input());
      const auto probabilities = lstm.run();
      for (std::size_t t = 0; t < steps; ++t) {
        for (std::size_t w = 0; w < batch; ++w) {
          std::copy_n(&probabilities[(t * batch + w) * classes], classes,
                      &out[((begin + w) * steps + t) * classes]);
        }
      }
    }
    return out;
  }

  nlohmann::json point(std::size_t batch) const {
    nlohmann::json out{{"batch_size", batch}};
    Lstm lstm = network(batch);
    const std::size_t batches = arguments_.memory ? 1 : windows_.size() / batch;
    const auto ready = inputs(lstm, batch, batches);
    const auto run = [&](std::size_t count) {
      for (std::size_t b = 0; b < count; ++b) {
        lstm.input().set_data_handle(ready[b].get_data_handle());
        lstm.run();
      }
    };
    run(1);
    if (!arguments_.memory) {
      out["windows_per_second"] = windows_per_second(arguments_, batch, batches, run);
    }
    out["peak_bytes"] = peak_memory_bytes();
    return out;
  }

 private:
  static void copy(const memory& from, memory& to) {
    std::copy_n(static_cast<const std::byte*>(from.get_data_handle()), from.get_desc().get_size(),
                static_cast<std::byte*>(to.get_data_handle()));
  }

  const EngineArguments& arguments_;
  Model model_;
  Workload workload_;
  std::vector<WindowRows> windows_;
};

void run(const EngineArguments& arguments) {
  omp_set_num_threads(static_cast<int>(arguments.threads));
  const Measurement measurement(arguments);
  if (!arguments.output.empty()) write_answers(arguments.output, measurement.answers());
  nlohmann::json points = nlohmann::json::array();
  for (const std::size_t batch : arguments.batch_sizes) points.push_back(measurement.point(batch));
  const dnnl_version_t* version = dnnl_version();
  fmt::print("{}\n", nlohmann::json{{"engine", "oneDNN"},
                                    {"version", fmt::format("{}.{}.{}", version->major,
                                                            version->minor, version->patch)},
                                    {"precision", arguments.precision},
                                    {"threads", arguments.threads},
                                    {"input", "dense"},
                                    {"answers", "windows"},
                                    {"points", points}}
                         .dump());
}

}  // namespace
}  // namespace skol::bench

int main(int argc, char** argv) {
  try {
    skol::bench::run(skol::bench::parse_engine_arguments(
        argc, argv, "windows a second of oneDNN's LSTM, from dense windows to probabilities"));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
