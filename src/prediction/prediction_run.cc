// SPDX-License-Identifier: Apache-2.0
// The whole path: text -> features -> windows -> batches -> network -> merge -> labels.
#include <algorithm>
#include <chrono>
#include <deque>
#include <new>
#include <optional>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "base/sizes.h"
#include "model/model_input.h"
#include "prediction/batch.h"
#include "prediction/batch_choice.h"
#include "prediction/predictor_setup.h"
#include "prediction/status_publisher.h"
#include "windows/overlap_merge.h"
#include "windows/sliding_window.h"

namespace skol {

namespace {

using Clock = std::chrono::steady_clock;

// Calls of a smaller size before a larger one is tried: enough that trying costs little.
constexpr std::size_t kGrowthPause = 8;

std::string bytes_text(std::uint64_t bytes) {
  return fmt::format("{} ({} bytes)", size_text(bytes, SizeUnits::kBinary), bytes);
}

}  // namespace

// Documents wait in order until their last window is predicted.
class PredictionRun::Impl {
 public:
  Impl(Predictor::Setup& setup, Predictor::Sink sink, Predictor::Look look)
      : setup_(setup),
        sink_(std::move(sink)),
        look_(std::move(look)),
        classes_(setup.model.labels().size()),
        batch_size_(setup.choice.prediction_batch_size),
        base_bytes_(setup.plan.base_bytes()),
        budget_(setup.choice.budget),
        next_look_at_budget_(Clock::now() + setup.budget.interval),
        status_(setup.status, StatusFolders::of_environment()) {
    stats_.choice = setup.choice;
    stats_.batch_sizes = {batch_size_};
    stats_.device = setup.device_name();
    if (!setup.device.notice.empty()) stats_.notices.push_back(setup.device.notice);
    with_memory([this] { predictor(); });
    publish(0);
  }

  void add(Document document) {
    check_input(setup_.model, document);
    // Nothing is moved before there is a place for it: without memory the document is still here.
    with_memory([&] { waiting_.emplace_back(document); });
    Waiting& waiting = waiting_.back();
    with_memory([&] { waiting.prepare(setup_, classes_); });
    ++stats_.documents;
    stats_.lines += waiting.document.lines.size();
    stats_.blank_lines += waiting.document.lines.size() - waiting.lines->size();
    stats_.windows += waiting.windows.size();
    pending_ += waiting.windows.size();
    waiting_bytes_ += waiting.bytes;
    keep_within_budget();
    while (pending_ >= batch_size_) predict_batch();
    hand_over();
    publish(stats_.windows - pending_);
  }

  void finish() {
    while (pending_ > 0) predict_batch();
    hand_over();
    status_.withdraw();
  }

  const PredictionStats& stats() const { return stats_; }

  [[noreturn]] void fail_for_want_of_memory() const {
    const std::string where = waiting_.empty()
                                  ? "before the first document"
                                  : "at document " + in_quotes(waiting_.front().document.id, 80);
    fail(ErrorKind::kMemory,
         "no memory for one window, {}: its workspace takes {} bytes, the model {}, the documents "
         "that wait {}; free some memory, split long documents, or take a model with a smaller "
         "hidden_size or window_size",
         where, Workspace::bytes(setup_.network.shape(), 1, setup_.plan.window_size),
         bytes_text(setup_.network.bytes() + setup_.network.parameters().values().size_bytes()),
         bytes_text(waiting_bytes_));
  }

 private:
  struct Waiting {
    explicit Waiting(Document& given) : document(std::move(given)) {}

    // Can be called again where it ran out of memory.
    void prepare(const Predictor::Setup& setup, std::size_t classes) {
      lines.emplace(document);
      merge.emplace(lines->size(), classes);
      windows = sliding_windows(lines->size(), setup.plan.window_size, setup.plan.stride);
      bytes =
          waiting_memory({document.text.size(), document.lines.size()}, classes, setup.plan.stride);
    }

    Document document;
    std::optional<ClassifiedLines> lines;
    std::optional<OverlapMerge> merge;
    std::vector<Window> windows;
    std::size_t batched = 0;  // windows that were in a batch
    std::uint64_t bytes = 0;
  };

  // Calls work, at a smaller batch size as often as memory runs out.
  template <class Work>
  void with_memory(const Work& work) {
    while (true) {
      try {
        return work();
      } catch (const std::bad_alloc&) {
        reduce();
      } catch (const DeviceLost& lost) {
        go_on_without_device(lost.what());
      }
    }
  }

