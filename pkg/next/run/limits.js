// Ends a call by its signal or its deadline, at each moment of its way: before it is sent, on its way, and in Next's
// queue. Must not end anything once the call has settled: the page may still read the answer.

import { ActionError, aborted } from "../../lib/error.js";
import { onAbort } from "../../lib/abort_signals.js";

export class Limits {
  #once;
  #deadline;
  #calledAt = performance.now();
  /** Aborts what the dispatcher does for the call. */
  #controller = new AbortController();
  /** True while the dispatcher has the call, and ends it itself. */
  #isInDispatcher = false;
  /** Ends a call whose answer is there. */
  #fail;

  /** `deadline`, in ms from now, is undefined or `Infinity` if there is none. */
  constructor(once, { signal, deadline }) {
    this.#once = once;
    this.#deadline = deadline;
    const timer = deadline > 0 && deadline < 2 ** 31 ? setTimeout(() => this.#expire(), deadline) : undefined;
    const unlisten = onAbort(signal, (reason) => this.#abort(reason));
    once.over.then(() => {
      clearTimeout(timer);
      unlisten();
    });
  }

  /** The signal for the dispatcher. */
  get signal() {
    return this.#controller.signal;
  }

  /** Returns the rest of the deadline, in ms; undefined if there is none. */
  timeLeft() {
    return this.#deadline === undefined ? undefined : Math.max(1, this.#deadline - (performance.now() - this.#calledAt));
  }

  /** Runs `act()`, in which the dispatcher has the call. */
  async during(act) {
    this.#isInDispatcher = true;
    try {
      return await act();
    } finally {
      this.#isInDispatcher = false;
    }
  }

  /** Has `fail(error)` end the call from now on: its answer is there. */
  answered(fail) {
    this.#fail = fail;
  }

  #abort(reason) {
    if (this.#isInDispatcher) this.#controller.abort(reason);
    else if (this.#fail) this.#fail(aborted(reason, "yes"));
    else this.#once.reject(aborted(reason));
  }

  #expire() {
    if (this.#isInDispatcher || this.#fail) return;
    this.#once.reject(new ActionError("DEADLINE", "the deadline has passed before the request was sent"));
  }
}
