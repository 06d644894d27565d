// Computes the value that a state has after its runs, in the order in which they were made. Must not send anything, nor
// know a dispatcher.

import { carefully } from "../lib/error/report.js";

const PENDING = "pending";
const DONE = "done";

/** The runs of a state since it was made or reset. */
export class Runs {
  #reducer;
  #confirm;
  /** Those from the first that is pending on. A run that is over leaves the list with all before it. */
  #open = [];
  #count = 0;
  /** The value after all runs before those. */
  settled;

  /** `reducer(value, ...args)` expects the effect of a run; `confirm(value, result, ...args)` has its result. */
  constructor(value, reducer, confirm) {
    this.settled = value;
    this.#reducer = reducer;
    this.#confirm = confirm;
  }

  /** The value, as it will be if every pending run does what is expected. */
  get value() {
    return this.#open.reduce((value, run) => this.#after(value, run), this.settled);
  }

  get pending() {
    return this.#open.some(({ phase }) => phase === PENDING);
  }

  add(args) {
    const run = { number: (this.#count += 1), args, phase: PENDING, result: undefined };
    this.#open.push(run);
    return run;
  }

  /** Ends a run with the action's result. */
  done(run, result) {
    Object.assign(run, { phase: DONE, result });
    this.#settle();
  }

  /** Ends a run that had no result: the value is as without it. */
  undo(run) {
    this.#open.splice(this.#open.indexOf(run), 1);
    this.#settle();
  }

  #settle() {
    while (this.#open[0]?.phase === DONE) this.settled = this.#after(this.settled, this.#open.shift());
  }

  /** Returns the value after a run. A function of the page that throws leaves the value as it was. */
  #after(value, { phase, result, args }) {
    const isDone = phase === DONE;
    if (isDone && this.#confirm) return attempt(() => this.#confirm(value, result, ...args), value);
    // An action that returns nothing says by that only that it has succeeded.
    if (isDone && result !== undefined) return result;
    return this.#reducer ? attempt(() => this.#reducer(value, ...args), value) : value;
  }
}

function attempt(change, value) {
  let changed = value;
  carefully(() => (changed = change()));
  return changed;
}
