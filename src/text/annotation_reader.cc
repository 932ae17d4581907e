// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "skol/document.h"
#include "text/lines.h"
#include "text/utf8.h"
#include "text/yedda.h"

namespace skol {
namespace {

// Bytes of Document::text that lie in one block.
struct LabelledSpan {
  std::size_t begin;
  std::size_t end;
  std::int32_t label;
};

// Copies the source without the marks of its blocks into document.text, and names its labels.
std::vector<LabelledSpan> remove_marks(std::string_view source, std::span<const Block> blocks,
                                       Document& document) {
  std::vector<LabelledSpan> spans;
  spans.reserve(blocks.size());
  std::unordered_map<std::string_view, std::int32_t> index;
  document.text.reserve(source.size());
  std::size_t done = 0;
  for (const Block& block : blocks) {
    const auto next = static_cast<std::int32_t>(document.label_names.size());
    const auto [label, is_new] = index.try_emplace(block.label, next);
    if (is_new) document.label_names.emplace_back(block.label);
    document.text.append(source, done, block.begin - done);
    const std::size_t begin = document.text.size();
    document.text.append(block.text);
    spans.push_back({begin, document.text.size(), label->second});
    done = block.end;
  }
  document.text.append(source, done);
  return spans;
}

// Which label has most characters on a line; among equals the one that came first.
class LineVote {
 public:
  explicit LineVote(std::size_t label_count) : characters_(label_count, 0) {}

  void add(std::int32_t label, std::size_t characters) {
    if (characters == 0) return;
    std::size_t& sum = characters_[static_cast<std::size_t>(label)];
    if (sum == 0) present_.push_back(label);
    sum += characters;
  }
  // The label, or kNoLabel where there was none; ready for the next line.
  std::int32_t take_winner() {
    std::int32_t winner = kNoLabel;
    std::size_t most = 0;
    for (const std::int32_t label : present_) {
      const std::size_t sum = std::exchange(characters_[static_cast<std::size_t>(label)], 0);
      if (sum > most) {
        most = sum;
        winner = label;
      }
    }
    present_.clear();
    return winner;
  }

 private:
  std::vector<std::size_t> characters_;
  std::vector<std::int32_t> present_;
};

// Both lines and spans are in order: one walk over the two.
void label_lines(std::span<const LabelledSpan> spans, Document& document) {
  document.labels.assign(document.lines.size(), kNoLabel);
  LineVote vote(document.label_names.size());
  const std::string_view text = document.text;
  std::size_t first = 0;
  for (std::size_t i = 0; i < document.lines.size(); ++i) {
    const std::size_t line_begin = document.lines[i].begin;
    const std::size_t line_end = line_begin + document.lines[i].size;
    while (first < spans.size() && spans[first].end <= line_begin) ++first;
    if (first == spans.size()) break;
    if (spans[first].begin >= line_end || !is_classified(document.line(i))) continue;
    for (std::size_t s = first; s < spans.size() && spans[s].begin < line_end; ++s) {
      const std::size_t begin = std::max(spans[s].begin, line_begin);
      const std::size_t end = std::min(spans[s].end, line_end);
      if (begin < end) {
        vote.add(spans[s].label, count_code_points(text.substr(begin, end - begin)));
      }
    }
    document.labels[i] = vote.take_winner();
  }
}

}  // namespace

Document parse_annotated(std::string id, std::string bytes, TextErrors errors,
                         std::vector<Diagnostic>& diagnostics) {
  const std::string source = decode_text(id, std::move(bytes), errors);
  const BlockScan scan = scan_blocks(source);
  scan.findings.report(id, source, diagnostics);
  Document document;
  document.id = std::move(id);
  const std::vector<LabelledSpan> spans = remove_marks(source, scan.blocks, document);
  document.lines = split_lines(document.text);
  label_lines(spans, document);
  return document;
}

}  // namespace skol
