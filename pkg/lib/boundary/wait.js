// Reports to Rust how a promise settles, or the next bytes of a body. Knows nothing of what is waited for.

import { OUTCOME_FULFILLED, OUTCOME_REJECTED } from "./codes.js";

/** The functions with which one wasm module waits. */
export class Waits {
  #report;

  /**
   * Sets the function of a new instance that receives the results: `report(place, turn, kind, value)`, see `codes.js`.
   */
  hear(report) {
    this.#report = report;
  }

  /** Waits for a promise, or any other value, and reports the result. */
  wait(place, turn, given) {
    const report = this.#report;
    Promise.resolve(given).then(
      (value) => report(place, turn, OUTCOME_FULFILLED, value),
      (error) => report(place, turn, OUTCOME_REJECTED, error),
    );
  }

  /** Returns `tell(kind, value)`, which reports to the current instance, also if it is called later. */
  teller(place, turn) {
    const report = this.#report;
    return (kind, value) => report(place, turn, kind, value);
  }
}

/** Those of the dispatcher's module. */
export const waits = new Waits();
