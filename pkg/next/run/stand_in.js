// Stands in for Next's `callServer`: a call without policy and options goes Next's own way, any other through a lane.
// Must stay small, and must not know how a request is built or an answer read: `lanes.js` does, loaded later.

import { load } from "./late.js";
import { page } from "./page.js";
import { policyOf } from "./policies.js";
import { takeGiven } from "./with_options.js";

/**
 * Returns the stand-in. `next(id, args)`: Next's own function. `self`: the function that Next's client is given for
 * `callServer`. `internals`: what `build/internals.cjs` names, with `traits` and `settings`.
 */
export function standIn(next, self, internals) {
  const home = { next, self, internals };
  page(); // hooks look for it before their first call
  return (id, args) => {
    const state = page();
    let options, begun;
    try {
      const policy = policyOf(id, args);
      const given = takeGiven();
      begun = given?.begun;
      if (policy !== false || !begun) options = (policy || given) && { ...policy, ...given?.options };
    } catch (error) {
      return Promise.reject(error);
    }
    if (!options) return next(id, args);
    const name = state.names.get(id);
    const go = (lanes) => {
      if (lanes) return lanes.call(home, { id, name, args, options, begun });
      begun?.(null, 0);
      return next(id, args);
    };
    if (state.lanes && state.waiting === 0) {
      begun?.(undefined, 0);
      return go(state.lanes);
    }
    begun?.(undefined, (state.waiting += 1));
    return load().then((lanes) => {
      state.waiting -= 1;
      return go(lanes);
    });
  };
}
