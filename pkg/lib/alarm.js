// Holds the one timer of a dispatcher. It is told of a new time with almost every call, and asked to be quiet after it: to set and clear a timer of the
// browser's each time would cost 10 µs a call. So it is cleared a few microtasks later, unless the next call has come by then.

import { clearTimeout, performance, setTimeout } from "./platform.js";

/** The longest that `setTimeout` can hold, in ms. */
const LONGEST = 2 ** 31 - 1;
/** More than there are from a value to what its caller does then. */
const MICROTASKS = 8;

export class Alarm {
  #ring;
  #timer;
  /** When the timer rings, and the function that it was set with: tests put others in its place, with a clock of their own. */
  #due;
  #by;
  /** Names the last time that it was asked to be quiet; undefined while it is not to be. */
  #quiet;

  /** `ring()` is called at the time that was set last, or at an earlier one. */
  constructor(ring) {
    this.#ring = ring;
  }

  /** Sets another time of the page's clock, in the place of the one before; undefined for none. */
  set(at) {
    if (at === undefined) {
      this.#quiet = {};
      this.#quietSoon(this.#quiet, MICROTASKS);
      return;
    }
    this.#quiet = undefined;
    if (this.#timer !== undefined && this.#due <= at && this.#by === globalThis.setTimeout) return;
    clearTimeout(this.#timer);
    this.#due = at;
    this.#by = globalThis.setTimeout;
    // Rounded up: one that rings early would only be set again. A later moment than timers can hold takes several.
    this.#timer = setTimeout(() => this.#rung(), Math.min(Math.ceil(at - performance.now()), LONGEST));
  }

  clear() {
    clearTimeout(this.#timer);
    this.#timer = this.#quiet = undefined;
  }

  #quietSoon(asked, left) {
    if (this.#quiet !== asked) return;
    if (left === 0) this.clear();
    else Promise.resolve().then(() => this.#quietSoon(asked, left - 1));
  }

  #rung() {
    this.#timer = undefined;
    if (!this.#quiet) this.#ring();
  }
}
