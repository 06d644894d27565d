// Connects the calls of a component to React: renders what they show, and runs callbacks after it is on the screen.
// Must not know optimistic states.

import { useEffect, useInsertionEffect, useState, useSyncExternalStore, useTransition } from "react";
import { checkOptions } from "./check.js";
import { makeCalls } from "./calls.js";

/** Returns `[shown, at, open]`; `shown`: the object that the hook returns. For the others see `makeCalls`. */
export function useCalls(action, options = {}) {
  if (process.env.NODE_ENV !== "production") {
    checkOptions(options);
    if (typeof action !== "function" && !options.dispatcher) {
      throw new TypeError("actionlane/react: expected an action; a reference to one needs the option dispatcher");
    }
  }
  const [isTransitioning, transition] = useTransition();
  const [at] = useState({ options });
  const [[shared, subscribe, read, open, place]] = useState(() => makeCalls(at));
  const state = useSyncExternalStore(subscribe, read, read);
  const { stage, status, input, result, error, kind, abort } = state;
  useInsertionEffect(() => void Object.assign(at, { action, options, transition }));
  useEffect(() => () => void (at.options.abortOnUnmount && shared.abort()), []);
  useEffect(() => {
    // Once for each step, though strict mode runs effects twice.
    if (at.told !== stage) tell(state, options).catch(console.error);
    at.told = stage;
  });
  if (kind && error && options.throwOnNavigation) throw error;
  const shown = {
    ...shared,
    status,
    input,
    result,
    error,
    isTransitioning,
    isIdle: status === "idle",
    isExecuting: status === "executing",
    // React ends all transitions at the same time, so those of lanes do not count.
    isPending: status === "executing" || (isTransitioning && !abort && status !== "idle"),
    hasSucceeded: status === "hasSucceeded",
    hasErrored: status === "hasErrored",
    hasNavigated: status === "hasNavigated",
    // Moves in the queue render the component only if it reads one of these.
    get isQueued() {
      return this.queuePosition > 0;
    },
    get queuePosition() {
      return place();
    },
  };
  return [shown, at, open];
}

/** Runs the callbacks for a step. */
async function tell({ status, input, result, error, kind }, on) {
  if (status === "idle") return;
  if (status === "executing") return on.onExecute?.({ input });
  const more = { input, ...(kind && { navigationKind: kind }) };
  return Promise.all([
    status === "hasSucceeded"
      ? on.onSuccess?.({ data: result.data, input })
      : kind
        ? on.onNavigation?.(more)
        : on.onError?.({ error: error === undefined ? result : { thrownError: error }, input }),
    on.onSettled?.({ result, ...more }),
  ]);
}