  // A run that has no memory to tell of itself goes on untold.
  void publish(std::size_t windows_done) {
    try {
      status_.update(stats_, windows_done);
    } catch (const std::bad_alloc&) {
    }
  }

  BatchRunner& predictor() {
    if (!batch_) {
      batch_ = setup_.make_batch_runner(batch_size_);
      stats_.workspace_bytes = std::max(stats_.workspace_bytes, batch_->workspace_bytes());
      if (setup_.device.network) {
        const std::size_t bytes = setup_.device.network->base_bytes() + batch_->device_bytes();
        stats_.device_bytes = std::max(stats_.device_bytes, bytes);
      }
    }
    return *batch_;
  }

  // Windows that were not done are computed here, in batches of the size that was wanted.
  void go_on_without_device(const std::string& why) {
    if (!setup_.device.network) fail(ErrorKind::kInternal, "no device to lose: {}", why);
    stats_.notices.push_back(fmt::format("the rest is computed on the CPU: {}", why));
    batch_.reset();
    setup_.device.network.reset();
    stats_.device = setup_.status.device = setup_.device_name();
    const std::size_t wanted = setup_.choice.prediction_batch_size;
    if (batch_size_ != wanted) set_batch_size(wanted);
  }

  // The next batch of windows in document order, or all that are left.
  void predict_batch() {
    keep_within_budget();
    with_memory([this] { predict_windows(std::min(pending_, batch_size_)); });
    ++stats_.predict_calls;
    const bool smaller = batch_size_ < setup_.choice.prediction_batch_size;
    if (smaller && --calls_before_growth_ == 0) grow();
  }

  // Nothing is as if predicted before all of it is: a failed call is repeated from the same window.
  void predict_windows(std::size_t count) {
    probabilities_.resize(count * setup_.plan.window_size * classes_);
    std::vector<BatchWindow> batch;
    std::vector<Waiting*> owners;
    batch.reserve(count);
    owners.reserve(count);
    for (Waiting& waiting : waiting_) {
      for (std::size_t w = waiting.batched; w < waiting.windows.size() && batch.size() < count;
           ++w) {
        float* to = &probabilities_[batch.size() * setup_.plan.window_size * classes_];
        batch.push_back({&*waiting.lines, waiting.windows[w], to});
        owners.push_back(&waiting);
      }
    }
    std::size_t& calls_of_this_size = stats_.calls_by_windows[count];
    predictor().predict(batch, [this](std::size_t windows) {
      publish(stats_.windows - pending_ + windows);
      if (look_) look_(stats_);
    });
    pending_ -= count;
    ++calls_of_this_size;
    for (std::size_t i = 0; i < count; ++i) {
      ++owners[i]->batched;
      owners[i]->merge->add(batch[i].window,
                            {batch[i].probabilities, batch[i].window.length * classes_});
    }
  }

  // What the process takes at a batch size, as far as it is known by now: documents that are larger
  // than the plan thought count with what they have.
  std::uint64_t needed_bytes(std::size_t batch_size) const {
    const std::uint64_t planned =
        setup_.plan.document_bytes + setup_.plan.waiting_bytes(batch_size);
    const std::uint64_t beyond = waiting_bytes_ - std::min(waiting_bytes_, planned);
    return base_bytes_ + setup_.plan.batch_bytes(batch_size) + beyond;
  }

  // A system's limits and what others take change while a run lasts.
  void look_at_budget() {
    if (Clock::now() < next_look_at_budget_) return;
    next_look_at_budget_ = Clock::now() + setup_.budget.interval;
    try {
      budget_ = setup_.budget.memory();
    } catch (const std::bad_alloc&) {
      return;  // what was known goes on to count, and what really fails is made smaller
    }
    // What the process has beyond what the plan knows of, such as results that pile up.
    const std::uint64_t run = needed_bytes(batch_size_) - base_bytes_;
    const std::uint64_t rest = budget_.held - std::min(budget_.held, run);
    base_bytes_ = std::max(setup_.plan.base_bytes(), rest);
  }

