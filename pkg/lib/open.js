import { Map, performance, setTimeout } from "./platform.js";

/** What is under way in one dispatcher, by id in order of calling: actions, and routes, which Rust never sees. */
export class Open {
  closed = false;
  /** Another number once what may be shown of an entry has changed. An entry is changed before `tell`, `settle` or `remove`. */
  version = 0;
  #entries = new Map();
  #lastId = 0;
  #unsettled = 0;
  #idle = [];
  #events;

  constructor(events) {
    this.#events = events;
  }

  get pending() {
    return this.#unsettled;
  }

  /** Takes an entry in and gives it its id. `info` is what events may show of it. */
  add(info) {
    const entry = { ...info, id: ++this.#lastId, sent: "no", settled: false };
    this.#entries.set(entry.id, entry);
    this.version += 1;
    this.#unsettled += 1;
    if (entry.state === "running") this.tell(entry);
    return entry;
  }

  get(id) {
    return this.#entries.get(id);
  }

  values() {
    return this.#entries.values();
  }

  /** Counts an entry as settled; true the first time only. */
  settle(entry) {
    if (entry.settled) return false;
    entry.settled = true;
    this.version += 1;
    entry.settledAt = performance.now();
    this.#unsettled -= 1;
    // In a task of its own, after whatever hangs on the promise that is settled now: it may call again.
    if (this.#unsettled === 0 && this.#idle.length > 0) setTimeout(() => this.#wakeIdle());
    return true;
  }

  remove(entry) {
    this.#entries.delete(entry.id);
    this.version += 1;
  }

  /** The end of an entry that Rust does not know. */
  done(entry, code) {
    if (!this.settle(entry)) return;
    this.remove(entry);
    entry.state = "done";
    this.tell(entry, code);
  }

  tell(entry, code) {
    this.version += 1;
    this.#events.emit(code === undefined ? describe(entry) : { ...describe(entry), code });
  }

  async idle() {
    if (this.#unsettled > 0) await new Promise((resolve) => this.#idle.push(resolve));
  }

  #wakeIdle() {
    if (this.#unsettled > 0) return; // somebody called again meanwhile
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

const SHOWN = ["id", "actionId", "name", "lane", "state", "attempt", "retryAt", "queuedAt", "startedAt", "headAt", "valueAt", "settledAt", "replayed"];

/** What the outside may see of an entry: never arguments, never answers. */
export const describe = (entry) => pick(entry, SHOWN);

export function pick(entry, keys) {
  const picked = {};
  for (const key of keys) if (entry[key] !== undefined) picked[key] = entry[key];
  return picked;
}
