// Stands in for Next's `callServer`: a call without policy and options goes Next's own way, any other through a lane.
// Must stay small, and must not know how a request is built or an answer read: `lanes.js` does, loaded later.

import { load, loadNames } from "./late.js";
import { page } from "./page.js";
import { needsNames, policyOf } from "./policies.js";
import { takeGiven } from "./with_options.js";

/**
 * Returns the stand-in. `next(id, args)`: Next's own function. `self`: the function that Next's client is given for
 * `callServer`. `internals`: what `build/internals.cjs` names, with `traits` and `settings`.
 */
export function standIn(next, self, internals) {
  const home = { next, self, internals };

  const decide = (id, args, given) => {
    const policy = policyOf(id, args);
    return policy || given ? inLane(id, args, { ...policy, ...given }) : next(id, args);
  };

  const inLane = (id, args, options) => {
    const state = page();
    const go = (lanes) => (lanes ? lanes.call(home, { id, name: state.names.get(id), args, options }) : next(id, args));
    if (state.lanes && state.waiting === 0) return go(state.lanes);
    state.waiting += 1;
    return load().then((lanes) => {
      state.waiting -= 1;
      return go(lanes);
    });
  };

  return (id, args) => {
    const given = takeGiven();
    try {
      // Calls made while the names load wait too, so that all keep their order.
      if (needsNames(id) || page().naming) return loadNames(internals.settings.names).then(() => decide(id, args, given));
      return decide(id, args, given);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}
