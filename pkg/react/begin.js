// Begins one call: of an imported action, by the seam if the page has one, or of a reference, by a dispatcher. Must not
// change the state of the component.

import { countIn } from "./count_in.js";
import { seam } from "./seam.js";

/**
 * Begins a call and promises its value. Gives `call` its `abort(reason)`, which returns true if it could be aborted,
 * and `kind`, "redirect", if the dispatcher has followed one. `moved(position)` is called when its place in the queue
 * may have changed.
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
      const look = () => moved(dispatcher ? countIn(dispatcher.snapshot(), number) : number);
      isInLane = dispatcher !== null;
      end?.();
      end = dispatcher?.subscribe(look);
      look();
    },
  };
  call.abort = (reason) => isInLane && !controller.abort(reason);
  const promise = new Promise((resolve) => {
    state.given = given;
    if (typeof action === "function") return resolve(action(...args));
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
