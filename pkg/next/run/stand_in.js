// Stands in for Next's `callServer`: a call without policy and options goes Next's own way, any other through a lane.
// Must stay small, and must not know how a request is built or an answer read: `lanes.js` does, loaded later.

import { load } from "./late.js";
import { page } from "./page.js";
import { needsNames, policyOf } from "./policies.js";
import { takeGiven } from "./with_options.js";

/**
 * Returns the stand-in. `next(id, args)`: Next's own function. `self`: the function that Next's client is given for
 * `callServer`. `internals`: what `build/internals.cjs` names, with `traits` and `settings`.
 */
export function standIn(next, self, internals) {
  const home = { next, self, internals };
  return (id, args) => {
    const state = page();
    const given = takeGiven();
    const optionsNow = () => {
      const policy = policyOf(id, args);
      return (policy || given) && { ...policy, ...given };
    };
    const isUndecided = needsNames(id);
    let options;
    try {
      options = isUndecided || optionsNow();
    } catch (error) {
      return Promise.reject(error);
    }
    if (!options) return next(id, args);
    const go = (lanes) => {
      if (isUndecided && lanes) options = optionsNow();
      return lanes && options ? lanes.call(home, { id, name: state.names.get(id), args, options }) : next(id, args);
    };
    if (state.lanes && !isUndecided && state.waiting === 0) return go(state.lanes);
    state.waiting += 1;
    const turn = Promise.all([load(isUndecided && internals.settings), state.turn]).then(([lanes]) => {
      state.waiting -= 1;
      return lanes;
    });
    state.turn = turn;
    return turn.then(go);
  };
}
