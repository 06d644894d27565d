// Holds the one timer of a dispatcher. The engine sets a new time with almost every call and cancels it after the call;
// a browser timer per call would cost 10 µs. A cancelled timer is therefore cleared some microtasks later, and only if
// no call has set a time by then. Knows nothing of calls.

import { clearTimeout, performance, setTimeout } from "../page/globals.js";

/** Longest time that `setTimeout` can hold, in ms. */
const LONGEST = 2 ** 31 - 1;
/**
 * Microtasks to wait before clearing the timer: more than pass between a value and the next call that its caller makes.
 */
const MICROTASKS = 8;

export class Alarm {
  #ring;
  #timer;
  /**
   * `#due`: the time at which the timer rings. `#setTimeout`: the `setTimeout` that set it, because tests replace it
   * together with the clock.
   */
  #due;
  #setTimeout;
  /** Identifies the latest cancellation; undefined while the alarm is set. */
  #clearing;

  /** `ring()` is called at the time set last, or earlier. */
  constructor(ring) {
    this.#ring = ring;
  }

  /**
   * Sets the time, in ms of the page's clock, at which to ring; replaces the time set before. `undefined` cancels it.
   */
  set(at) {
    if (at === undefined) {
      this.#clearing = {};
      this.#clearLater(this.#clearing, MICROTASKS);
      return;
    }
    this.#clearing = undefined;
    if (this.#timer !== undefined && this.#due <= at && this.#setTimeout === globalThis.setTimeout) return;
    clearTimeout(this.#timer);
    this.#due = at;
    this.#setTimeout = globalThis.setTimeout;
    // Rounded up, because a timer that rings early is only set again. A time too far away for one timer takes several.
    this.#timer = setTimeout(() => this.#timerRan(), Math.min(Math.ceil(at - performance.now()), LONGEST));
  }

  clear() {
    clearTimeout(this.#timer);
    this.#timer = this.#clearing = undefined;
  }

  #clearLater(clearing, left) {
    if (this.#clearing !== clearing) return;
    if (left === 0) this.clear();
    else Promise.resolve().then(() => this.#clearLater(clearing, left - 1));
  }

  #timerRan() {
    this.#timer = undefined;
    if (!this.#clearing) this.#ring();
  }
}
