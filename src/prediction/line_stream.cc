// SPDX-License-Identifier: Apache-2.0
#include "prediction/line_stream.h"

#include <limits>
#include <utility>

#include "base/fail.h"
#include "base/in_quotes.h"
#include "text/annotation_writer.h"

namespace skol {
namespace {

// Arrow's offsets of 32 bits.
std::int32_t offset(std::size_t size, const Document& document) {
  if (size > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    fail(ErrorKind::kInput, "document {} has more than 2 GiB: split it", in_quotes(document.id));
  }
  return static_cast<std::int32_t>(size);
}

}  // namespace

LineStream::LineStream(const Model& model, const PredictionOptions& options, Predictor::Look look)
    : model_(model),
      predictor_(model, options),
      run_(
          predictor_, [this](LabelledDocument&& labelled) { append(std::move(labelled)); },
          std::move(look)),
      builder_([this](Document&& document) { run_.add(std::move(document)); }, model.input_size()) {
}

LabelledRows LineStream::add(const LineRows& rows) {
  has_text_ = rows.value.has_value();
  builder_.add(rows);
  return std::exchange(done_, LabelledRows());
}

LabelledRows LineStream::finish() {
  builder_.finish();
  run_.finish();
  return std::exchange(done_, LabelledRows());
}

void LineStream::append(LabelledDocument&& labelled) {
  const std::vector<std::string>& names = model_.labels();
  for (std::size_t i = 0; i < labelled.labels.size(); ++i) {
    const std::int32_t label = labelled.labels[i];
    const std::string_view line = labelled.document.line(i);
    done_.label_index.push_back(label);
    if (label == kNoLabel) {
      done_.annotated.append(line);
    } else {
      const auto p = labelled.probabilities.begin() + static_cast<std::ptrdiff_t>(i * names.size());
      done_.probabilities.insert(done_.probabilities.end(), p,
                                 p + static_cast<std::ptrdiff_t>(names.size()));
      if (has_text_) append_block(line, names[static_cast<std::size_t>(label)], done_.annotated);
    }
    done_.probability_offsets.push_back(offset(done_.probabilities.size(), labelled.document));
    done_.annotated_offsets.push_back(offset(done_.annotated.size(), labelled.document));
  }
}

}  // namespace skol
