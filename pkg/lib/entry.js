// One thing that is under way in a dispatcher, an action or a route, and how it is shown. Of an action it keeps what a trap of the wasm must not
// take along: the promise, what aborts the request, hooks and signals.

import { performance } from "./platform.js";

/** All fields are there from the beginning: engines are fast with objects of one form. */
export class Entry {
  sent = "no";
  settled = false;
  /** It is over: nothing is heard of it any more. */
  over = false;
  /** It waits for the engine. */
  kept = false;
  /** The engine has it, or is reading it. */
  entered = false;
  /** The engine has read it. */
  taken = false;
  actionId = undefined;
  name = undefined;
  url = undefined;
  /** The number of the visit it was made on. */
  visit = undefined;
  attempt = undefined;
  retryAt = undefined;
  startedAt = undefined;
  headAt = undefined;
  valueAt = undefined;
  settledAt = undefined;
  /** Another page has made it. */
  replayed = undefined;
  durable = false;
  /** The outbox: what the record says that the call does not, the key of the record, and what the call's end does to that. */
  record = undefined;
  stored = undefined;
  fate = undefined;
  /** The stack of who made it, as `callerOf` takes it down. */
  caller = undefined;
  /** Says how much of its answer is believed; `find(path)` finds arguments that it names, `free()` gives them up. */
  limits = undefined;
  /** Reads its answer. */
  reading = undefined;
  find = undefined;
  free = undefined;
  /** `settle(error, outcome)` settles the promise; `again()` makes the same call. */
  settle = undefined;
  again = undefined;
  hooks = undefined;
  /** Takes listeners off the caller's signal. */
  quiet = undefined;
  controller = undefined;
  /** A promise of its end, where somebody waits for that, and what resolves it. */
  ending = undefined;
  ended = undefined;
  /** Of a route: what gives it up, and what `close()` does. */
  abort = undefined;
  close = undefined;

  constructor(id, lane, state, queuedAt) {
    this.id = id;
    this.lane = lane;
    this.state = state;
    this.queuedAt = queuedAt;
  }

  /** Resolves when nothing more comes of it. */
  get end() {
    if (this.over) return Promise.resolve();
    return (this.ending ??= new Promise((resolve) => (this.ended = resolve)));
  }

  settleNow() {
    this.settled = true;
    this.settledAt = performance.now();
  }
}

/** What `subscribe` and `snapshot` show of a call or a route, wherever it is: never arguments, never answers. `more`: what most do not have. */
export function event(id, actionId, name, lane, state, attempt, queuedAt, startedAt, headAt, valueAt, settledAt, more, code) {
  const shown = { id };
  if (actionId !== undefined) shown.actionId = actionId;
  if (name !== undefined) shown.name = name;
  shown.lane = lane;
  shown.state = state;
  if (attempt !== undefined) shown.attempt = attempt;
  shown.queuedAt = queuedAt;
  if (startedAt !== undefined) shown.startedAt = startedAt;
  if (headAt !== undefined) shown.headAt = headAt;
  if (valueAt !== undefined) shown.valueAt = valueAt;
  if (settledAt !== undefined) shown.settledAt = settledAt;
  if (more !== undefined) Object.assign(shown, more);
  if (code !== undefined) shown.code = code;
  return shown;
}

const SHOWN = ["id", "actionId", "name", "lane", "state", "attempt", "queuedAt", "startedAt", "headAt", "valueAt", "settledAt", "retryAt", "replayed"];

/** The same, of an entry that Rust does not know. */
export function describe(entry, code) {
  const shown = pick(entry, SHOWN);
  if (code !== undefined) shown.code = code;
  return shown;
}

/** These properties of an entry, as far as they are there. */
export function pick(entry, keys) {
  const picked = {};
  for (const key of keys) if (entry[key] !== undefined) picked[key] = entry[key];
  return picked;
}
