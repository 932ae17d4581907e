// SPDX-License-Identifier: Apache-2.0
#include "report/view_script.h"

namespace skol {

const char* const kViewScriptHash = "sha256-yI3ELf0VCYnyQ8L8L76k0e/Sq0qQR6vb6ylF/HtNN0E=";

const char* const kViewScript = R"js(//<![CDATA[
"use strict";
(() => {
const ROW = 20;  // px, as in the style sheet
const BEYOND = 30;  // rows drawn above and below what is seen, so that scrolling meets no blank
const MOST_PIECES = 50;  // of a line that is too long for its row
const MOST_NAME = 20;  // characters of a label in a row
const NARROW = 700;  // px, as in the style sheet
const NONE = -1;

const byId = (id) => document.getElementById(id);
const contents = JSON.parse(byId("contents").textContent);
const lines = byId("lines"), table = byId("table"), map = byId("map"), seen = byId("seen");
const head = table.querySelector(".head");

let current = 0;  // the document that is shown
let texts, labels, gold, probabilities;  // of its lines
let rows = [];  // the lines that are shown, in order
let tops = [0];  // px from the top of each of them, then the height of all
let columns = 80;  // characters that a row has for text
let selected = 0;  // a line
let mapHeight = 0;  // px
let pattern = null;  // what is searched for
let onlyDisagreements = false;
const pressed = new Set();  // labels whose lines are shown; none: all lines
const drawn = new Map();  // index in rows -> its element

const number = (n) => n.toLocaleString("en");
const said = (i) => (gold === null ? NONE : gold[i]);
const disagrees = (i) => said(i) !== NONE && labels[i] !== NONE && said(i) !== labels[i];
const below = () => Math.round(100 * Number(byId("below").value));
const unsure = (i) => labels[i] !== NONE && probabilities[i] < below();
const found = (i) => pattern !== null && texts[i].search(pattern) >= 0;
const shares = (i) => pressed.has(labels[i]) || pressed.has(said(i));
const shown = (i) => (pressed.size === 0 || shares(i)) && (!onlyDisagreements || disagrees(i));
const cut = (name) => (name.length > MOST_NAME ? `${name.slice(0, MOST_NAME - 1)}\u2026` : name);
const names = () => (innerWidth < NARROW ? contents.shortNames : contents.labels);
const nameOf = (label) => cut(names()[label]);

// The index of the last of `values`, which ascend, that is not above `value`; 0 where none is.
function lastUpTo(values, value) {
  let low = 0, high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (values[middle] > value) high = middle - 1; else low = middle;
  }
  return low;
}

// Cells that a character takes: East Asian ones two, marks that combine none.
function cellsOf(character) {
  const c = character.codePointAt(0);
  if (c < 0x300) return 1;
  if (/\p{M}/u.test(character)) return 0;
  return c >= 0x1100 && (c < 0x2000 || c > 0x2bff) ? 2 : 1;
}

// A line as it is drawn: cut, at a space where it can be, into pieces that fit.
function piecesOf(text) {
  const line = text.replace(/\t/g, "    ");
  if (line.length <= columns && !/[\u1100-\u1fff\u2c00-\uffff]/.test(line)) return [line];
  const pieces = [];
  let begin = 0, at = 0, cells = 0, space = 0, cellsAtSpace = 0;
  for (const character of line) {
    const width = cellsOf(character);
    if (cells + width > columns && at > begin) {
      const cut = space > begin ? space : at;
      pieces.push(line.slice(begin, cut));
      cells -= space > begin ? cellsAtSpace : cells;
      begin = cut;
      space = 0;
      if (pieces.length === MOST_PIECES - 1) {
        return [...pieces, `\u2026 and ${number(line.length - begin)} more characters`];
      }
    }
    cells += width;
    at += character.length;
    if (character === " ") { space = at; cellsAtSpace = cells; }
  }
  return [...pieces, line.slice(begin)];
}

function setText(cell, text) {
  cell.textContent = "";
  if (pattern === null) { cell.textContent = text; return; }
  let begin = 0;
  for (const match of text.matchAll(pattern)) {
    const mark = document.createElement("mark");
    mark.textContent = match[0];
    cell.append(text.slice(begin, match.index), mark);
    begin = match.index + match[0].length;
  }
  cell.append(text.slice(begin));
}

const template = (() => {
  const row = document.createElement("div");
  row.className = "row";
  row.setAttribute("role", "row");
  for (const name of ["number", "agreement", "label", "sure", "gold", "text"]) {
    const cell = document.createElement("span");
    cell.className = name;
    cell.setAttribute("role", "cell");
    row.append(cell);
  }
  return row;
})();

function setLabel(cell, label) {
  if (label === NONE) return;
  cell.textContent = nameOf(label);
  cell.title = contents.labels[label];
  cell.classList.add(`label-${label % contents.colours}`);
}

function makeRow(index) {
  const i = rows[index];
  const row = template.cloneNode(true);
  const [line, agreement, label, sure, annotated, text] = row.children;
  row.style.top = `${tops[index]}px`;
  row.style.height = `${tops[index + 1] - tops[index]}px`;
  row.dataset.index = index;
  row.setAttribute("aria-rowindex", index + 2);  // the head is the first
  row.classList.toggle("apart", index > 0 && rows[index - 1] !== i - 1);
  line.textContent = i + 1;
  setLabel(label, labels[i]);
  setLabel(annotated, said(i));
  if (disagrees(i)) {
    agreement.textContent = "\u2260";
    agreement.setAttribute("aria-label", "disagreement");
  }
  if (labels[i] !== NONE) {
    sure.textContent = (probabilities[i] / 100).toFixed(2);
    // From nothing where all labels are alike to the most where one is certain.
    const chance = 100 / contents.modelLabels;
    const above = Math.max(0, probabilities[i] - chance);
    const share = above / Math.max(1, 100 - chance);
    const strength = contents.strength * (0.15 + 0.85 * share);
    text.classList.add("tint", `label-${labels[i] % contents.colours}`);
    text.style.setProperty("--strength", `${strength.toFixed(1)}%`);
  }
  setText(text, piecesOf(texts[i]).join("\n"));
  mark(row, i);
  return row;
}

function mark(row, i) {
  row.classList.toggle("selected", i === selected);
  if (i === selected) row.setAttribute("aria-current", "true");
  else row.removeAttribute("aria-current");
}

// Draws what is in sight and takes away what no longer is.
function draw() {
  const top = lines.scrollTop, height = lines.clientHeight;
  const first = Math.max(0, lastUpTo(tops, top) - BEYOND);
  const last = Math.min(rows.length, lastUpTo(tops, top + height) + BEYOND + 1);
  for (const [index, row] of drawn) {
    if (index >= first && index < last) continue;
    row.remove();
    drawn.delete(index);
  }
  for (let index = last - 1; index >= first; --index) {
    if (drawn.has(index)) continue;
    const row = makeRow(index);
    lines.insertBefore(row, drawn.get(index + 1) ?? null);
    drawn.set(index, row);
  }
  const scale = mapHeight / Math.max(1, tops[rows.length]);
  seen.style.transform = `translateY(${top * scale}px)`;
}

function drawAnew() {
  for (const row of drawn.values()) row.remove();
  drawn.clear();
  draw();
}

// Lays the rows out for the width there is; the row at the top stays there.
function layOut() {
  const wide = innerWidth >= NARROW;
  const longest = Math.max(...names().map((name) => name.length));
  const anchor = lastUpTo(tops, lines.scrollTop), within = lines.scrollTop - tops[anchor];
  const nameWidth = Math.min(longest, MOST_NAME) + (wide ? 2 : 1);
  table.style.setProperty("--label-width", `${nameWidth}ch`);
  table.style.setProperty("--number-width", `${String(texts.length).length + 1}ch`);
  const cell = head.lastElementChild, style = getComputedStyle(cell);
  const probe = document.createElement("div");
  probe.className = "row";
  probe.textContent = "0".repeat(100);
  probe.style.cssText = "display:block;right:auto;contain:none;visibility:hidden";
  lines.append(probe);
  const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
  const width = cell.clientWidth - (lines.offsetWidth - lines.clientWidth) - padding;
  columns = Math.max(10, Math.floor(width / (probe.getBoundingClientRect().width / 100)));
  probe.remove();
  tops = [0];
  for (const i of rows) tops.push(tops[tops.length - 1] + ROW * piecesOf(texts[i]).length);
  byId("space").style.height = `${tops[rows.length]}px`;
  lines.scrollTop = (tops[anchor] ?? 0) + within;
  drawMap();
  drawAnew();
}

// The document from top to bottom: the label of most lines of a pixel, and disagreements.
function drawMap() {
  const canvas = map.querySelector("canvas"), height = map.clientHeight, width = map.clientWidth;
  mapHeight = height;
  seen.style.height = `${Math.min(height, height * lines.clientHeight / Math.max(1, tops[rows.length]))}px`;
  canvas.width = width;
  canvas.height = height;
  const paint = canvas.getContext("2d"), style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const colours = contents.labels.map((_, label) => colour(`--label-${label % contents.colours}`));
  const all = tops[rows.length];
  const red = [];
  for (let y = 0, index = 0; all > 0 && y < height; ++y) {
    const end = all * (y + 1) / height;
    const counts = new Map();
    index = lastUpTo(tops, all * y / height);
    for (; index < rows.length && tops[index] < end; ++index) {
      const i = rows[index];
      if (labels[i] !== NONE) counts.set(labels[i], (counts.get(labels[i]) ?? 0) + 1);
      if (disagrees(i)) red.push(y);
    }
    const most = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [NONE, 0])[0];
    if (most === NONE) continue;
    paint.fillStyle = colours[most];
    paint.fillRect(1, y, width - 8, 1);
  }
  paint.fillStyle = colour("--limit");
  for (const y of red) paint.fillRect(width - 6, y, 6, 2);
}

function filter() {
  rows = [];
  for (let i = 0; i < texts.length; ++i) if (shown(i)) rows.push(i);
  table.setAttribute("aria-rowcount", rows.length + 1);
  layOut();
  tellHits();
}

// Selects the line, or the nearest before it that is shown.
function select(line) {
  const before = lastUpTo(rows, selected), index = lastUpTo(rows, line);
  selected = rows[index] ?? line;
  if (drawn.has(before)) mark(drawn.get(before), rows[before]);
  const top = tops[index], height = lines.clientHeight;
  if (top < lines.scrollTop || tops[index + 1] > lines.scrollTop + height) {
    lines.scrollTop = top - height / 3;
  }
  draw();
  if (drawn.has(index)) mark(drawn.get(index), selected);
  tellLine();
}

function tellLine() {
  const i = selected;
  if (texts.length === 0) { byId("status").textContent = "A document without lines"; return; }
  let text = `Line ${number(i + 1)} of ${number(texts.length)}`;
  if (labels[i] !== NONE) {
    text += `: ${contents.labels[labels[i]]} ${(probabilities[i] / 100).toFixed(2)}`;
  }
  if (said(i) !== NONE) text += `, annotated ${contents.labels[said(i)]}`;
  if (disagrees(i)) {
    const all = rows.filter(disagrees);
    text += `; disagreement ${number(all.indexOf(i) + 1)} of ${number(all.length)}`;
  }
  byId("status").textContent = text;
  const place = contents.documents.length > 1 ? `document=${current + 1}&` : "";
  history.replaceState(null, "", `#${place}line=${i + 1}`);
}

function tellHits() {
  const count = pattern === null ? 0 : rows.filter(found).length;
  byId("hits").textContent = pattern === null ? "" : counted(count, "line");
}

const counted = (n, noun) => `${number(n)} ${noun}${n === 1 ? "" : "s"}`;

// The next line, or with step -1 the one before, for which `holds`; after the last one the first.
function go(holds, step, what) {
  const at = rows.indexOf(selected);
  for (let k = 1; k <= rows.length; ++k) {
    const i = rows[(at + k * step + 2 * rows.length) % rows.length];
    if (holds(i)) { select(i); return; }
  }
  byId("status").textContent = `No ${what} among the lines shown`;
}

// Disagreements go on in the next document that has any, after the last one in the first.
function goDisagreement(step) {
  const count = contents.documents.length;
  let list = rows.filter((i) => disagrees(i) && (i - selected) * step > 0);
  for (let k = 1; list.length === 0 && k <= count; ++k) {
    const next = (current + k * (step + count)) % count;
    if (contents.documents[next].disagreements === 0) continue;
    if (next !== current) open(next);
    list = rows.filter(disagrees);
  }
  if (list.length > 0) select(list[step > 0 ? 0 : list.length - 1]);
  else byId("status").textContent = "No disagreement among the lines shown";
}

function search() {
  const wanted = byId("search").value;
  const escaped = wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  pattern = wanted === "" ? null : new RegExp(escaped, "giu");
  drawAnew();
  tellHits();
}

// What stands after a name: in full where there is room for it.
function countOf(long, short) {
  const count = document.createElement("small");
  for (const [name, text] of [["long", long], ["short", short]]) {
    const span = document.createElement("span");
    span.className = name;
    span.textContent = text;
    count.append(span);
  }
  return count;
}

function legendButton(text, count, classes, isPressed, press) {
  const button = document.createElement("button");
  if (classes) {
    const swatch = document.createElement("span");
    swatch.className = `swatch ${classes}`;
    button.append(swatch, " ");
  }
  button.append(text, " ", count);
  button.setAttribute("aria-pressed", isPressed);
  const legend = byId("legend"), place = legend.children.length;
  button.addEventListener("click", () => {
    press();
    showLegend();
    filter();
    select(selected);
    legend.children[place].focus();  // the button was made anew
  });
  legend.append(button);
}

function showLegend() {
  byId("legend").textContent = "";
  const count = contents.documents[current].disagreements;
  onlyDisagreements = onlyDisagreements && count > 0;
  if (count > 0) {
    const counts = countOf(number(count), number(count));
    legendButton("\u2260 disagreements", counts, "", onlyDisagreements, () => {
      onlyDisagreements = !onlyDisagreements;
    });
  }
  const toggle = (label) => { if (!pressed.delete(label)) pressed.add(label); };
  contents.labels.forEach((name, label) => {
    const is = (other) => other === label;
    const count = labels.filter(is).length, golden = gold === null ? 0 : gold.filter(is).length;
    if (count + golden === 0) { pressed.delete(label); return; }
    const long = gold === null ? "" : `, annotated ${number(golden)}`;
    const short = gold === null ? "" : ` (${number(golden)})`;
    const counts = countOf(number(count) + long, number(count) + short);
    const colour = `label-${label % contents.colours}`;
    legendButton(name, counts, colour, pressed.has(label), () => toggle(label));
  });
}

function open(next) {
  current = next;
  const data = JSON.parse(byId(`document-${current}`).textContent);
  const about = contents.documents[current];
  texts = about.lines === 0 ? [] : data.text.split("\n");
  labels = data.labels;
  probabilities = data.probabilities;
  gold = data.gold ?? null;
  document.body.classList.toggle("no-gold", gold === null);
  document.querySelector("h1").textContent = about.id;
  document.title = about.id;
  byId("document").value = current;
  selected = 0;
  lines.scrollTop = 0;
  showLegend();
  filter();
}

// What the address asks for: #document=2&line=17, both from 1.
function goToAddress() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const within = (name, most) => Math.min(most, Math.max(1, Number(wanted.get(name)) || 1)) - 1;
  const next = within("document", contents.documents.length);
  if (next !== current || texts === undefined) open(next);
  select(within("line", texts.length));
}

