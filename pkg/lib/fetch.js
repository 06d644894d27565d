// The drop-in for `fetch`: an action that somebody else has built waits for its turn, everything else goes at once.

import { Headers, Request } from "./platform.js";

/** The action's id, if this is a POST with `Next-Action`. */
export function actionOf(input, init) {
  const request = typeof Request === "function" && input instanceof Request ? input : undefined;
  const method = init?.method ?? request?.method ?? "GET";
  if (String(method).toUpperCase() !== "POST") return undefined;
  return new Headers(init?.headers ?? request?.headers).get("next-action") ?? undefined;
}

/** The signal that belongs to the request. */
export function signalOf(input, init) {
  return init?.signal ?? (typeof Request === "function" && input instanceof Request ? input.signal : undefined) ?? undefined;
}

/** What `fetch` would have rejected with, where the caller of `fetch` expects that. */
export function asFetchWould(error) {
  if (error.code === "ABORTED" || error.code === "NETWORK") return error.cause ?? error;
  return error;
}
