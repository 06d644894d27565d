// Delivers events to listeners in a microtask, so that they may call anything: no work of the package is half done
// then. Must not change an event.

import { Set, queueMicrotask } from "../page/globals.js";
import { carefully } from "../error/report.js";

export class Listeners {
  #listeners = new Set();
  #queue = [];
  #changed;

  /** `changed(any)` is called when the first listener comes (true) and when the last goes (false). */
  constructor(changed) {
    this.#changed = changed;
  }

  get any() {
    return this.#listeners.size > 0;
  }

  subscribe(listener) {
    const entry = { listener }; // the same function may listen twice
    this.#listeners.add(entry);
    if (this.#listeners.size === 1) this.#changed(true);
    return () => {
      if (this.#listeners.delete(entry) && this.#listeners.size === 0) this.#changed(false);
    };
  }

  emit(event) {
    if (this.#listeners.size === 0) return;
    if (this.#queue.push(event) === 1) queueMicrotask(() => this.#flush());
  }

  #flush() {
    const queue = this.#queue;
    this.#queue = [];
    for (const event of queue) {
      for (const entry of [...this.#listeners]) {
        if (!this.#listeners.has(entry)) continue;
        carefully(() => entry.listener(event));
      }
    }
  }
}
