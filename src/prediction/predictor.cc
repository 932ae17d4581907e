// SPDX-License-Identifier: Apache-2.0
// The whole path: text -> features -> windows -> batches -> network -> merge -> labels.
#include "skol/predictor.h"

#include <algorithm>
#include <deque>
#include <new>
#include <optional>

#include "base/fail.h"
#include "base/thread_pool.h"
#include "model/model_data.h"
#include "model/model_input.h"
#include "prediction/batch.h"
#include "prediction/status_publisher.h"
#include "windows/overlap_merge.h"
#include "windows/sliding_window.h"

namespace skol {

std::int32_t most_probable(const float* probabilities, std::size_t classes) {
  return static_cast<std::int32_t>(std::max_element(probabilities, probabilities + classes) -
                                   probabilities);
}

struct Predictor::Setup {
  Setup(const Model& trained, const PredictionOptions& options)
      : model(trained),
        window_size(model.options().window_size),
        stride(options.prediction_stride > 0 ? options.prediction_stride
                                             : model.prediction_stride()),
        batch_size(options.prediction_batch_size > 0 ? options.prediction_batch_size
                                                     : model.prediction_batch_size()),
        pool(options.threads > 0 ? options.threads : usable_cores()),
        network(model.data().parameters, find_kernels(options.target)) {
    status.what = options.run_name;
    status.model = options.model_name;
    status.device = fmt::format("cpu {}", network.kernels().name());
    status.threads = pool.size();
    status.prediction_batch_size = batch_size;
  }

  Model model;
  std::size_t window_size, stride, batch_size;
  ThreadPool pool;
  Network network;
  RunStatus status;  // what is the same in every run
};

Predictor::Predictor(const Model& model, const PredictionOptions& options) {
  check(options);
  setup_ = std::make_unique<Setup>(model, options);
  window_count(1, setup_->window_size, setup_->stride);  // says what is wrong with the stride
}
Predictor::~Predictor() = default;
Predictor::Predictor(Predictor&&) noexcept = default;

// Documents wait in order until their last window is predicted.
class PredictionRun::Impl {
 public:
  Impl(Predictor::Setup& setup, Predictor::Sink sink, Predictor::Look look)
      : setup_(setup),
        sink_(std::move(sink)),
        look_(std::move(look)),
        classes_(setup.model.labels().size()),
        batch_size_(setup.batch_size),
        status_(setup.status, StatusFolders::of_environment()) {
    stats_.batch_sizes = {batch_size_};
    with_memory([this] { predictor(); });
    status_.update(stats_, 0);
  }

  void add(Document document) {
    check_input(setup_.model, document);
    Waiting& waiting = waiting_.emplace_back(std::move(document), classes_);
    waiting.windows = sliding_windows(waiting.lines.size(), setup_.window_size, setup_.stride);
    ++stats_.documents;
    stats_.lines += waiting.document.lines.size();
    stats_.blank_lines += waiting.document.lines.size() - waiting.lines.size();
    stats_.windows += waiting.windows.size();
    pending_ += waiting.windows.size();
    while (pending_ >= batch_size_) predict_batch();
    hand_over();
    status_.update(stats_, stats_.windows - pending_);
  }

  void finish() {
    while (pending_ > 0) predict_batch();
    hand_over();
    status_.withdraw();
  }

  const PredictionStats& stats() const { return stats_; }

 private:
  struct Waiting {
    Waiting(Document&& given, std::size_t classes)
        : document(std::move(given)), lines(document), merge(lines.size(), classes) {}

    Document document;
    ClassifiedLines lines;
    OverlapMerge merge;
    std::vector<Window> windows;
    std::size_t batched = 0;  // windows that were in a batch
  };

  // Calls work, at a smaller batch size as often as memory runs out.
  template <class Work>
  void with_memory(const Work& work) {
    while (true) {
      try {
        return work();
      } catch (const std::bad_alloc&) {
        reduce();
      }
    }
  }

  BatchPredictor& predictor() {
    if (!batch_) {
      batch_.emplace(setup_.network, setup_.model.data().vectorizer, setup_.pool,
                     setup_.window_size, batch_size_);
      stats_.workspace_bytes = std::max(stats_.workspace_bytes, batch_->workspace_bytes());
    }
    return *batch_;
  }

  // The next batch of windows in document order, or all that are left.
  void predict_batch() {
    with_memory([this] { predict_windows(std::min(pending_, batch_size_)); });
    ++stats_.predict_calls;
    if (batch_size_ < setup_.batch_size && --calls_before_growth_ == 0) grow();
  }

