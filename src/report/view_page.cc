// SPDX-License-Identifier: Apache-2.0
#include "report/view_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/counted.h"
#include "report/json_report.h"
#include "report/label_style.h"
#include "report/markup.h"
#include "report/page_style.h"
#include "report/view_script.h"
#include "report/view_style.h"
#include "text/label_set.h"

namespace skol {
namespace {

// The scripts of data are escaped as JSON, the one that runs stands in CDATA, so that the page is
// well-formed XML too. What begins and ends CDATA is a comment to a browser.
constexpr const char* kFrame = R"html(<!DOCTYPE html>
<html lang="en" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '{hash}'"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title>{title}</title>
<style>{style}</style>
</head>
<body class="view">
{body}<script type="application/json" id="contents">{contents}</script>
{documents}<script>{script}</script>
</body>
</html>
)html";

constexpr const char* kBody = R"html(<header>
<h1>{title}</h1>
<noscript><p>The lines of this page are drawn by its script, which this browser does not run.</p></noscript>
<div id="tools" role="toolbar" aria-label="What is shown">
<select id="document" aria-label="Document" hidden="hidden"></select>
<span class="group"><input id="search" type="search" placeholder="Search (/)" aria-label="Search the lines"/><span id="hits" role="status"></span></span>
<span class="group" id="disagreements"><button id="previous" title="Previous disagreement (p)" aria-label="Previous disagreement">&#8593;</button><button id="next" title="Next disagreement (n)">Next disagreement</button></span>
<span class="group"><button id="unsure" title="Next line with a lower probability (u; back: U)">Next unsure, below</button><input id="below" type="number" min="0" max="1" step="0.05" value="0.6" aria-label="Probability below which a line is unsure"/></span>
</div>
<div id="legend" role="group" aria-label="Labels: how many lines have them; press to see only these"></div>
</header>
<div id="page">
<div id="table" role="table" aria-label="Lines of the document">
<div class="row head" role="row"><span role="columnheader" class="number">line</span><span role="columnheader" aria-label="disagreement"></span><span role="columnheader" class="label"><span class="long">label</span><span class="short">lab</span></span><span role="columnheader" class="sure" aria-label="probability">p</span><span role="columnheader" class="gold"><span class="long">annotated</span><span class="short">ann</span></span><span role="columnheader" class="text">text</span></div>
<div id="lines" role="rowgroup" tabindex="0" aria-label="Lines"><div id="space"></div></div>
</div>
<div id="map" aria-hidden="true" title="The whole document; at the right, disagreements"><canvas></canvas><div id="seen"></div></div>
</div>
<footer><p id="status" role="status"></p><p class="made">{made}</p></footer>
)html";

// In hundredths, as the page shows it.
int hundredths(float probability) {
  return static_cast<int>(std::lround(100 * std::clamp(probability, 0.0f, 1.0f)));
}

std::string script_of(const Json& data) {
  // Compact, and any byte that is not UTF-8 was replaced before.
  return json_in_script(data.dump());
}

}  // namespace

ViewPage::ViewPage(std::vector<std::string> labels, bool collapsed, std::string made_by)
    : labels_(std::move(labels)),
      model_labels_(labels_.size()),
      collapsed_(collapsed),
      made_by_(std::move(made_by)) {}

std::int32_t ViewPage::index_of(const std::string& label) {
  const auto found = std::find(labels_.begin(), labels_.end(), label);
  const auto index = static_cast<std::int32_t>(found - labels_.begin());
  if (found == labels_.end()) labels_.push_back(label);
  return index;
}

void ViewPage::add(const LabelledDocument& labelled) {
  const Document& document = labelled.document;
  std::vector<std::int32_t> names;  // of the document's labels, as indices in labels_
  for (const std::string& name : document.label_names) {
    names.push_back(index_of(collapsed_ ? collapse_label(name) : name));
  }
  std::string text;
  std::vector<std::int32_t> gold;
  std::vector<int> probabilities;
  std::size_t gold_lines = 0, disagreements = 0;
  for (std::size_t i = 0; i < document.lines.size(); ++i) {
    text.append(i == 0 ? "" : "\n").append(drawable_line(document.line(i)));
    const std::int32_t label = labelled.labels[i];
    const std::size_t row = i * model_labels_;
    probabilities.push_back(
        label == kNoLabel
            ? 0
            : hundredths(labelled.probabilities[row + static_cast<std::size_t>(label)]));
    counts_.blank_lines += label == kNoLabel;
    const std::int32_t said = document.labels.empty() ? kNoLabel : document.labels[i];
    gold.push_back(said == kNoLabel ? kNoLabel : names[static_cast<std::size_t>(said)]);
    if (gold.back() == kNoLabel || label == kNoLabel) continue;
    ++gold_lines;
    disagreements += gold.back() != label;
  }
  Json data = {{"text", text}, {"labels", labelled.labels}, {"probabilities", probabilities}};
  if (gold_lines > 0) data["gold"] = gold;
  fmt::format_to(std::back_inserter(documents_),
                 "<script type=\"application/json\" id=\"document-{}\">{}</script>\n",
                 counts_.documents, script_of(data));
  const Json about = {{"id", drawable(document.id)},
                      {"lines", document.lines.size()},
                      {"goldLines", gold_lines},
                      {"disagreements", disagreements}};
  contents_ += (contents_.empty() ? "" : ",") + script_of(about);
  ++counts_.documents;
  counts_.lines += document.lines.size();
  counts_.gold_lines += gold_lines;
  counts_.disagreements += disagreements;
}

std::string ViewPage::finish() && {
  std::vector<std::string> drawn;
  for (const std::string& label : labels_) drawn.push_back(drawable(label));
  const std::string title = fmt::format("{} of {}", counted(counts_.lines, "line"),
                                        counted(counts_.documents, "document"));
  const std::string made = made_by_.empty()
                               ? fmt::format("Made by skol {}.", SKOL_VERSION)
                               : fmt::format("Made by skol {} with <code>{}</code>", SKOL_VERSION,
                                             escaped(fitted(made_by_, 100, 1)));
  const std::string contents = fmt::format(
      R"({{"labels":{},"shortNames":{},"modelLabels":{},"colours":{},"strength":{},"documents":[{}]}})",
      script_of(Json(drawn)), script_of(Json(short_names(drawn))), model_labels_, kLabelColours,
      kMostStrength, contents_);
  return fmt::format(
      kFrame, fmt::arg("hash", kViewScriptHash), fmt::arg("title", title),
      fmt::arg("style", std::string(kPageStyle) + kLabelStyle + kViewStyle),
      fmt::arg("body", fmt::format(kBody, fmt::arg("title", title), fmt::arg("made", made))),
      fmt::arg("contents", contents), fmt::arg("documents", documents_),
      fmt::arg("script", kViewScript));
}

}  // namespace skol
