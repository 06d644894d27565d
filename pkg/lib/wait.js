// Tells Rust what becomes of a promise, or of the next bytes of a body.

import { TOLD_FULFILLED, TOLD_REJECTED } from "./numbers.js";

/** The functions that one module of the wasm waits with. */
export class Waits {
  #told;

  /** Each instance hands in what hears: `told(place, turn, kind, value)`, see `numbers.js`. */
  hear(told) {
    this.#told = told;
  }

  /** Waits for a promise, or for whatever else it is. */
  wait(place, turn, given) {
    const hears = this.#told;
    Promise.resolve(given).then(
      (value) => hears(place, turn, TOLD_FULFILLED, value),
      (error) => hears(place, turn, TOLD_REJECTED, error),
    );
  }

  /** Gives what tells the instance of now, later: `tell(kind, value)`. */
  teller(place, turn) {
    const hears = this.#told;
    return (kind, value) => hears(place, turn, kind, value);
  }
}

/** Those of the dispatcher's. */
export const waits = new Waits();
