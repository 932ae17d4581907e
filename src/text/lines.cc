// SPDX-License-Identifier: Apache-2.0
#include "text/lines.h"

#include <algorithm>
#include <utility>

#include "base/fail.h"
#include "text/findings.h"
#include "text/utf8.h"

namespace skol {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kPageMarkerEnd = "---";

// UTF-16 and most binary formats are full of NULs; text with a NUL here and there is still text.
// Enough NULs to tell: 64 within the first 8 KiB, and three in ten bytes.
bool looks_binary(std::string_view bytes) {
  constexpr std::size_t kSample = 8192;
  constexpr std::size_t kFewestNuls = 64;
  const std::string_view sample = bytes.substr(0, kSample);
  const auto nuls = static_cast<std::size_t>(std::count(sample.begin(), sample.end(), '\0'));
  return nuls >= kFewestNuls && nuls * 10 >= sample.size() * 3;
}

std::size_t line_number(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

[[noreturn]] void fail_ill_formed(std::string_view id, std::string_view bytes, IllFormed part) {
  const bool binary = bytes.find('\0') != std::string_view::npos;
  fail(ErrorKind::kInput,
       "{}:{}: byte 0x{:02X} at offset {} is not UTF-8{}; give a UTF-8 text file, or replace such "
       "bytes (errors: replace)",
       printable_name(id), line_number(bytes, part.offset),
       static_cast<unsigned char>(bytes[part.offset]), part.offset,
       binary ? " (this looks like a binary file)" : "");
}

std::size_t skip_blanks(std::string_view line, std::size_t i) {
  while (i < line.size() && is_blank(line[i])) ++i;
  return i;
}

// Takes pieces off the front of a line; each call says whether the piece was there.
class LineCursor {
 public:
  explicit LineCursor(std::string_view line) : rest_(line) {}
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  template <typename Predicate>
  bool take_while(Predicate predicate) {
    const auto stop = std::find_if_not(rest_.begin(), rest_.end(), predicate);
    const auto taken = static_cast<std::size_t>(stop - rest_.begin());
    rest_.remove_prefix(taken);
    return taken > 0;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// ^---\s*PDF\s+Page\s+\d+\s*(Label\s+\S+\s+)?---\s*$
bool is_page_marker(std::string_view line) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_not_blank = [](char c) { return !is_blank(c); };
  LineCursor cursor(line);
  if (!cursor.take(kPageMarkerEnd)) return false;
  cursor.take_while(is_blank);
  if (!cursor.take("PDF") || !cursor.take_while(is_blank)) return false;
  if (!cursor.take("Page") || !cursor.take_while(is_blank)) return false;
  if (!cursor.take_while(is_digit)) return false;
  cursor.take_while(is_blank);
  if (cursor.take("Label")) {
    if (!cursor.take_while(is_blank)) return false;
    if (!cursor.take_while(is_not_blank) || !cursor.take_while(is_blank)) return false;
  }
  if (!cursor.take(kPageMarkerEnd)) return false;
  cursor.take_while(is_blank);
  return cursor.at_end();
}

}  // namespace

bool is_classified(std::string_view line) {
  return skip_blanks(line, 0) < line.size() && !is_page_marker(line);
}

std::string decode_text(std::string_view id, std::string bytes, TextErrors errors) {
  if (bytes.starts_with(kByteOrderMark)) bytes.erase(0, kByteOrderMark.size());
  const auto part = find_ill_formed(bytes);
  if (errors == TextErrors::kReplace) {
    if (part) return replace_ill_formed(bytes);
    return bytes;
  }
  if (part) fail_ill_formed(id, bytes, *part);
  if (looks_binary(bytes)) {
    fail(ErrorKind::kInput,
         "{}:{}: so many NUL bytes that this is a binary file or UTF-16, not UTF-8 text; give a "
         "UTF-8 text file",
         printable_name(id), line_number(bytes, bytes.find('\0')));
  }
  return bytes;
}

std::vector<Line> split_lines(std::string_view text) {
  std::vector<Line> lines;
  lines.reserve(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t lf = text.find('\n', begin);
    if (lf == std::string_view::npos) {
      lines.push_back({begin, text.size() - begin, LineEnd::kNone});
      break;
    }
    const bool has_cr = lf > begin && text[lf - 1] == '\r';
    lines.push_back({begin, lf - begin - (has_cr ? 1 : 0), has_cr ? LineEnd::kCrLf : LineEnd::kLf});
    begin = lf + 1;
  }
  return lines;
}

Document parse_raw(std::string id, std::string bytes, TextErrors errors) {
  Document document;
  document.text = decode_text(id, std::move(bytes), errors);
  document.lines = split_lines(document.text);
  document.id = std::move(id);
  return document;
}

}  // namespace skol
