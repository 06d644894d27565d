// Functions of the server's: what an answer holds where an action returned an action.

import { callerOf } from "./stack.js";

/** What arguments are read for: `{ id, bound }`, so that such a function can be sent back. */
const REFERENCE = Symbol.for("actionlane.reference");

/**
 * `call(id, args, caller)` calls the action; `bound` is what comes before the arguments: an array, a
 * promise of one, or nothing.
 */
export function makeReference(id, bound, call) {
  const described = { id, bound: bound ?? null };
  // Once they are there, nobody waits for them.
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
