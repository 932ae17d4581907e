// SPDX-License-Identifier: Apache-2.0
#include "report/review_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

#include "base/counted.h"
#include "report/html_page.h"
#include "report/label_style.h"
#include "report/markup.h"

namespace skol {
namespace {

// Lines shown before and after a finding.
constexpr std::size_t kContext = 3;
// Of a long finding, the lines shown of its beginning and its end.
constexpr std::size_t kFirstLines = 8, kLastLines = 2;
constexpr std::size_t kMostDocuments = 30;  // in the table

// A browser lays out only the findings in sight.
constexpr const char* kReviewStyle = R"css(
main { max-width: 1180px; }
.finding { content-visibility: auto; contain-intrinsic-size: auto 330px; margin: 22px 0 0; padding: 12px 0 0; border-top: 1px solid var(--rule); }
.finding h3 { font-size: 1rem; margin: 0 0 2px; overflow-wrap: anywhere; }
.finding p { max-width: none; margin: 0 0 6px; }
.finding:target { outline: 2px solid var(--label-1); outline-offset: 6px; border-radius: 2px; }
a { color: inherit; text-decoration-color: var(--muted); text-underline-offset: 3px; }
.facts a { white-space: nowrap; }
.lines { width: 100%; table-layout: fixed; border-collapse: separate; border-spacing: 0; font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
.lines th, .lines td { text-align: left; border: 0; padding: 0 6px; vertical-align: top; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.lines thead th { font: .75rem/1.6 system-ui, sans-serif; }
.lines .number { width: 7ch; text-align: right; color: var(--muted); padding-left: 0; }
.lines .gold, .lines .said { width: 18ch; border-left: 4px solid var(--label, transparent); }
.lines .said { width: 23ch; }
.lines .text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
.lines tr.found .number { color: var(--text); font-weight: 700; }
.lines tr.around { color: var(--muted); }
@media (max-width: 699px) {
  .lines .gold, .lines .said { width: 5.5ch; padding: 0 2px 0 3px; border-left-width: 3px; }
  .lines .said { width: 10ch; }
  .lines .number { width: 6ch; padding-right: 4px; }
}
)css";

// The labels of a review with their colours and short names.
class Labels {
 public:
  Labels(const std::vector<Document>& documents, const Scores& scores) {
    std::vector<LabelScores> frequent = scores.per_label;
    std::stable_sort(frequent.begin(), frequent.end(),
                     [](const auto& a, const auto& b) { return a.support > b.support; });
    for (const LabelScores& label : frequent) add(label.label);
    for (const Document& document : documents) {
      for (const std::string& name : document.label_names) add(name);
    }
    const std::vector<std::string> shorts = short_names(names_);
    for (std::size_t i = 0; i < names_.size(); ++i) looks_[names_[i]] = {label_class(i), shorts[i]};
  }

  std::string style(const std::string& name) const { return looks_.at(name).style; }
  // Its full name on a wide screen, a short one on a narrow screen.
  std::string markup(const std::string& name) const {
    return fmt::format("<span class=\"long\">{}</span><span class=\"short\">{}</span>",
                       escaped(name), escaped(looks_.at(name).short_name));
  }

 private:
  void add(const std::string& name) {
    if (std::find(names_.begin(), names_.end(), name) == names_.end()) names_.push_back(name);
  }

  struct Look {
    std::string style, short_name;
  };
  std::vector<std::string> names_;
  std::map<std::string, Look> looks_;
};

std::string id_of(std::size_t finding) {
  return fmt::format("finding-{}", finding + 1);
}

// A line that was found has the model's probability.
std::string row(const Document& document, std::size_t line, const Labels& labels,
                const Finding& finding, std::optional<float> probability) {
  std::string gold = "<td></td>", said = "<td></td>", text = "<td class=\"text\">";
  if (!document.labels.empty() && document.labels[line] != kNoLabel) {
    const std::string& name = document.label_names[static_cast<std::size_t>(document.labels[line])];
    gold = fmt::format("<td class=\"gold {}\">{}</td>", labels.style(name), labels.markup(name));
  }
  if (probability) {
    said = fmt::format("<td class=\"said {}\">{:.2f} {}</td>", labels.style(finding.predicted),
                       *probability, labels.markup(finding.predicted));
    text = fmt::format("<td class=\"text tint {}\" style=\"--strength: {:.0f}%\">",
                       labels.style(finding.predicted),
                       kMostStrength * static_cast<double>(*probability));
  }
  return fmt::format(
      "<tr class=\"{}\"><th scope=\"row\" class=\"number\">{}</th>{}{}{}{}</td></tr>\n",
      probability ? "found" : "around", line + 1, gold, said, text,
      escaped(drawable_line(document.line(line))));
}

std::string rows(const Document& document, const Labels& labels, const Finding& finding) {
  std::string out;
  const std::size_t first = finding.lines.front(), last = finding.lines.back();
  const auto around = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      out += row(document, i, labels, finding, std::nullopt);
  };
  around(first - std::min(first, kContext), first);
  const std::size_t count = finding.lines.size();
  for (std::size_t k = 0; k < count; ++k) {
    if (k == kFirstLines && count > kFirstLines + kLastLines + 1) {
      k = count - kLastLines;
      out += fmt::format(
          "<tr class=\"around\"><td></td><td></td><td></td><td>{} more lines</td></tr>\n",
          with_commas(k - kFirstLines));
    } else if (k > 0) {
      around(finding.lines[k - 1] + 1, finding.lines[k]);
    }
    out += row(document, finding.lines[k], labels, finding, finding.probabilities[k]);
  }
  around(last + 1, std::min(last + 1 + kContext, document.lines.size()));
  return out;
}

// The next finding of the same pair of labels, after each; nothing after the last one.
std::vector<std::optional<std::size_t>> next_of_pair(const std::vector<Finding>& findings) {
  std::vector<std::optional<std::size_t>> next(findings.size());
  std::map<std::pair<std::string, std::string>, std::size_t> later;
  for (std::size_t i = findings.size(); i-- > 0;) {
    const std::pair pair(findings[i].gold, findings[i].predicted);
    if (const auto found = later.find(pair); found != later.end()) next[i] = found->second;
    later[pair] = i;
  }
  return next;
}

std::string finding_markup(const Document& document, const Labels& labels, const Finding& finding,
                           std::size_t number, std::optional<std::size_t> next) {
  const std::string id = id_of(number);
  const std::string on =
      next ? fmt::format(" <a href=\"#{}\">next of this pair</a>", id_of(*next)) : "";
  return fmt::format(
      "<section class=\"finding\" id=\"{0}\">\n<h3><a href=\"#{0}\">{1}:{2}</a></h3>\n"
      "<p class=\"facts\">{3}: annotated <b>{4}</b>, the model says <b>{5}</b> ({6:.2f}).{7}</p>\n"
      "<table class=\"lines\"><thead><tr><th scope=\"col\" class=\"number\">line</th>"
      "<th scope=\"col\" class=\"gold\"><span class=\"long\">annotated</span>"
      "<span class=\"short\">ann</span></th><th scope=\"col\" class=\"said\">model</th>"
      "<th scope=\"col\">text</th></tr></thead><tbody>\n{8}</tbody></table>\n</section>\n",
      id, escaped(document.id), finding.lines.front() + 1, counted(finding.lines.size(), "line"),
      escaped(finding.gold), escaped(finding.predicted), finding.probability, on,
      rows(document, labels, finding));
}

void add_pairs(HtmlPage& page, const std::vector<Finding>& findings) {
  Table table;
  table.caption = "Lines by their two labels; the number of places leads to the worst one";
  table.heading = {"annotated \u2192 the model says", "lines", "places"};
  for (const LabelPair& pair : pairs_of(findings)) {
    const std::string link = pair.first < kMostFindings ? id_of(pair.first) : "";
    table.rows.push_back({{{fmt::format("{} \u2192 {}", pair.gold, pair.predicted)},
                           {with_commas(pair.lines)},
                           {with_commas(pair.findings), "", link}}});
  }
  page.section("Which labels");
  page.table(table);
}

void add_documents(HtmlPage& page, const std::vector<Document>& documents,
                   const std::vector<Finding>& findings) {
  struct Count {
    std::size_t lines = 0, findings = 0, first = 0;
  };
  std::map<std::size_t, Count> counts;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const auto [found, is_new] = counts.try_emplace(findings[i].document, Count{0, 0, i});
    found->second.lines += findings[i].lines.size();
    ++found->second.findings;
  }
  std::vector<std::pair<std::size_t, Count>> most(counts.begin(), counts.end());
  std::stable_sort(most.begin(), most.end(),
                   [](const auto& a, const auto& b) { return a.second.lines > b.second.lines; });
  Table table;
  table.caption = "Lines by document";
  if (most.size() > kMostDocuments) {
    table.caption += fmt::format(": the {} of {} that have most", kMostDocuments, most.size());
    most.resize(kMostDocuments);
  }
  table.heading = {"document", "lines", "places"};
  for (const auto& [document, count] : most) {
    const std::string link = count.first < kMostFindings ? id_of(count.first) : "";
    table.rows.push_back({{{documents[document].id},
                           {with_commas(count.lines)},
                           {with_commas(count.findings), "", link}}});
  }
  page.section("Which documents");
  page.table(table);
}

void add_findings(HtmlPage& page, const std::vector<Document>& documents, const Scores& scores,
                  const std::vector<Finding>& findings) {
  const std::size_t shown = std::min(findings.size(), kMostFindings);
  page.section("Where, the worst first");
  if (shown < findings.size()) {
    page.paragraph(fmt::format("The first {} of {} places; --tsv has every line.",
                               with_commas(shown), with_commas(findings.size())));
  }
  const Labels labels(documents, scores);
  const auto next = next_of_pair(findings);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::optional<std::size_t> on = next[i] && *next[i] < shown ? next[i] : std::nullopt;
    page.markup(finding_markup(documents[findings[i].document], labels, findings[i], i, on));
  }
}

}  // namespace

