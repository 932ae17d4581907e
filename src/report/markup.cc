// SPDX-License-Identifier: Apache-2.0
#include "report/markup.h"

#include <cstddef>

#include "text/utf8.h"

namespace skol {
namespace {

constexpr const char* kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr const char* kEllipsis = "\xE2\x80\xA6";     // U+2026

struct CodePoint {
  char32_t value;
  std::size_t bytes;
};

// Of well-formed text.
CodePoint code_point_at(std::string_view text, std::size_t i) {
  const auto lead = static_cast<unsigned char>(text[i]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  char32_t value = lead & (0x7fU >> bytes);
  for (std::size_t k = 1; k < bytes; ++k) {
    value = value << 6U | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
  }
  return {value, bytes};
}

// Controls, and the two that XML has no place for.
bool is_forbidden(char32_t c) {
  return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0) || c == 0xfffe ||
         c == 0xffff;
}

// The marks, embeddings and isolates of the Unicode bidirectional algorithm.
bool turns_direction(char32_t c) {
  return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

// Of one code point in units of the font's size, as DejaVu Sans has it, rounded up.
double advance(char32_t c) {
  if (c >= 0x1100) return 1;
  if (c >= 0x80) return 0.8;
  constexpr std::string_view kNarrow = "fijlrtI.,:;!|'()[] -";
  constexpr std::string_view kWide = "mwMW%@+<=>";
  if (kNarrow.find(static_cast<char>(c)) != kNarrow.npos) return 0.42;
  if (kWide.find(static_cast<char>(c)) != kWide.npos) return 1;
  return c >= 'A' && c <= 'Z' ? 0.78 : 0.64;
}

}  // namespace

std::string drawable(std::string_view text) {
  const std::string well_formed = replace_ill_formed(text);
  std::string out;
  for (std::size_t i = 0; i < well_formed.size();) {
    const CodePoint c = code_point_at(well_formed, i);
    if (is_forbidden(c.value) || turns_direction(c.value)) {
      out += kReplacement;
    } else {
      out.append(well_formed, i, c.bytes);
    }
    i += c.bytes;
  }
  return out;
}

std::string drawable_line(std::string_view line) {
  std::string out;
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 && c != '\t') {
      out += {'^', static_cast<char>(byte + 0x40)};
    } else {
      out += c;
    }
  }
  return drawable(out);
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : drawable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string json_in_script(const std::string& json) {
  std::string out;
  for (const char c : json) {
    if (c == '<' || c == '>' || c == '&') {
      out += c == '<' ? "\\u003c" : c == '>' ? "\\u003e" : "\\u0026";
    } else {
      out += c;
    }
  }
  return out;
}

double text_width(std::string_view text, double font) {
  const std::string well_formed = replace_ill_formed(text);
  double width = 0;
  for (std::size_t i = 0; i < well_formed.size();) {
    const CodePoint c = code_point_at(well_formed, i);
    width += advance(c.value) * font;
    i += c.bytes;
  }
  return width;
}

std::string fitted(std::string_view text, double width, double font) {
  const std::string well_formed = replace_ill_formed(text);
  const double most = width - advance(0x2026) * font;  // what may stand before an ellipsis
  std::size_t cut = 0;                                 // bytes that do
  double used = 0;
  for (std::size_t i = 0; i < well_formed.size();) {
    const CodePoint c = code_point_at(well_formed, i);
    used += advance(c.value) * font;
    if (used > width) return well_formed.substr(0, cut) + kEllipsis;
    i += c.bytes;
    if (used <= most) cut = i;
  }
  return well_formed;
}

}  // namespace skol
