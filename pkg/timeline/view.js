// Draws the rows and the time axis of a timeline, only those that are seen, into elements that it uses again. Must not
// decide what is shown.

import { h, pool, set, write } from "./dom.js";
import { boxesOf, laneBoxesOf, positionOf, rowsInView, spansOf, ticksOf } from "./layout.js";
import { countsOf, labelOf, toneOf } from "./rows.js";
import { chartText, durationText, notesOf, statusText, tickText, timesOf } from "./texts.js";

/** Height of a row in px, also in `styles.js`: with one line, and with two where it is narrow. */
const HEIGHTS = [28, 46];

/** Below this width, in px, a row has two lines. */
const NARROW = 520;

/** Room for the text after a bar, in px: fixed, and for each character. */
const [GAP, CHARACTER] = [16, 6.2];

const COLUMNS = ["Action", "Status", "Waited", "Ran"];

/** Makes the list. `draw(state)` shows a state, and `size()` the places of its parts. */
export function makeView() {
  const axis = h("span", { role: "columnheader", class: "chart axis" }, h("span", { class: "said" }, "Time"));
  const head = h("div", { role: "row", class: "row head", "aria-rowindex": "1" }, ...COLUMNS.map((name, index) => h("span", { role: "columnheader", class: `c${index}` }, name)), axis);
  const lines = h("div", { class: "lines", "aria-hidden": "true" });
  const body = h("div", { role: "rowgroup", class: "body" });
  const empty = h("p", { class: "empty" });
  const grid = h("div", { class: "grid", role: "treegrid", tabindex: "0", "aria-label": "Calls", "aria-colcount": "5" }, head, body);
  const element = h("div", { class: "list" }, grid, empty);
  const labels = pool(axis, () => h("i", { "aria-hidden": "true" }));
  const tickLines = pool(lines, () => h("i", {}));
  const offlines = pool(lines, () => h("b", {}));
  /** By key of its row, an element that is shown. */
  const shown = new Map();
  const free = [];
  let names = 0;

  function makeRow() {
    const cells = COLUMNS.map((_, index) => h("span", { role: "gridcell", class: `c${index}` }));
    const note = h("em", {});
    const chart = h("span", { role: "gridcell", class: "chart" }, note);
    const row = h("div", { role: "row", id: `row${(names += 1)}` }, ...cells, chart);
    body.append(row);
    return { row, cells, chart, note, bars: pool(chart, () => h("i", {})), key: undefined };
  }

  /** Places the bars, and a note after the last one. Without room there it is before the first, or else on the bars. */
  function drawChart({ note, bars }, boxes, text, width) {
    const elements = bars(boxes.length);
    boxes.forEach(({ kind, left, width }, index) => {
      const { style, dataset } = elements[index];
      if (dataset.kind !== kind) dataset.kind = kind;
      style.left = `${left.toFixed(1)}px`;
      style.width = `${width.toFixed(1)}px`;
    });
    write(note, text);
    const [start, end] = boxes.length ? [boxes[0].left, boxes.at(-1).left + boxes.at(-1).width] : [0, 0];
    const needed = GAP + text.length * CHARACTER;
    const isAfter = end + needed < width;
    const isBefore = !isAfter && start > needed;
    note.style.left = isAfter ? `${(end + 6).toFixed(1)}px` : "";
    note.style.right = isAfter ? "" : `${(isBefore ? width - start + 6 : 2).toFixed(1)}px`;
    set(note, "data-over", text !== "" && !isAfter && !isBefore);
  }

  function drawLane(made, { lane, calls, open, isFolded }, { time, now }, width) {
    const { row, cells, chart } = made;
    const { failed } = countsOf(calls);
    set(row, "class", "row lane");
    set(row, "aria-level", 1);
    set(row, "aria-expanded", String(!isFolded));
    set(row, "data-tone", undefined);
    const counts = `${calls.length} ${calls.length === 1 ? "call" : "calls"}`;
    [lane, open ? `${open} open` : failed ? `${failed} failed` : counts, "", ""].forEach((text, index) => write(cells[index], text));
    set(row, "title", undefined);
    set(chart, "aria-label", counts);
    drawChart(made, laneBoxesOf(calls, time, width, now), "", width);
  }

  function drawCall(made, call, { time, now }, width) {
    const { row, cells, chart } = made;
    const { waited, ran } = timesOf(call, now);
    set(row, "class", "row call");
    set(row, "aria-level", 2);
    set(row, "aria-expanded", undefined);
    set(row, "data-tone", toneOf(call));
    const texts = [`${labelOf(call)} `, statusText(call), waited === undefined ? "" : durationText(waited), ran === undefined ? "" : durationText(ran)];
    texts.forEach((text, index) => write(cells[index], text));
    const text = chartText(call, now);
    set(row, "title", `${labelOf(call)} #${call.number}: ${text}`);
    set(chart, "aria-label", text);
    drawChart(made, boxesOf(spansOf(call, now), time, width), notesOf(call).join(" · "), width);
  }

  function drawAxis({ time, offline }, width) {
    const { step, times } = ticksOf(time, width);
    const [texts, marks] = [labels(times.length), tickLines(times.length)];
    times.forEach((at, index) => {
      const left = `${positionOf(at, time, width).toFixed(1)}px`;
      write(texts[index], tickText(at, step));
      texts[index].style.left = left;
      marks[index].style.left = left;
    });
    const gone = offline.map(({ from, to = Infinity }) => ({ from: Math.max(from, time.from), to: Math.min(to, time.to) })).filter(({ from, to }) => from < to);
    offlines(gone.length).slice(0, gone.length).forEach((element, index) => {
      const { from, to } = gone[index];
      const left = positionOf(from, time, width);
      element.style.left = `${left.toFixed(1)}px`;
      element.style.width = `${(positionOf(to, time, width) - left).toFixed(1)}px`;
      write(element, "offline");
    });
  }

  /** Reads the sizes of the elements. */
  function size() {
    const isNarrow = element.clientWidth < NARROW;
    const { offsetLeft: left, clientWidth: width } = axis;
    return { isNarrow, rowHeight: HEIGHTS[Number(isNarrow)], left, width, headHeight: head.offsetHeight, height: grid.clientHeight, scrolled: grid.scrollTop };
  }

  return {
    element,
    grid,
    size,
    /** Returns the key of the row at an element of it. */
    keyAt: (target) => target.closest?.(".body > .row")?.key,
    /** Returns the time at a place of the window, in px from its left. */
    timeAt(x, { from, to }) {
      const { left, width } = axis.getBoundingClientRect();
      return from + ((to - from) * (x - left)) / Math.max(width, 1);
    },
    draw(state) {
      const { rows, active, selected, cause, message } = state;
      set(element, "data-narrow", element.clientWidth < NARROW);
      const { rowHeight, left, width, headHeight, height, scrolled } = size();
      if (lines.parentNode !== body) body.prepend(lines);
      lines.style.left = `${left}px`;
      lines.style.width = `${width}px`;
      body.style.height = `${rows.length * rowHeight}px`;
      empty.hidden = rows.length > 0;
      write(empty, message);
      set(grid, "aria-rowcount", rows.length + 1);
      drawAxis(state, width);
      const { first, end } = rowsInView(scrolled, height - headHeight, rowHeight, rows.length);
      const visible = rows.slice(first, end);
      const keys = new Set(visible.map(({ key }) => key));
      for (const [key, made] of shown) {
        if (keys.has(key)) continue;
        shown.delete(key);
        made.row.hidden = true;
        free.push(made);
      }
      let activeId;
      visible.forEach((data, index) => {
        const { key, call } = data;
        const made = shown.get(key) ?? free.pop() ?? makeRow();
        shown.set(key, made);
        const { row } = made;
        row.key = key;
        row.hidden = false;
        row.style.transform = `translateY(${(first + index) * rowHeight}px)`;
        set(row, "aria-rowindex", first + index + 2);
        if (call) drawCall(made, call, state, width);
        else drawLane(made, data, state, width);
        set(row, "aria-selected", call ? String(key === selected) : undefined);
        set(row, "data-active", key === active);
        set(row, "data-cause", key === cause);
        if (key === active) activeId = row.id;
      });
      set(grid, "aria-activedescendant", activeId);
    },
    /** Scrolls so that the row at an index is seen. */
    reveal(index) {
      if (index < 0) return;
      const { rowHeight, headHeight, height, scrolled } = size();
      const top = index * rowHeight;
      if (top < scrolled) grid.scrollTop = top;
      else if (top + rowHeight > scrolled + height - headHeight) grid.scrollTop = top + rowHeight - height + headHeight;
    },
  };
}
