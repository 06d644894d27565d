// Holds the open calls and routes of a dispatcher. Must not settle the promises of calls: it only counts them.

import { describe } from "./call_snapshot.js";
import { Entry } from "./open_call.js";
import { Map, setTimeout } from "../page/globals.js";

/**
 * The open entries of one dispatcher, by id in the order of calling: actions, and routes, which the engine never sees.
 */
export class OpenEntries {
  closed = false;
  /**
   * A number that changes when the description of an entry may have changed. Change an entry before `tell`,
   * `settle` or `remove`.
   */
  version = 0;
  #entries = new Map();
  #lastId = 0;
  #unsettled = 0;
  #idleWaiters = [];
  #events;

  constructor(events) {
    this.#events = events;
  }

  get pending() {
    return this.#unsettled;
  }

  /** Adds an entry and gives it its id. */
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

  /** Counts an entry as settled. True the first time only. */
  settle(entry) {
    if (entry.settled) return false;
    entry.settleNow();
    this.version += 1;
    this.#unsettled -= 1;
    // In a task of its own, after the reactions to the promise that settles now: they may call again.
    if (this.#unsettled === 0 && this.#idleWaiters.length > 0) setTimeout(() => this.#resolveIdle());
    return true;
  }

  remove(entry) {
    this.#entries.delete(entry.id);
    this.version += 1;
  }

  /** Ends an entry that the engine does not know. */
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
    if (this.#unsettled > 0) await new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  #resolveIdle() {
    if (this.#unsettled > 0) return; // another call was made meanwhile
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }
}
