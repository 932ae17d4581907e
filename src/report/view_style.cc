// SPDX-License-Identifier: Apache-2.0
#include "report/view_style.h"

namespace skol {

// The columns of a row: number, agreement, label, probability, annotated label, text. A row is as
// high as its text has lines, each of 20 px, which the script counts; it sets the --label-width.
const char* const kViewStyle = R"css(
.view { display: flex; flex-direction: column; height: 100vh; height: 100dvh; overflow: hidden; font-size: 14px; }
.view header { padding: 8px 12px; border-bottom: 1px solid var(--rule); }
.view h1 { font-size: 1rem; margin: 0 0 6px; }
.several h1 { position: absolute; clip-path: inset(50%); }
#tools, #legend { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; }
#legend { margin-top: 8px; max-height: 6.5em; overflow-y: auto; gap: 6px; }
.group { display: inline-flex; align-items: center; gap: 4px; }
.view button, .view input, .view select {
  font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--rule);
  border-radius: 6px; padding: 3px 8px; min-height: 28px; max-width: 100%;
}
.view select { min-width: 0; flex: 0 1 24em; text-overflow: ellipsis; }
.view button { cursor: pointer; }
.view button:hover { border-color: var(--muted); }
.view :focus-visible { outline: 2px solid var(--label-1); outline-offset: 1px; }
.view button[aria-pressed="true"] { background: var(--text); color: var(--page); border-color: var(--text); }
#search { width: 12em; } #below { width: 4.8em; }
#hits { color: var(--muted); font-variant-numeric: tabular-nums; }
#legend small { opacity: .8; font-size: inherit; }
#page { flex: 1; min-height: 0; display: flex; }
#table { flex: 1; min-width: 0; display: flex; flex-direction: column; }
#lines { flex: 1; overflow-x: hidden; overflow-y: scroll; position: relative; contain: strict; background: var(--page); }
#lines:focus-visible { outline-offset: -2px; }
#space { position: absolute; top: 0; left: 0; width: 1px; }
#map { position: relative; contain: strict; width: 18px; border-left: 1px solid var(--rule); cursor: pointer; }
#map canvas { position: absolute; width: 100%; height: 100%; }
#seen { position: absolute; top: 0; left: 0; right: 0; min-height: 4px; border: 1px solid var(--text); background: var(--text); background-clip: content-box; opacity: .35; }
.row {
  position: absolute; top: 0; left: 0; right: 0; display: grid; column-gap: 8px; cursor: default;
  grid-template-columns: var(--number-width) 1ch var(--label-width) 4ch var(--label-width) minmax(0, 1fr);
  font: 13px/20px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre;
}
#lines .row { contain: size layout style; }
.row.head { position: static; color: var(--muted); border-bottom: 1px solid var(--rule); }
.row.head > * { font-size: 11px; }
.row.head .label, .row.head .gold { --label: transparent; }
.row .number { text-align: right; color: var(--muted); padding-left: 4px; }
.row .label, .row .gold { padding-left: 6px; border-left: 4px solid var(--label, transparent); }
.row .sure { text-align: right; }
.row .text { padding: 0 6px; unicode-bidi: isolate; }
.row .agreement { color: var(--limit); font-weight: 700; text-align: center; }
.row.selected { background: var(--panel); box-shadow: inset 0 0 0 1px var(--text); z-index: 1; }
.row.selected .number { color: var(--text); font-weight: 700; }
.row.apart { box-shadow: inset 0 1px 0 var(--rule); }
.row.selected.apart { box-shadow: inset 0 0 0 1px var(--text); }
.row mark { background: var(--measured); color: var(--page); border-radius: 2px; }
.no-gold .row { grid-template-columns: var(--number-width) 1ch var(--label-width) 4ch minmax(0, 1fr); }
.no-gold .gold, .no-gold #disagreements { display: none; }
.view footer { margin: 0; padding: 6px 12px; display: flex; flex-wrap: wrap; gap: 2px 24px; }
.view footer p { margin: 0; max-width: none; }
#status { color: var(--text); min-height: 1.5em; font-variant-numeric: tabular-nums; }
.view footer .made { margin-left: auto; }
@media (max-width: 699px) {
  .row { column-gap: 4px; }
  .made { display: none; }
  .row .label, .row .gold { padding-left: 3px; border-left-width: 3px; }
  #search { width: 9em; }
  #legend { max-height: 8.5em; font-size: 13px; gap: 4px; }
  .view button { padding: 3px 6px; }
}
)css";

}  // namespace skol
