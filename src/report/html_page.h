// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace skol {

// A figure that is read at a glance: "64", "windows a call".
struct KeyFigure {
  std::string value;
  std::string name;
};

struct Cell {
  std::string text;
  std::string style = {};  // a class of the style sheet, such as a verdict
  std::string link = {};   // the id of what it leads to on the page
};

struct TableRow {
  std::vector<Cell> cells;
  bool emphasised = false;
};

struct Table {
  std::string caption;
  std::vector<std::string> heading;
  std::vector<TableRow> rows;
};

// One HTML page in one file, which asks for nothing else: no script, no font, no picture, and a
// policy in it that forbids the browser to fetch any. Light or dark as the reader prefers, for
// screens from 320 pixels up. It is well-formed XML too. Every text is escaped here.
class HtmlPage {
 public:
  // `made_by` is the command or call that made what is shown, empty where it is not known; every
  // figure repeats it.
  HtmlPage(std::string_view title, std::string_view lead, std::string made_by);

  void key_figures(const std::vector<KeyFigure>& figures);
  void section(std::string_view heading);
  void paragraph(std::string_view text);
  void items(const std::vector<std::string>& texts);
  // Draws the chart twice, `svg(width)`, for a narrow screen and a wide one; the style sheet shows
  // one of them.
  void figure(const std::function<std::string(double width)>& svg, std::string_view caption);
  void table(const Table& table);
  // Well-formed markup, whose texts the caller has escaped, and rules for it, without '<' and '&'.
  void markup(std::string_view markup) { body_ += markup; }
  void style(std::string_view rules) { style_ += rules; }

  std::string finish() &&;

 private:
  std::string title_, made_by_, style_, body_;
  std::size_t figures_ = 0;
};

}  // namespace skol