std::string review_page(const std::vector<Document>& documents, const Review& review,
                        const ReviewOptions& options, const std::string& made_by) {
  const std::vector<Finding> findings = findings_of(documents, review);
  const Scores& scores = review.scores;
  HtmlPage page(
      fmt::format("Review: {} to look at", counted(review.contradictions.size(), "line")),
      fmt::format("Each document was labelled by a model that was trained on others. These are the "
                  "lines where it contradicts the annotation with a probability of {:g} or more: "
                  "slips of the annotation, or errors of the model.",
                  options.min_probability),
      made_by);
  page.style(kLabelStyle);
  page.style(kReviewStyle);
  page.key_figures({{with_commas(review.contradictions.size()), "lines contradicted"},
                    {with_commas(findings.size()), "places: runs of such lines"},
                    {with_commas(scores.lines), "labelled lines looked at"},
                    {with_commas(documents.size()), "documents"},
                    {with_commas(review.folds), "folds of the documents"},
                    {fmt::format("{:.1f} %", 100 * scores.accuracy), "of lines as annotated"}});
  if (findings.empty()) {
    page.paragraph("Nothing was contradicted that clearly.");
  } else {
    add_pairs(page, findings);
    add_documents(page, documents, findings);
    add_findings(page, documents, scores, findings);
  }
  return std::move(page).finish();
}

}  // namespace skol
