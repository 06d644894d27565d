// Places calls and rows: times become pixels, and a scrolled list the few rows that are seen. Must not touch the page.

import { isOpen } from "./model.js";
import { endOf, toneOf } from "./rows.js";

/** Shortest and longest time that can be shown at once, in ms. */
const [LEAST, MOST] = [2, 86_400_000];

/** Least distance of two ticks, and least width of a bar, in px. */
const [TICK, BAR] = [76, 2];

/** Share of the chart behind the last call: the text after its bar needs some room. */
const ROOM = 0.08;

/** Rows beyond the edges of the list, so that a quick scroll shows no gap. */
const BEYOND = 4;

/**
 * Returns the parts of a call in time, `{ kind, from, to }`. `"wait"`: in its lane; `"pause"`: between two attempts;
 * `"run"`, `"failed"` or `"shared"`: until the head of the answer; `"answer"`: until its end.
 */
export function spansOf(call, now) {
  const { attempts, queuedAt } = call;
  const spans = [];
  const tone = toneOf(call);
  let at = queuedAt;
  const add = (kind, to) => {
    if (to > at) spans.push({ kind, from: at, to });
    at = Math.max(at, to);
  };
  attempts.forEach(({ start, head, end, error, isShared }, index) => {
    add(index > 0 ? "pause" : "wait", start);
    const isLast = index === attempts.length - 1;
    const to = end ?? (isOpen(call) ? now : call.endedAt);
    const isOver = end !== undefined && call.retryAt !== undefined;
    const isFailed = !isLast || isOver || tone === "failed" || (error !== undefined && tone !== "needless");
    add(isShared ? "shared" : isFailed ? "failed" : "run", Math.min(head ?? to, to));
    add(isFailed ? "failed" : "answer", to);
  });
  if (isOpen(call) || attempts.length === 0) add(attempts.length > 0 ? "pause" : "wait", endOf(call, now));
  return spans;
}

/** Returns the time that holds all calls, `{ from, to }`, and when the last one ends: `end`. */
export function fit(calls, now) {
  if (calls.length === 0) return { from: now, to: now + 1000, end: now };
  // A call of an earlier page, from the outbox, may have waited for days.
  const from = Math.max(calls.reduce((least, { queuedAt }) => Math.min(least, queuedAt), Infinity), 0);
  const end = calls.reduce((most, call) => Math.max(most, endOf(call, now)), from);
  return { from, to: Math.max(end + (end - from) * ROOM, from + 100), end };
}

/** Returns the time of this length that ends with the last call. */
export const lastOf = ({ end }, length) => ({ from: end - length * (1 - ROOM), to: end + length * ROOM });

/** Returns the time shown after a zoom. `at`: the time that stays where it is; `factor` below 1 shows less. */
export function zoom({ from, to }, factor, at = to) {
  const length = Math.min(Math.max((to - from) * factor, LEAST), MOST);
  const share = (at - from) / (to - from);
  return { from: at - length * share, to: at + length * (1 - share) };
}

/** Returns `{ step, times }`: round times, far enough from each other for their labels. */
export function ticksOf({ from, to }, width) {
  const least = ((to - from) * TICK) / Math.max(width, 1);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? least;
  const first = Math.ceil(from / step);
  const count = Math.max(0, Math.floor(to / step) - first + 1);
  return { step, times: Array.from({ length: count }, (_, index) => (first + index) * step) };
}

/** Returns where a time is, in px from the left of a chart of this width. */
export const positionOf = (at, { from, to }, width) => ((at - from) / (to - from)) * width;

/** Returns the parts of a call as boxes, `{ kind, left, width }`. Those outside of the chart are left out. */
export function boxesOf(spans, shown, width) {
  const boxes = [];
  for (const { kind, from, to } of spans) {
    const left = Math.max(positionOf(from, shown, width), -1);
    const right = Math.min(positionOf(to, shown, width), width + 1);
    if (right < 0 || left > width) continue;
    boxes.push({ kind, left: Math.min(left, width - BAR), width: Math.max(right - left, BAR) });
  }
  return boxes;
}

/**
 * Returns the boxes of a whole lane: for each few pixels, if a call of it runs there, or else waits. Shorter ones than
 * that are seen, too.
 */
export function laneBoxesOf(calls, shown, width, now) {
  const cells = new Array(Math.max(1, Math.ceil(width / BAR))).fill("");
  for (const { kind, left, width } of calls.flatMap((call) => boxesOf(spansOf(call, now), shown, cells.length * BAR))) {
    const isWait = kind === "wait" || kind === "pause";
    const end = Math.min(Math.ceil((left + width) / BAR), cells.length);
    for (let cell = Math.max(0, Math.floor(left / BAR)); cell < end; cell += 1) {
      if (kind === "failed" || cells[cell] !== "failed") cells[cell] = isWait ? cells[cell] || "wait" : kind === "failed" ? kind : "run";
    }
  }
  const boxes = [];
  cells.forEach((kind, cell) => {
    const last = boxes.at(-1);
    if (!kind) return;
    if (last?.kind === kind && last.left + last.width === cell * BAR) last.width += BAR;
    else boxes.push({ kind, left: cell * BAR, width: BAR });
  });
  return boxes;
}

/** Returns the rows of a scrolled list that are drawn: from `first` up to, without, `end`. */
export function rowsInView(scrolled, height, rowHeight, count) {
  const first = Math.max(0, Math.floor(scrolled / rowHeight) - BEYOND);
  return { first, end: Math.min(count, Math.ceil((scrolled + height) / rowHeight) + BEYOND) };
}
