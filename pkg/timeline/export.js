// Writes the calls of a timeline to a file: as JSON, and as a trace that Perfetto and DevTools open. Must hold no
// arguments, answers or headers: a timeline has none.

import { spansOf } from "./layout.js";
import { isOpen } from "./model.js";
import { endOf, labelOf, lanesOf } from "./rows.js";
import { addressText } from "./texts.js";

/** Returns the calls as plain data, which `JSON.stringify` writes. `origin`: when the clock began, in ms since 1970. */
export function dataOf({ calls, offline }, now, origin) {
  const own = ({ key, isHeard, startedAt, redirected, ...call }) => ({ ...call, ...(redirected && { redirected: addressText(redirected) }) });
  return { format: "actionlane-timeline", version: 1, timeOrigin: origin, now, calls: [...calls.values()].map(own), offline };
}

/**
 * The unit of traces is the µs. Whole numbers keep parts within the call that they belong to. A call of an earlier
 * page, from the outbox, begins with this one, as in the list.
 */
const micros = (ms) => Math.max(Math.round(ms * 1000), 0);

const TITLES = { wait: "waits", pause: "waits for a retry", run: "runs", shared: "shares an answer", failed: "fails", answer: "receives" };

/**
 * Returns a trace in the Trace Event Format. A lane is a process, and has as many threads as it takes for no two calls
 * to overlap in one. An arrow leads from a call to the one that waited for it.
 */
export function traceOf({ calls, keys }, now) {
  const all = [...calls.values()].sort((a, b) => a.queuedAt - b.queuedAt);
  const events = [];
  const places = new Map();
  for (const [index, lane] of lanesOf(all).entries()) {
    const pid = index + 1;
    events.push({ ph: "M", name: "process_name", pid, args: { name: `lane ${lane}` } }, { ph: "M", name: "process_sort_index", pid, args: { sort_index: pid } });
    /** By thread, when it is free. */
    const ends = [];
    for (const call of all.filter((call) => call.lane === lane)) {
      const free = ends.findIndex((end) => end <= micros(call.queuedAt));
      const thread = free < 0 ? ends.length : free;
      ends[thread] = Math.max(micros(endOf(call, now)), micros(call.queuedAt) + 1);
      const place = { pid, tid: thread + 1 };
      places.set(call.key, place);
      events.push(...eventsOf(call, now).map((event) => ({ ...event, ...place })));
    }
    ends.forEach((_, thread) => events.push({ ph: "M", name: "thread_name", pid, tid: thread + 1, args: { name: thread === 0 ? lane : `${lane} (${thread + 1})` } }));
  }
  for (const call of all) {
    const first = calls.get(keys.get(call.waitedFor?.entry));
    if (!first?.attempts.length || !call.attempts.length) continue;
    const arrow = { cat: "actionlane", name: "waited for", id: call.number };
    events.push({ ph: "s", ...arrow, ...places.get(first.key), ts: micros(first.attempts[0].start) });
    events.push({ ph: "f", bp: "e", ...arrow, ...places.get(call.key), ts: micros(call.attempts[0].start) });
  }
  return { displayTimeUnit: "ms", traceEvents: events };
}

function eventsOf(call, now) {
  const { number, id, code, queuedAt, attempts } = call;
  const slice = (name, from, to, args) => ({ ph: "X", cat: "actionlane", name, ts: micros(from), dur: micros(to) - micros(from), ...(args && { args }) });
  const { status } = attempts.at(-1) ?? {};
  const whole = slice(`${labelOf(call)} #${number}`, queuedAt, endOf(call, now), { id, code, status, attempts: attempts.length, open: isOpen(call) });
  return [whole, ...spansOf(call, now).map(({ kind, from, to }) => slice(TITLES[kind], from, to))];
}
