// Makes the function that an answer holds where an action returned another action. Knows no lanes: `call` does
// the rest.

import { callerOf } from "../error/call_site.js";

/** The property by which the encoder recognises such a function: `{ id, bound }`, to send it back to the server. */
const REFERENCE = Symbol.for("actionlane.reference");

/**
 * Makes the function. `call(id, args, caller)` calls the action; `bound` holds the arguments before those of the call:
 * an array, a promise of one, or nothing.
 */
export function makeReference(id, bound, call) {
  const described = { id, bound: bound ?? null };
  // Once the promise has resolved, calls no longer wait for it.
  if (typeof bound?.then === "function") bound.then((first) => (described.bound = first), () => {});
  const run = (args) => {
    const caller = callerOf(reference);
    const { bound } = described;
    if (bound === null) return call(id, args, caller);
    return Array.isArray(bound) ? call(id, [...bound, ...args], caller) : bound.then((first) => call(id, [...first, ...args], caller));
  };
  const reference = (...args) => run(args);
  Object.defineProperty(reference, REFERENCE, { value: described });
  return reference;
}
