// SPDX-License-Identifier: Apache-2.0
#include "report/page_style.h"

namespace skol {

// The colours stand once for each scheme. Charts tell shapes apart by lightness, form and legend
// too, not by hue alone.
const char* const kPageStyle = R"css(
:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f4f6f9; --text: #1b2027; --muted: #55606d;
  --rule: #d3d9e0; --grid: #e4e8ed;
  --fixed: #174f8c; --growing: #4a8bd0; --idle: #7f8b99;
  --measured: #b45309; --limit: #b3261e; --choice: #1a7f37;
  --safe: #1a7f37; --tight: #8a5a00; --too-large: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161b; --panel: #1b2129; --text: #e7ecf1; --muted: #a3aebb;
    --rule: #39424d; --grid: #2a323b;
    --fixed: #4383cc; --growing: #a5cdf8; --idle: #6f7c8b;
    --measured: #ffb068; --limit: #ff8f86; --choice: #5fd47a;
    --safe: #5fd47a; --tight: #e8b84a; --too-large: #ff8f86;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  -webkit-text-size-adjust: 100%; text-size-adjust: 100%;
}
main { max-width: 892px; margin: 0 auto; padding: 24px 16px 40px; }
h1, h2, p, li, code, caption, figcaption, dt, dd { overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 8px; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 40px 0 8px; }
p { margin: 0 0 10px; max-width: 70ch; }
ul { margin: 0 0 10px; padding-left: 1.2em; max-width: 70ch; }
li { margin: 0 0 6px; }
.lead { color: var(--muted); }
code span { display: inline-block; max-width: 100%; }
code { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .92em; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(136px, 1fr)); gap: 10px; margin: 20px 0 0; }
dl div { display: flex; flex-direction: column-reverse; justify-content: flex-end; background: var(--panel); border-radius: 8px; padding: 10px 12px; }
dd { margin: 0; font-size: 1.3rem; line-height: 1.3; font-weight: 600; font-variant-numeric: tabular-nums; }
dt { font-size: .82rem; line-height: 1.35; color: var(--muted); }
figure { margin: 16px 0 0; }
figcaption, footer, .source { font-size: .85rem; color: var(--muted); }
figcaption { margin-top: 6px; max-width: 80ch; }
.source { display: block; }
footer { margin-top: 40px; padding-top: 12px; border-top: 1px solid var(--rule); }
.scroll { overflow-x: auto; margin: 12px 0 0; }
table { border-collapse: collapse; font-size: .8rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding-bottom: 6px; }
th, td { text-align: right; padding: 5px 0 5px 8px; border-bottom: 1px solid var(--rule); white-space: nowrap; }
thead th { font-weight: 600; color: var(--muted); white-space: normal; vertical-align: bottom; }
th:first-child { padding-left: 0; text-align: left; }
tbody th { font-weight: 400; }
tr.strong th, tr.strong td { font-weight: 700; }
td.safe { color: var(--safe); } td.tight { color: var(--tight); } td.too_large { color: var(--too-large); }
svg { display: block; width: 100%; height: auto; }
svg.wide { display: none; max-width: 860px; }
svg.narrow { max-width: 480px; }
@media (min-width: 700px) {
  table { font-size: .875rem; }
  th, td { padding-left: 22px; }
  svg.wide { display: block; } svg.narrow { display: none; }
}
svg text { font-size: 12px; fill: var(--muted); stroke: var(--page); stroke-width: 3px; paint-order: stroke; stroke-linejoin: round; unicode-bidi: isolate; }
svg text.strong { font-weight: 700; fill: var(--text); }
svg text.safe { fill: var(--safe); } svg text.tight { fill: var(--tight); } svg text.too_large { fill: var(--too-large); }
.grid { stroke: var(--grid); stroke-width: 1; }
.axis { stroke: var(--muted); stroke-width: 1; }
rect.fixed { fill: var(--fixed); } rect.growing { fill: var(--growing); } rect.idle { fill: var(--idle); }
rect.fixed, rect.growing, rect.idle { stroke: var(--page); stroke-width: 1; }
rect.thin { stroke: none; }
.cut { stroke: var(--page); stroke-width: 3; }
polyline, line.memory, line.speed { fill: none; stroke: var(--fixed); stroke-width: 2; stroke-linejoin: round; }
.limit { stroke: var(--limit); stroke-width: 2; }
.safe_limit { stroke: var(--limit); stroke-width: 1.5; stroke-dasharray: 6 3; }
.choice { stroke: var(--choice); stroke-width: 1.5; stroke-dasharray: 2 3; }
.point { stroke: var(--page); stroke-width: 1; }
.measured.point { fill: var(--measured); } .speed.point { fill: var(--fixed); }
@media print { body { font-size: 12px; } h2, figure { break-inside: avoid; } }
)css";

}  // namespace skol
