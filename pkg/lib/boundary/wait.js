// Reports to Rust how a promise settles, or the next bytes of a body. Knows nothing of what is waited for.

import { TOLD_FULFILLED, TOLD_REJECTED } from "./codes.js";

/** The functions with which one wasm module waits. */
export class Waits {
  #told;

  /**
   * Sets the function of a new instance that receives the results: `told(place, turn, kind, value)`, see `codes.js`.
   */
  hear(told) {
    this.#told = told;
  }

  /** Waits for a promise, or any other value, and reports the result. */
  wait(place, turn, given) {
    const hears = this.#told;
    Promise.resolve(given).then(
      (value) => hears(place, turn, TOLD_FULFILLED, value),
      (error) => hears(place, turn, TOLD_REJECTED, error),
    );
  }

  /** Returns `tell(kind, value)`, which reports to the current instance, also if it is called later. */
  teller(place, turn) {
    const hears = this.#told;
    return (kind, value) => hears(place, turn, kind, value);
  }
}

/** Those of the dispatcher's module. */
export const waits = new Waits();
