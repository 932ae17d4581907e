// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace skol {

// Every option is declared once, here: its name in C++, in the model file and (with dashes) on the
// command line, its default and its help. visit_options calls visit(name, field, help) for each.

// What training needs to know, and what a model remembers of its making.
struct TrainingOptions {
  std::size_t hidden_size = 128;
  std::size_t num_layers = 2;
  std::size_t window_size = 50;
  std::size_t prediction_stride = 0;  // 0: half the window, at least 1
  std::size_t training_stride = 0;    // 0: half the window, at least 1
  std::size_t batch_size = 32;
  std::size_t epochs = 10;
  double dropout = 0.3;
  double learning_rate = 0.001;
  double clip_norm = 1.0;
  std::uint64_t seed = 42;
  std::size_t seeds = 1;
  std::size_t word_vocab_size = 800;
  std::size_t suffix_vocab_size = 200;
  std::size_t min_doc_freq = 2;
  std::string features = "rich";
  // Rarer features and affixes made labels of documents held back worse (docs/accuracy.md).
  std::size_t feature_vocab_size = 16384;
  std::string feature_groups = "all,-prefixes,-suffixes";
  std::size_t embedding_size = 128;
  double feature_dropout = 0.4;
  double line_dropout = 0.15;
  double word_dropout = 0.15;
  double form_dropout = 0.1;
  std::string schedule = "auto";
  double averaging = 0;
  std::string labels = "collapsed";
  std::size_t min_label_count = 0;
  std::string decoder = "argmax";
  std::string class_weights = "none";  // a strategy, or "NAME=W,NAME=W" (the others weigh 1)
  double min_weight = 0.1;
  double max_weight = 100;
  std::vector<std::string> focal_labels;
  double validation_fraction = 0.2;
  bool final_refit = false;
};

template <class Options, class Visitor>
void visit_training_options(Options& o, Visitor&& visit) {
  visit("hidden_size", o.hidden_size, "units of an LSTM in each direction");
  visit("num_layers", o.num_layers, "bidirectional LSTM layers; 0: logistic regression");
  visit("window_size", o.window_size, "lines of a window");
  visit("prediction_stride", o.prediction_stride,
        "lines from one window to the next in prediction; 0: half the window");
  visit("training_stride", o.training_stride, "the same in training");
  visit("batch_size", o.batch_size, "windows of a training step");
  visit("epochs", o.epochs, "most passes over the training windows");
  visit("dropout", o.dropout, "share of each LSTM's inputs left out in training");
  visit("learning_rate", o.learning_rate, "step size of Adam");
  visit("clip_norm", o.clip_norm, "largest norm of a step's gradient; 0: any");
  visit("seed", o.seed, "of all randomness");
  visit("seeds", o.seeds, "trainings, from as many seeds on from this; the best one is kept");
  visit("word_vocab_size", o.word_vocab_size, "most words in the compact vocabulary");
  visit("suffix_vocab_size", o.suffix_vocab_size,
        "most suffixes in the compact vocabulary; 0: none");
  visit("min_doc_freq", o.min_doc_freq, "lines a term must stand in to count");
  visit("features", o.features,
        "compact: words and suffixes; rich: also case, punctuation, prefixes, shapes, layout");
  visit("feature_vocab_size", o.feature_vocab_size, "most features of the rich vocabulary");
  visit("feature_groups", o.feature_groups,
        "rich features to make: all, or, with commas between, some of words, cased, plain, "
        "prefixes, suffixes, shapes, ends, bigrams, line, block; -NAME takes one away");
  visit("embedding_size", o.embedding_size, "values that the rich features of a line sum up to");
  visit("feature_dropout", o.feature_dropout, "share of rich features left out in training");
  visit("line_dropout", o.line_dropout,
        "share of lines that lose all rich features in training, so that their neighbours must "
        "tell");
  visit("word_dropout", o.word_dropout,
        "of the others, share that lose their words and keep shapes and layout");
  visit("form_dropout", o.form_dropout,
        "of the rest, share that lose shapes and layout and keep their words");
  visit("schedule", o.schedule,
        "learning rate: constant; one-cycle, which rises and falls over all epochs, none left out; "
        "auto: one cycle of 8 epochs at most where features are embedded, else constant");
  visit("averaging", o.averaging,
        "share of the mean of all weights so far that each step keeps, as 0.995; 0: the last "
        "weights");
  visit("labels", o.labels,
        "collapsed: Nomenclature, Description and Misc-exposition; all: as they are");
  visit("min_label_count", o.min_label_count,
        "labels of fewer training lines become Misc-exposition");
  visit("decoder", o.decoder,
        "argmax: every line by itself; crf: lines of a document together, by transitions between "
        "labels learnt from the documents held back; where none are, argmax");
  visit("class_weights", o.class_weights,
        "none, balanced, inverse, aggressive, or LABEL=WEIGHT,LABEL=WEIGHT");
  visit("min_weight", o.min_weight, "least weight of a label, for inverse and aggressive");
  visit("max_weight", o.max_weight, "most weight of a label, for inverse and aggressive");
  visit("focal_labels", o.focal_labels, "labels whose soft F1 is trained for");
  visit("validation_fraction", o.validation_fraction, "share of the documents held back");
  visit("final_refit", o.final_refit, "train on all documents once the epochs are known");
}

