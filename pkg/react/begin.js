// Begins one call: of an imported action, by the seam if the page has one, or of a reference, by a dispatcher. Must not
// change the state of the component.

import { countIn } from "./count_in.js";
import { seam } from "./seam.js";

/**
 * Begins a call and promises its value. Gives `call` its `abort(reason)`, which returns true if it could be aborted,
 * `place()`, its place in the queue, and `kind`, "redirect", if the dispatcher has followed one. `moved()` is called
 * when the place may have changed.
 */
export function begin({ action, options: { dispatcher, call: own } }, args, call, moved) {
  const controller = new AbortController();
  const state = seam();
  const outer = state.given;
  let isInLane, end;
  /** For the first action that is called before the function returns or awaits: see `page.js`. */
  const given = {
    options: { ...own, signal: controller.signal },
    begun(dispatcher, number) {
      call.place = () => (dispatcher ? countIn(dispatcher.snapshot(), number) : number);
      isInLane = dispatcher !== null;
      end?.();
      end = dispatcher?.subscribe(moved);
      moved();
    },
  };
  call.abort = (reason) => isInLane && !controller.abort(reason);
  const promise = new Promise((resolve) => {
    if (typeof action === "function") {
      state.given = given;
      return resolve(action(...args));
    }
    const { id, outcome } = dispatcher.call(action, args, given.options);
    given.begun(dispatcher, id);
    resolve(outcome.then(({ value, redirect }) => {
      if (redirect?.followed) call.kind = "redirect";
      return value;
    }));
  });
  state.given = outer;
  if (process.env.NODE_ENV !== "production" && own && typeof action === "function" && !given.isTaken) {
    const reason = "the function called no action of withActionlane() before it returned or awaited";
    console.warn(`actionlane/react: the option call had no effect: ${reason}`);
  }
  return promise.finally(() => end?.());
}
