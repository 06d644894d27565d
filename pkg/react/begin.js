// Begins one call: of an imported action, by the seam if the page has one, or of a reference, by a dispatcher. Must not
// change the state of the component.

import { warn } from "./check.js";
import { countIn } from "./count_in.js";
import { seam } from "./seam.js";

/**
 * Begins a call and promises its value. Gives `call` its `place()` in the queue, and `kind`, "redirect", if the
 * dispatcher has followed one. Gives it `abort(reason)`, which returns true, if it goes through a lane. `moved()` is
 * called when the place may have changed.
 */
export function begin({ action, options: { dispatcher, call: own } }, args, call, moved) {
  const controller = new AbortController();
  const state = seam();
  const outer = state.given;
  let end;
  /** For the first action that is called before the function returns or awaits: see `page.js`. */
  const given = {
    options: { ...own, signal: controller.signal },
    begun(dispatcher, number) {
      call.place = () => (dispatcher ? countIn(dispatcher.snapshot(), number) : number);
      call.abort = dispatcher === null ? undefined : (reason) => !controller.abort(reason);
      end?.();
      end = dispatcher?.subscribe(moved);
      moved();
    },
  };
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
    const isBuilt = globalThis[Symbol.for("actionlane.next.seam")];
    const called = "the function called no action of withActionlane() before it returned or awaited";
    warn(`the option call had no effect: ${isBuilt ? called : "the app is built without withActionlane()"}`);
  }
  return promise.finally(() => end?.());
}
