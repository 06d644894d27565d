// Listens to abort signals, and makes one of several.

import { AbortController, AbortSignal, queueMicrotask } from "./platform.js";
import { report } from "./report.js";
import { hasRoom } from "./room.js";

const nothing = () => {};

/**
 * Calls `act(reason)` when the signal aborts, at once if it has. Gives the function that takes the listener away again.
 */
export function onAbort(signal, act) {
  if (!signal) return nothing;
  if (signal.aborted) {
    act(signal.reason);
    return nothing;
  }
  // An abort that fails in a listener is lost: whoever aborts deep inside a recursion leaves no room to call the wasm.
  const listener = () => (hasRoom() ? act(signal.reason) : queueMicrotask(() => act(signal.reason)));
  signal.addEventListener("abort", listener, { once: true });
  return () => {
    try {
      signal.removeEventListener("abort", listener);
    } catch (error) {
      report(error); // of a signal of the page's own making
    }
  };
}

/** Lets go of the signals once nobody can read a body any more. */
let unread;

/**
 * What `send(signal)` gives, with one signal that aborts with the first of several: also while a body is
 * read long after the head.
 */
export async function sendWith(signals, send) {
  const given = signals.filter(Boolean);
  if (given.length === 1) return send(given[0]);
  if (AbortSignal.any) return send(AbortSignal.any(given));
  // Chrome before 116, Firefox before 124, Safari before 17.4.
  const controller = new AbortController();
  const quiet = [];
  const release = () => quiet.splice(0).forEach((remove) => remove());
  const abort = (reason) => {
    release();
    controller.abort(reason);
  };
  for (const signal of given) quiet.push(onAbort(signal, abort));
  try {
    const response = await send(controller.signal);
    if (typeof response?.body === "object" && response.body) (unread ??= new FinalizationRegistry((release) => release())).register(response.body, release);
    else release();
    return response;
  } catch (error) {
    release();
    throw error;
  }
}
