// Keeps what is under way in a dispatcher.

import { Entry, describe } from "./entry.js";
import { Map, setTimeout } from "./platform.js";

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

  /** Takes an entry in and gives it its id. */
  add(lane, state, queuedAt) {
    const entry = new Entry(++this.#lastId, lane, state, queuedAt);
    this.#entries.set(entry.id, entry);
    this.version += 1;
    this.#unsettled += 1;
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
    entry.settleNow();
    this.version += 1;
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
    if (this.#events.any) this.#events.emit(describe(entry, code));
  }

  async idle() {
    if (this.#unsettled > 0) await new Promise((resolve) => this.#idle.push(resolve));
  }

  #wakeIdle() {
    if (this.#unsettled > 0) return; // somebody called again meanwhile
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
