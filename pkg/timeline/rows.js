// Chooses the rows of a timeline: a row for each lane, and beneath it one for each of its calls. Must not know pixels.

import { isOpen } from "./model.js";

/** Codes of calls that were never to fail: another call, or the page, has made them needless. */
const NEEDLESS = ["DROPPED", "REPLACED", "CLEARED", "ABORTED", "AbortError"];

/** Returns "waiting", "running", "ok", "needless" or "failed". */
export function toneOf(call) {
  const { state, code, attempts } = call;
  const { status, end } = attempts.at(-1) ?? {};
  if (isOpen(call)) return attempts.length === 0 || end !== undefined ? "waiting" : "running";
  if (NEEDLESS.includes(code)) return "needless";
  return (code ?? "ok") !== "ok" || (code === undefined && status >= 400) ? "failed" : "ok";
}

/** Returns the time at which a call ends, as far as known. */
export const endOf = (call, now) => (isOpen(call) ? Math.max(now, call.queuedAt) : call.endedAt);

/** Returns the short form of a name that has none: the beginning of the action's id. */
export const labelOf = ({ name, id }) => name ?? (id ? `${id.slice(0, 8)}…` : "action");

const matches = (call, text) => labelOf(call).toLowerCase().includes(text) || (call.id ?? "").startsWith(text);

/**
 * Returns the rows: `{ key, lane, calls, open, isFolded }` for a lane, `{ key, call }` for a call. `name`, `lane`: only
 * those that match. `from`, `to`: only calls of that time. `folded`: lanes that show none of their calls.
 */
export function rowsOf(calls, { name = "", lane = "", from = -Infinity, to = Infinity, folded = new Set(), now }) {
  const lanes = new Map();
  const text = name.trim().toLowerCase();
  for (const call of calls) {
    if ((lane && call.lane !== lane) || (text && !matches(call, text))) continue;
    if (!lanes.has(call.lane)) lanes.set(call.lane, []);
    if (call.queuedAt <= to && endOf(call, now) >= from) lanes.get(call.lane).push(call);
  }
  return [...lanes].flatMap(([lane, calls]) => {
    calls.sort((a, b) => a.queuedAt - b.queuedAt || a.number - b.number);
    const isFolded = folded.has(lane);
    const row = { key: `lane ${lane}`, lane, calls, open: calls.filter(isOpen).length, isFolded };
    return [row, ...(isFolded ? [] : calls.map((call) => ({ key: call.key, call })))];
  });
}

/** Returns the lanes in order of their first call. */
export const lanesOf = (calls) => [...new Set(calls.map(({ lane }) => lane))];

/** Counts calls by tone. */
export function countsOf(calls) {
  const counts = { waiting: 0, running: 0, ok: 0, needless: 0, failed: 0 };
  for (const call of calls) counts[toneOf(call)] += 1;
  return counts;
}
