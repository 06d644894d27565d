// Stands in for Next's `callServer`: a call without policy and options goes Next's own way, any other through a lane.
// Must stay small, and must not know how a request is built or an answer read: `lanes.js` does, loaded later.

import { load, loadNames } from "./late.js";
import { page } from "./page.js";
import { needsNames, policyOf } from "./policies.js";
import { takeGiven } from "./with_options.js";

/**
 * Promises the result of `loaded`, which never rejects, or rejects with the signal's reason: the package's own error is
 * not loaded yet. With and without a signal, calls go on in order.
 */
function orAborted(loaded, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    loaded.then((lanes) => {
      signal?.removeEventListener("abort", abort);
      resolve(lanes);
    });
  });
}

/**
 * Returns the stand-in. `next(id, args)`: Next's own function. `self`: the function that Next's client is given for
 * `callServer`. `internals`: what `build/internals.cjs` names, with `traits` and `settings`.
 */
export function standIn(next, self, internals) {
  const home = { next, self, internals };

  const decide = (id, args, given) => {
    const policy = policyOf(id, args);
    // A hook sends its calls through a lane, unless a policy leaves the action to Next.
    const isLeft = policy === false && given?.begun;
    if (isLeft) given.begun(null, 0);
    return !isLeft && (policy || given) ? inLane(id, args, { ...policy, ...given?.options }, given?.begun) : next(id, args);
  };

  const inLane = (id, args, options, begun) => {
    const state = page();
    const go = (lanes) => {
      if (lanes) return lanes.call(home, { id, name: state.names.get(id), args, options, begun });
      begun?.(null, 0);
      return next(id, args);
    };
    if (state.lanes && state.waiting === 0) {
      begun?.(undefined, 0);
      return held(go(state.lanes));
    }
    state.waiting += 1;
    begun?.(undefined, state.waiting);
    const loaded = load().then((lanes) => {
      state.waiting -= 1;
      return lanes;
    });
    return held(orAborted(loaded, options.signal).then(go));
  };

  /**
   * Keeps the transition open in which the action is called, if there is one, until the call is over: as Next's own
   * router does with its state, which is a promise meanwhile. A later navigation sets another state and does not wait.
   */
  const held = (call) => {
    const { router } = page();
    if (router && internals.reactInternals?.T) {
      const stateThen = () => router.queue.state;
      internals.startTransition(() => router.setState(call.then(stateThen, stateThen)));
    }
    return call;
  };

  page(); // hooks look for it before their first call
  return (id, args) => {
    const given = takeGiven();
    try {
      const state = page();
      // Calls made while others wait for the names wait too, so that all keep their order.
      if (!needsNames(id) && state.unnamed === 0) return decide(id, args, given);
      state.unnamed += 1;
      given?.begun?.(undefined, state.unnamed);
      const named = loadNames(internals.settings.names).then(() => {
        state.unnamed -= 1;
      });
      return held(orAborted(named, given?.options.signal).then(() => decide(id, args, given)));
    } catch (error) {
      return Promise.reject(error);
    }
  };
}
