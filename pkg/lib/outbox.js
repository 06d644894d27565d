// Holds a dispatcher's outbox, and loads `outbox/outbox.js` for it: a dispatcher without the option `outbox` never
// needs that. Must not import it statically.

import { invalid } from "./error.js";
import { part } from "./loading/lazy_part.js";
import { setTimeout } from "./page/globals.js";
import { report } from "./error/report.js";

const loadOutbox = /* @__PURE__ */ part(() => import("./outbox/outbox.js"), "the outbox", "STORAGE");

/** Longest time, in ms, that calls wait for the stored records to be read. */
const LONGEST_WAIT = 3_000;

/** The names of the outbox's public methods. */
const METHODS = ["entries", "remove", "flush", "clear"];

/** The outbox of a dispatcher, and the state kept for it until it is loaded. */
export class OutboxSlot {
  owner;
  #options;
  #callbacks;
  #outbox;
  #lastTime = 0;
  #isOpen = false;
  #isClosed = false;
  #api;

  /** `options`: the `outbox` option of the dispatcher. `callbacks`: see `Outbox`. */
  constructor(options, callbacks) {
    this.owner = options.owner;
    this.#options = options;
    this.#callbacks = { ...callbacks, seen: (queuedAt) => (this.#lastTime = Math.max(this.#lastTime, queuedAt)) };
  }

  /** The public methods of the outbox. Each loads it first. */
  get api() {
    return (this.#api ??= Object.fromEntries(METHODS.map((name) => [name, async (...args) => (await this.load())[name](...args)])));
  }

  /** Promises the outbox; rejects if it cannot be loaded. */
  async load() {
    const { Outbox } = await loadOutbox();
    if (this.#outbox) return this.#outbox;
    this.#outbox = new Outbox(this.#options, this.#callbacks);
    if (this.#isClosed) {
      this.#outbox.close();
    } else if (this.#isOpen) {
      this.#outbox.opened();
      this.#outbox.gather();
    }
    return this.#outbox;
  }

  /** Starts to load the outbox, which is needed once the wasm is loaded. */
  begin() {
    this.load().catch(() => {}); // `gather()` tries again and reports the error
  }

  /**
   * Reads the stored records, once the wasm is loaded. Always resolves, after `LONGEST_WAIT` at the latest: if the
   * outbox cannot be loaded, only durable calls fail.
   */
  gather() {
    const read = this.load().then((outbox) => outbox.gather(), report);
    return Promise.race([read, new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT))]);
  }

  /** Notes that the engine is ready; returns the records to send before all other calls. */
  opened() {
    this.#isOpen = true;
    return this.#outbox?.opened() ?? [];
  }

  /** Makes a call of a record that was found. Only the outbox finds records, so its part is loaded by then. */
  replay(client, engine, found) {
    loadOutbox.there.replay(client, engine, found);
  }

  /**
   * Returns the time in milliseconds since 1970. It never goes back, nor behind a record that was found, because
   * it is the order of calling.
   */
  now() {
    return (this.#lastTime = Math.max(this.#lastTime, Date.now()));
  }

  /** Stores a call: see `Outbox.keep`. */
  keep(call, tag, body) {
    if (this.#outbox) return this.#outbox.keep(call, tag, body);
    return this.load().then((outbox) => outbox.keep(call, tag, body), ({ message, cause }) => {
      throw { message: `durable: ${message}`, cause };
    });
  }

  /** Notes that the call settles, and what happens to its record: it ends, stays or fails. */
  fate(call, fate, code) {
    call.fate = { fate, code };
    if (call.stored !== undefined) this.#outbox.end(call);
  }

  /** Notes the record of a call that was made of it. */
  adopt(call, key) {
    this.#outbox.adopt(call, key);
  }

  /** Reports the result of a call that was made of a record. */
  settled(found, call, error, outcome) {
    this.#outbox.settled(found, call, error, outcome);
  }

  /** Promises true unless another tab has removed the record of a call. */
  holds(call) {
    return this.#outbox.holds(call);
  }

  /** Forgets a call that has ended. */
  forget(call) {
    if (!call.fate) this.#outbox?.forget(call);
  }

  close() {
    this.#isClosed = true;
    this.#outbox?.close();
  }
}

/** The abort reason of a call whose record is removed. */
export const REMOVED = "removed from the outbox";

/** The `outbox` of a dispatcher without one: every method rejects. */
export const NO_OUTBOX = Object.fromEntries(METHODS.map((name) => {
  return [name, () => Promise.reject(invalid("outbox: this dispatcher has none; give it outbox: { owner }"))];
}));
