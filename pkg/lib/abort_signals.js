// Listens to abort signals, and combines several into one. Must leave no listener behind.

import { AbortController, AbortSignal, queueMicrotask } from "./page/globals.js";
import { report } from "./error/report.js";
import { hasStackRoom } from "./boundary/stack_room.js";

const doNothing = () => {};

/** Calls `act(reason)` when the signal aborts, at once if it has. Returns a function that removes the listener. */
export function onAbort(signal, act) {
  if (!signal) return doNothing;
  if (signal.aborted) {
    act(signal.reason);
    return doNothing;
  }
  // An exception in a listener would lose the abort, so with too little stack for the wasm, the abort waits for
  // a microtask.
  const listener = () => (hasStackRoom() ? act(signal.reason) : queueMicrotask(() => act(signal.reason)));
  signal.addEventListener("abort", listener, { once: true });
  return () => {
    try {
      signal.removeEventListener("abort", listener);
    } catch (error) {
      report(error); // a signal that the page has made itself
    }
  };
}

/** Removes the listeners of a body that is garbage collected. */
let unreadBodies;

/**
 * Promises the result of `send(signal)`. The signal aborts with the first of several, also while the body is
 * read, long after the head.
 */
export async function sendWith(signals, send) {
  const given = signals.filter(Boolean);
  if (given.length === 1) return send(given[0]);
  if (AbortSignal.any) return send(AbortSignal.any(given));
  // For Chrome before 116, Firefox before 124, Safari before 17.4.
  const controller = new AbortController();
  const removers = [];
  const release = () => removers.splice(0).forEach((remove) => remove());
  const abort = (reason) => {
    release();
    controller.abort(reason);
  };
  for (const signal of given) removers.push(onAbort(signal, abort));
  try {
    const response = await send(controller.signal);
    if (typeof response?.body === "object" && response.body) (unreadBodies ??= new FinalizationRegistry((release) => release())).register(response.body, release);
    else release();
    return response;
  } catch (error) {
    release();
    throw error;
  }
}
