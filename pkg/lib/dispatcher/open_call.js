// Holds the state of one call or route of a dispatcher outside the wasm: all that must survive a trap, such as the
// promise, the abort controller, hooks and signals. Decides nothing: Rust schedules actions, `route.js` runs routes.

import { performance } from "../page/globals.js";

/**
 * A call of an action, or of a route handler. Every field is set at construction: engines are fast with objects
 * of one shape.
 */
export class Entry {
  sent = "no";
  settled = false;
  /** True once it has ended: no callback and no event follows. */
  over = false;
  /** True while it waits for the engine. */
  kept = false;
  /** True once the engine has begun to read it. */
  entered = false;
  /** True once the engine has read it. */
  taken = false;
  actionId = undefined;
  name = undefined;
  url = undefined;
  /** The number of the visit during which it was made, see `moved_on.js`. */
  visit = undefined;
  attempt = undefined;
  retryAt = undefined;
  startedAt = undefined;
  headAt = undefined;
  valueAt = undefined;
  settledAt = undefined;
  /** True for a durable call that another page made. */
  replayed = undefined;
  durable = false;
  /**
   * Of a durable call. `record`: the fields of its record that the call lacks. `stored`: the key of the record in the
   * store. `fate`: `{ fate, code }`, what happens to the record when the call ends.
   */
  record = undefined;
  stored = undefined;
  fate = undefined;
  /** The stack of the call's caller, as `callerOf` took it. */
  caller = undefined;
  /** The limits of its answer; undefined for the defaults. */
  limits = undefined;
  /**
   * `reading`: the `AnswerReader` that reads its answer. `find(path)` returns an argument that the answer refers to.
   * `free()` releases the encoded arguments.
   */
  reading = undefined;
  find = undefined;
  free = undefined;
  /** `settle(error, outcome)` settles the promise; `again()` makes the same call once more. */
  settle = undefined;
  again = undefined;
  /** Receives the progress of its upload. */
  onProgress = undefined;
  hooks = undefined;
  /** Removes the listeners from the caller's signal. */
  quiet = undefined;
  controller = undefined;
  /** `ending`: the promise of its end, made when it is first requested. `ended`: the function that resolves it. */
  ending = undefined;
  ended = undefined;
  /** Of a route: `abort(reason)` aborts it; `close()` ends it when the dispatcher closes. */
  abort = undefined;
  close = undefined;

  constructor(id, lane, state, queuedAt) {
    this.id = id;
    this.lane = lane;
    this.state = state;
    this.queuedAt = queuedAt;
  }

  /** Resolves when the call has ended. */
  get end() {
    if (this.over) return Promise.resolve();
    return (this.ending ??= new Promise((resolve) => (this.ended = resolve)));
  }

  settleNow() {
    this.settled = true;
    this.settledAt = performance.now();
  }
}