// As a prediction_batch_size: the one that is found to be fastest here within the memory there is.
inline constexpr std::size_t kAutoBatchSize = SIZE_MAX;

// What prediction may choose anew for a trained model.
struct PredictionOptions {
  std::size_t prediction_batch_size = 0;  // 0: the model's; kAutoBatchSize
  std::size_t prediction_stride = 0;      // 0: the model's
  std::size_t threads = 0;                // 0: every core this process may use
  std::string target = "auto";
  std::string precision = "fp32";
  std::string device = "cpu";      // cpu, cuda, cuda:N or auto
  std::string memory_budget = {};  // of the whole process; empty: what the system allows
  std::size_t executors = 1;       // processes that share that memory, and the device's
  // Of that memory, what the largest document takes (prediction/memory_plan.h); 0: not known before
  // it comes.
  std::uint64_t document_bytes = 0;
  // Not through a server: what one process takes of a device can only be measured in it.
  bool own_device = false;
  // How `skol top` names the run; nothing else depends on them.
  std::string run_name = {};    // the verb, "python", "spark worker"; empty: the program's name
  std::string model_name = {};  // where the model is kept, without a password, or a key
};

template <class Options, class Visitor>
void visit_prediction_options(Options& o, Visitor&& visit) {
  visit("prediction_batch_size", o.prediction_batch_size,
        "most windows of one prediction call; auto: the fastest here; 0: the model's (64)");
  visit("prediction_stride", o.prediction_stride, "lines between windows; 0: the model's");
  visit("threads", o.threads, "threads; 0: every core this process may use");
  visit("target", o.target, "SIMD target: auto, scalar, avx2, avx512 or neon");
  visit("precision", o.precision,
        "fp32, or bf16: twice as fast where the processor has AVX512_BF16, else fp32; on a GPU "
        "by tensor cores");
  visit("memory_budget", o.memory_budget,
        "most memory of all such processes: a size (412MB, 6.6GiB) or a share of what there is "
        "(80%); without it, what the system allows");
  visit("executors", o.executors, "processes that share the memory, this one included");
}

// What a review of annotations adds to the options of training.
struct ReviewOptions {
  std::size_t folds = 5;
  double min_probability = 0.9;
};

template <class Options, class Visitor>
void visit_review_options(Options& o, Visitor&& visit) {
  visit("folds", o.folds, "parts of the documents, each judged by a model trained on the others");
  visit("min_probability", o.min_probability,
        "least probability of another label at which a line is told");
}

inline constexpr std::size_t kDefaultPredictionBatchSize = 64;

// Error kParameter, naming the option, its value and what it may be.
void check(const TrainingOptions& options);
void check(const PredictionOptions& options);
void check(const ReviewOptions& options);

}  // namespace skol
