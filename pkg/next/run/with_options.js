// Gives options to one call of an action. Next calls the stand-in in the same turn as the page calls the action, so the
// options wait in the page's state for that moment. Must not change the action.

import { isDevelopment, page, seamOfPage } from "./page.js";

/**
 * Returns a function that calls `action` with these options. They are for the first action that it calls before it
 * returns or awaits; a policy of that action has them added. A hook, or another `withOptions`, that calls the function
 * gives that action its own options, too.
 */
export function withOptions(action, options) {
  if (typeof action !== "function") throw new TypeError("withOptions: expected an action, or a function that calls one");
  if (typeof options !== "object" || options === null) throw new TypeError("withOptions: expected an object of options");
  return (...args) => {
    const state = page();
    const outer = state.given;
    const given = outer && !outer.isTaken ? within(outer, options) : { options, isTaken: false };
    state.given = given;
    try {
      return action(...args);
    } finally {
      state.given = outer;
      if (given.isTaken && outer) outer.isTaken = true;
      if (isDevelopment && !given.isTaken) {
        const why = seamOfPage() ? "the function called no action before it returned or awaited. Put withOptions() around the action itself" : "the app is built without withActionlane()";
        console.warn(`actionlane: withOptions() had no effect: ${why}`);
      }
    }
  };
}

/** Returns what `outer` gives, with options that it may override. Either signal aborts the call. */
function within(outer, options) {
  const all = { ...options, ...outer.options };
  if (options.signal && outer.options.signal) all.signal = AbortSignal.any?.([options.signal, outer.options.signal]) ?? options.signal;
  return { ...outer, options: all };
}

/** Returns what is given to the action that is being called, once. See `given` of `page.js`. */
export function takeGiven() {
  const { given } = page();
  if (!given || given.isTaken) return undefined;
  given.isTaken = true;
  return given;
}