const keys = {
  n: () => goDisagreement(1),
  p: () => goDisagreement(-1),
  u: () => go(unsure, 1, "such line"),
  U: () => go(unsure, -1, "such line"),
  "/": () => { byId("search").focus(); byId("search").select(); },
  ArrowDown: () => select(rows[lastUpTo(rows, selected) + 1] ?? selected),
  ArrowUp: () => select(rows[lastUpTo(rows, selected) - 1] ?? selected),
};

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.closest("input, select");
  if (field && event.key === "Escape") lines.focus();
  if (field && field.id === "search" && event.key === "Enter") {
    go(found, event.shiftKey ? -1 : 1, "such text");
  }
  if (field || !(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
}

function begin() {
  const choice = byId("document");
  contents.documents.forEach((about, index) => {
    const option = document.createElement("option");
    option.value = index;
    const count = about.disagreements;
    option.textContent = count > 0 ? `${about.id} (${counted(count, "disagreement")})` : about.id;
    choice.append(option);
  });
  choice.hidden = contents.documents.length < 2;
  document.body.classList.toggle("several", !choice.hidden);
  choice.addEventListener("change", () => { open(Number(choice.value)); select(0); });
  byId("search").addEventListener("input", search);
  byId("next").addEventListener("click", keys.n);
  byId("previous").addEventListener("click", keys.p);
  byId("unsure").addEventListener("click", keys.u);
  document.addEventListener("keydown", press);
  lines.addEventListener("scroll", draw, { passive: true });
  lines.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (row && String(getSelection()) === "") select(rows[row.dataset.index]);
  });
  map.addEventListener("click", (event) => {
    const share = (event.clientY - map.getBoundingClientRect().top) / map.clientHeight;
    select(rows[lastUpTo(tops, share * tops[rows.length])] ?? 0);
  });
  addEventListener("hashchange", goToAddress);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawMap);
  goToAddress();
  new ResizeObserver(layOut).observe(lines);
}

begin();
})();
//]]>)js";

}  // namespace skol
