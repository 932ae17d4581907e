// SPDX-License-Identifier: Apache-2.0
#include "report/html_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "report/markup.h"
#include "report/page_style.h"

namespace skol {
namespace {

// Of the command below a figure: one that names a thousand files is there in full once, at the end
// of the page.
constexpr double kMostOfCommand = 100;  // in widths of a letter

// The style sheet stands as it is, so it has no '<' and no '&'.
constexpr const char* kFrame = R"html(<!DOCTYPE html>
<html lang="en" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title>{0}</title>
<style>{1}</style>
</head>
<body>
<main>
{2}<footer><p>{3}</p></footer>
</main>
</body>
</html>
)html";

// A text in which no line ends between a number and its unit.
std::string prose(std::string_view text) {
  constexpr std::string_view kUnits[] = {"%",  "B",  "KiB", "MiB", "GiB", "TiB", "PiB",
                                         "kB", "MB", "GB",  "TB",  "PB",  "s"};
  constexpr const char* kNoBreak = "\xC2\xA0";  // U+00A0
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i + 1);
    const std::string_view word = rest.substr(0, rest.find_first_of(" .,;:)"));
    const bool joins = text[i] == ' ' && i > 0 && text[i - 1] >= '0' && text[i - 1] <= '9' &&
                       std::find(std::begin(kUnits), std::end(kUnits), word) != std::end(kUnits);
    out += joins ? std::string(kNoBreak) : std::string(1, text[i]);
  }
  return escaped(out);
}

// A command that is broken between its words, not at the hyphens of its options.
std::string command_markup(std::string_view command) {
  std::string out = "<code>";
  for (std::size_t begin = 0; begin <= command.size();) {
    const std::size_t end = std::min(command.find(' ', begin), command.size());
    fmt::format_to(std::back_inserter(out), "{}<span>{}</span>", begin == 0 ? "" : " ",
                   escaped(command.substr(begin, end - begin)));
    begin = end + 1;
  }
  return out + "</code>";
}

// A name that may be broken after each underscore.
std::string breakable(std::string_view name) {
  std::string out;
  for (const char c : escaped(name)) out += c == '_' ? std::string("_<wbr/>") : std::string(1, c);
  return out;
}

// The class of an <svg>, which has none yet.
std::string with_class(std::string svg, std::string_view style) {
  constexpr std::string_view kTag = "<svg ";
  svg.insert(kTag.size(), fmt::format("class=\"{}\" ", style));
  return svg;
}

}  // namespace

HtmlPage::HtmlPage(std::string_view title, std::string_view lead, std::string made_by)
    : title_(title), made_by_(std::move(made_by)) {
  body_ = fmt::format("<h1>{}</h1>\n<p class=\"lead\">{}</p>\n", escaped(title), prose(lead));
}

void HtmlPage::key_figures(const std::vector<KeyFigure>& figures) {
  body_ += "<dl>\n";
  for (const KeyFigure& figure : figures) {
    fmt::format_to(std::back_inserter(body_), "<div><dt>{}</dt><dd>{}</dd></div>\n",
                   breakable(figure.name), escaped(figure.value));
  }
  body_ += "</dl>\n";
}

void HtmlPage::section(std::string_view heading) {
  body_ += fmt::format("<h2>{}</h2>\n", escaped(heading));
}

void HtmlPage::paragraph(std::string_view text) {
  body_ += fmt::format("<p>{}</p>\n", prose(text));
}

void HtmlPage::items(const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  body_ += "<ul>\n";
  for (const std::string& text : texts) body_ += fmt::format("<li>{}</li>\n", prose(text));
  body_ += "</ul>\n";
}

void HtmlPage::figure(const std::function<std::string(double width)>& svg,
                      std::string_view caption) {
  ++figures_;
  std::string source;
  if (!made_by_.empty()) {
    source = fmt::format(" <span class=\"source\">From {}</span>",
                         command_markup(fitted(made_by_, kMostOfCommand, 1)));
  }
  fmt::format_to(std::back_inserter(body_),
                 "<figure>\n{}{}<figcaption>Figure {}. {}{}</figcaption>\n</figure>\n",
                 with_class(svg(kNarrowChart), "narrow"), with_class(svg(kWideChart), "wide"),
                 figures_, prose(caption), source);
}

void HtmlPage::table(const Table& table) {
  // A table that is wider than the screen is scrolled by itself, with the keyboard too.
  auto out = std::back_inserter(body_);
  fmt::format_to(out,
                 "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\">"
                 "<table>\n<caption>{0}</caption>\n<thead><tr>",
                 escaped(table.caption));
  for (const std::string& name : table.heading) {
    fmt::format_to(out, "<th scope=\"col\">{}</th>", escaped(name));
  }
  body_ += "</tr></thead>\n<tbody>\n";
  for (const TableRow& row : table.rows) {
    body_ += row.emphasised ? "<tr class=\"strong\">" : "<tr>";
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const Cell& cell = row.cells[i];
      const std::string_view tag = i == 0 ? "th" : "td";
      const std::string style =
          cell.style.empty() ? "" : fmt::format(" class=\"{}\"", escaped(cell.style));
      const std::string text =
          cell.link.empty()
              ? escaped(cell.text)
              : fmt::format("<a href=\"#{}\">{}</a>", escaped(cell.link), escaped(cell.text));
      fmt::format_to(out, "<{}{}{}>{}</{}>", tag, i == 0 ? " scope=\"row\"" : "", style, text, tag);
    }
    body_ += "</tr>\n";
  }
  body_ += "</tbody>\n</table></div>\n";
}

std::string HtmlPage::finish() && {
  std::string source = fmt::format("Made by skol {}.", SKOL_VERSION);
  if (!made_by_.empty()) {
    source = fmt::format("Made by skol {} with {}", SKOL_VERSION, command_markup(made_by_));
  }
  return fmt::format(kFrame, escaped(title_), kPageStyle + style_, body_, source);
}

}  // namespace skol
