// The drop-in for `fetch`: an action that somebody else has built waits for its turn, everything else goes at once.

import { requestOf } from "./init.js";
import { Headers } from "./platform.js";

/** The method, in capitals. `init`: as `readInit` gives it. */
export const methodOf = (input, init) => (init.method ?? requestOf(input)?.method ?? "GET").toUpperCase();

/** The action's id, if this is a POST with `Next-Action`. */
export function actionOf(input, init) {
  if (methodOf(input, init) !== "POST") return undefined;
  return new Headers(init.headers ?? requestOf(input)?.headers).get("next-action") ?? undefined;
}

/** The signal that belongs to the request: `null` among its options takes that of a `Request` away. */
export function signalOf(input, init) {
  return (init.signal === undefined ? requestOf(input)?.signal : init.signal) ?? undefined;
}

/** What `fetch` would have rejected with, where the caller of `fetch` expects that. */
export function asFetchWould(error) {
  if (error.code === "ABORTED" || error.code === "NETWORK") return error.cause ?? error;
  return error;
}
