// The outbox of a dispatcher as far as a page has it that never uses it. The rest is in `outbox.js`, which is loaded when it is needed.

import { invalid } from "./error.js";
import { part } from "./part.js";
import { setTimeout } from "./platform.js";
import { report } from "./report.js";

const loadOutbox = /* @__PURE__ */ part(() => import("./outbox.js"), "the outbox", "STORAGE");

/** So long calls wait for what is left in the outbox to be read. */
const SOON = 3_000;

/** The names of what the page may do with it. */
const METHODS = ["entries", "remove", "flush", "clear"];

/** Holds the outbox of a dispatcher, and what is known of it while it is not there. */
export class OutboxSlot {
  owner;
  #options;
  #side;
  #outbox;
  #last = 0;
  #isOpen = false;
  #isClosed = false;
  #shown;

  /** `options`: those of the dispatcher's `outbox`. `side`: see `Outbox`. */
  constructor(options, side) {
    this.owner = options.owner;
    this.#options = options;
    this.#side = { ...side, seen: (queuedAt) => (this.#last = Math.max(this.#last, queuedAt)) };
  }

  /** Holds what the page may do with it. */
  get shown() {
    return (this.#shown ??= Object.fromEntries(METHODS.map((name) => [name, async (...args) => (await this.load())[name](...args)])));
  }

  /** Resolves to the outbox; rejects where it cannot be loaded. */
  async load() {
    const { Outbox } = await loadOutbox();
    if (this.#outbox) return this.#outbox;
    this.#outbox = new Outbox(this.#options, this.#side);
    if (this.#isClosed) {
      this.#outbox.close();
    } else if (this.#isOpen) {
      this.#outbox.opened();
      this.#outbox.gather();
    }
    return this.#outbox;
  }

  /** Begins to load it, which will be needed once the wasm is there. */
  begin() {
    this.load().catch(() => {}); // `gather()` tries again, and says so
  }

  /** Reads what is left, once the wasm is there. Resolves always, and soon: where the outbox cannot be had, durable calls alone will fail. */
  gather() {
    const read = this.load().then((outbox) => outbox.gather(), report);
    return Promise.race([read, new Promise((resolve) => setTimeout(resolve, SOON))]);
  }

  /** The engine is there: gives what is to be sent before all else. */
  opened() {
    this.#isOpen = true;
    return this.#outbox?.opened() ?? [];
  }

  /** Makes a call of what has been found, which is for the outbox that has found it to do. */
  replay(client, engine, found) {
    loadOutbox.there.replay(client, engine, found);
  }

  /** The time, which never goes back, nor behind what has been found: it is the order of calling. Milliseconds since 1970. */
  now() {
    return (this.#last = Math.max(this.#last, Date.now()));
  }

  /** Puts a call in: see `Outbox.keep`. */
  keep(call, tag, body) {
    if (this.#outbox) return this.#outbox.keep(call, tag, body);
    return this.load().then((outbox) => outbox.keep(call, tag, body), ({ message, cause }) => {
      throw { message: `durable: ${message}`, cause };
    });
  }

  /** The call settles: its entry ends, stays or fails. */
  fate(call, fate, code) {
    call.fate = { fate, code };
    if (call.stored !== undefined) this.#outbox.meet(call);
  }

  /** A call has been made of an entry. */
  adopt(call, key) {
    this.#outbox.adopt(call, key);
  }

  /** The call of an entry that another page has made settles. */
  settled(found, call, error, outcome) {
    this.#outbox.settled(found, call, error, outcome);
  }

  /** Tells whether a call is still in the outbox: somebody else may have emptied it. */
  holds(call) {
    return this.#outbox.holds(call);
  }

  /** The call is over. */
  forget(call) {
    if (!call.fate) this.#outbox?.forget(call);
  }

  close() {
    this.#isClosed = true;
    this.#outbox?.close();
  }
}

/** Why a call is aborted whose entry is removed. */
export const REMOVED = "removed from the outbox";

/** Stands for `outbox` on a dispatcher that has none. */
export const NO_OUTBOX = Object.fromEntries(METHODS.map((name) => {
  return [name, () => Promise.reject(invalid("outbox: this dispatcher has none; give it outbox: { owner }"))];
}));