  // Nothing is as if predicted before all of it is: a failed call is repeated from the same window.
  void predict_windows(std::size_t count) {
    probabilities_.resize(count * setup_.window_size * classes_);
    std::vector<BatchWindow> batch;
    std::vector<Waiting*> owners;
    for (Waiting& waiting : waiting_) {
      for (std::size_t w = waiting.batched; w < waiting.windows.size() && batch.size() < count;
           ++w) {
        float* to = &probabilities_[batch.size() * setup_.window_size * classes_];
        batch.push_back({&waiting.lines, waiting.windows[w], to});
        owners.push_back(&waiting);
      }
    }
    predictor().predict(batch, [this](std::size_t windows) {
      status_.update(stats_, stats_.windows - pending_ + windows);
      if (look_) look_(stats_);
    });
    pending_ -= count;
    ++stats_.calls_by_windows[count];
    for (std::size_t i = 0; i < count; ++i) {
      ++owners[i]->batched;
      owners[i]->merge.add(batch[i].window,
                           {batch[i].probabilities, batch[i].window.length * classes_});
    }
  }

  void set_batch_size(std::size_t batch_size) {
    batch_.reset();
    probabilities_ = {};
    batch_size_ = batch_size;
    stats_.batch_sizes.push_back(batch_size);
  }

  void reduce() {
    if (batch_size_ == 1) {
      fail(ErrorKind::kMemory,
           "no memory for one window: its workspace takes {} bytes beside the model's {}; free "
           "some memory, or take a model with a smaller hidden_size or window_size",
           Workspace::bytes(setup_.network.shape(), 1, setup_.window_size),
           setup_.network.bytes() + setup_.network.parameters().values().size_bytes());
    }
    ++stats_.reductions;
    set_batch_size(batch_size_ / 2);
    calls_before_growth_ = growth_pause_;
    growth_pause_ *= 2;
  }

  void grow() {
    set_batch_size(std::min(2 * batch_size_, setup_.batch_size));
    calls_before_growth_ = growth_pause_;
  }

  // Gives away the documents at the front that are done.
  void hand_over() {
    for (; !waiting_.empty() && waiting_.front().batched == waiting_.front().windows.size();
         waiting_.pop_front()) {
      Waiting& done = waiting_.front();
      const std::vector<float> means = std::move(done.merge).finish();
      const std::size_t lines = done.document.lines.size();
      LabelledDocument out{{},
                           std::vector<std::int32_t>(lines, kNoLabel),
                           std::vector<float>(lines * classes_, 0.0f)};
      for (std::size_t i = 0; i < done.lines.size(); ++i) {
        const float* p = &means[i * classes_];
        const std::size_t line = done.lines.number(i);
        out.labels[line] = most_probable(p, classes_);
        std::copy_n(p, classes_, &out.probabilities[line * classes_]);
      }
      out.document = std::move(done.document);
      sink_(std::move(out));
    }
  }

  Predictor::Setup& setup_;
  Predictor::Sink sink_;
  Predictor::Look look_;
  std::size_t classes_;
  std::size_t batch_size_;  // in force
  std::optional<BatchPredictor> batch_;
  // Calls of the smaller size before a larger one is tried, and how many that will be after the
  // next reduction: memory that is short for good costs ever fewer failed calls.
  std::size_t calls_before_growth_ = 0, growth_pause_ = 8;
  std::deque<Waiting> waiting_;
  std::size_t pending_ = 0;  // windows not yet in a batch
  std::vector<float> probabilities_;
  PredictionStats stats_;
  StatusPublisher status_;
};

PredictionRun::PredictionRun(Predictor& predictor, Predictor::Sink sink, Predictor::Look look)
    : impl_(std::make_unique<Impl>(*predictor.setup_, std::move(sink), std::move(look))) {}
PredictionRun::~PredictionRun() = default;
PredictionRun::PredictionRun(PredictionRun&&) noexcept = default;

void PredictionRun::add(Document document) {
  impl_->add(std::move(document));
}
void PredictionRun::finish() {
  impl_->finish();
}
const PredictionStats& PredictionRun::stats() const {
  return impl_->stats();
}

PredictionStats Predictor::run(const Source& source, const Sink& sink, const Look& look) {
  PredictionRun run(*this, sink, look);
  while (std::optional<Document> document = source()) run.add(std::move(*document));
  run.finish();
  return run.stats();
}

}  // namespace skol