  // At one window a call nothing can be given back: the run goes on and an allocation that fails
  // ends it, for by now there are labels to save.
  void keep_within_budget() {
    look_at_budget();
    if (batch_size_ == 1 || needed_bytes(batch_size_) <= budget_.bytes) return;
    std::size_t fits = 1, too_large = batch_size_;
    while (fits + 1 < too_large) {
      const std::size_t middle = fits + (too_large - fits) / 2;
      (needed_bytes(middle) <= budget_.bytes ? fits : too_large) = middle;
    }
    ++stats_.reductions;
    set_batch_size(fits);
    calls_before_growth_ = kGrowthPause;
  }

  void set_batch_size(std::size_t batch_size) {
    batch_.reset();
    probabilities_ = {};
    batch_size_ = batch_size;
    stats_.batch_sizes.push_back(batch_size);
  }

  // After an allocation failed, which may happen whatever the budget says.
  void reduce() {
    if (batch_size_ == 1 && setup_.device.network) {
      return go_on_without_device("the device has no memory left for one window");
    }
    if (batch_size_ == 1) fail_for_want_of_memory();
    ++stats_.reductions;
    set_batch_size(batch_size_ / 2);
    calls_before_growth_ = growth_pause_;
    growth_pause_ *= 2;
  }

  void grow() {
    const std::size_t larger = std::min(2 * batch_size_, setup_.choice.prediction_batch_size);
    calls_before_growth_ = kGrowthPause;
    if (needed_bytes(larger) <= budget_.bytes) set_batch_size(larger);
  }

  // Gives away the documents at the front that are done.
  void hand_over() {
    for (; !waiting_.empty() && waiting_.front().batched == waiting_.front().windows.size();
         waiting_.pop_front()) {
      Waiting& done = waiting_.front();
      LabelledDocument out;
      std::vector<float> means = std::move(*done.merge).finish();
      const LineChain& chain = setup_.model.data().chain;
      with_memory([&] {
        const std::size_t lines = done.document.lines.size();
        out.labels.assign(lines, kNoLabel);
        out.probabilities.assign(lines * classes_, 0.0f);
        if (!chain.empty()) chain.decode(means, done.lines->apart(), classes_);
      });
      label(done, means, out);
      waiting_bytes_ -= done.bytes;
      sink_(std::move(out));
    }
  }

  void label(Waiting& done, const std::vector<float>& means, LabelledDocument& out) const {
    for (std::size_t i = 0; i < done.lines->size(); ++i) {
      const float* p = &means[i * classes_];
      const std::size_t line = done.lines->number(i);
      out.labels[line] = most_probable(p, classes_);
      std::copy_n(p, classes_, &out.probabilities[line * classes_]);
    }
    out.document = std::move(done.document);
  }

  Predictor::Setup& setup_;
  Predictor::Sink sink_;
  Predictor::Look look_;
  std::size_t classes_;
  std::size_t batch_size_;  // in force
  std::unique_ptr<BatchRunner> batch_;
  // Calls before a larger size is tried, and how many that will be after the next allocation that
  // fails: memory that is short for good costs ever fewer failed calls.
  std::size_t calls_before_growth_ = 0, growth_pause_ = kGrowthPause;
  std::deque<Waiting> waiting_;
  std::uint64_t waiting_bytes_ = 0;
  std::size_t pending_ = 0;  // windows not yet in a batch
  std::vector<float> probabilities_;
  std::uint64_t base_bytes_;  // of the process, whatever the batch size
  MemoryBudget budget_;
  Clock::time_point next_look_at_budget_;
  PredictionStats stats_;
  StatusPublisher status_;
};

PredictionRun::PredictionRun(Predictor& predictor, Predictor::Sink sink, Predictor::Look look) try
    : impl_(std::make_unique<Impl>(*predictor.setup_, std::move(sink), std::move(look))) {
} catch (const std::bad_alloc&) {
  fail(ErrorKind::kMemory, "no memory to begin a run, not even some KiB: free some");
}
PredictionRun::~PredictionRun() = default;
PredictionRun::PredictionRun(PredictionRun&&) noexcept = default;

void PredictionRun::add(Document document) try {
  impl_->add(std::move(document));
} catch (const std::bad_alloc&) {
  impl_->fail_for_want_of_memory();
}
void PredictionRun::finish() try { impl_->finish(); } catch (const std::bad_alloc&) {
  impl_->fail_for_want_of_memory();
}
const PredictionStats& PredictionRun::stats() const {
  return impl_->stats();
}

}  // namespace skol
