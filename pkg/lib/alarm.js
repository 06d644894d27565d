// The one timer of a dispatcher, which is told of a new time with almost every call, and asked to be quiet after it. To set and clear a timer of the
// browser's each time would cost 10 µs a call: it is let run, and looked at when it rings.

import { clearTimeout, performance, setTimeout } from "./platform.js";

/** The longest that `setTimeout` can hold, in ms. */
const LONGEST = 2 ** 31 - 1;

export class Alarm {
  #ring;
  #timer;
  /** When the timer rings, and when it is to: undefined for never. */
  #due;
  #wanted;

  /** `ring()` is called at the time that was set last, or a little earlier. */
  constructor(ring) {
    this.#ring = ring;
  }

  /** Sets another time of the page's clock, in the place of the one before; undefined for none. */
  set(at) {
    this.#wanted = at;
    if (this.#timer === undefined ? at === undefined : at === undefined || this.#due <= at) {
      // In Node.js it keeps the process alive while something is to come.
      if (at === undefined) this.#timer?.unref?.();
      else this.#timer?.ref?.();
      return;
    }
    this.#start(at);
  }

  clear() {
    clearTimeout(this.#timer);
    this.#timer = this.#due = this.#wanted = undefined;
  }

  #start(at) {
    clearTimeout(this.#timer);
    this.#due = at;
    // Rounded up: one that rings early would only be set again. A later moment than timers can hold takes several.
    this.#timer = setTimeout(() => this.#rung(), Math.min(Math.max(Math.ceil(at - performance.now()), 0), LONGEST));
  }

  #rung() {
    this.#timer = this.#due = undefined;
    const wanted = this.#wanted;
    if (wanted === undefined) return;
    if (performance.now() < wanted - 1) return this.#start(wanted);
    this.#wanted = undefined;
    this.#ring();
  }
}
