// Decides if and when a request of a route handler is sent again, by the rules of src/retry.rs: here too, because
// routes need no wasm. tests/vectors/retry.json tests both. Sends nothing.

import { performance } from "../page/globals.js";

const USUAL = { limit: 0, budget: 30_000, delay: 300, backoffLimit: 10_000, maxRetryAfter: 60_000 };

/**
 * True if the failure that an answer states may pass by itself. `keyed`: the request carries a key; then a 409 means
 * that the first request with this key is still running.
 */
function isPassing({ status, headers }, keyed) {
  // A replayed 409 is the result of the first request.
  if (status === 409) return keyed && (headers.get("idempotent-replayed") ?? undefined) === undefined;
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status < 600);
}

/** True if the request may be sent twice: it changes nothing, or carries a key. */
export function isHarmless(method, key) {
  return method === "GET" || method === "HEAD" || key !== undefined;
}

/**
 * Returns the wait, in ms, before the next attempt; undefined if there is none. `retries`: the number of
 * retries so far. `since`: the time of the first attempt. `response`: the answer, undefined if there was none.
 * `keyed`: the request carries a key.
 */
export function waitBefore({ retry, keyed, retries, since, response }) {
  const { limit, budget, delay, backoffLimit, maxRetryAfter } = { ...USUAL, ...retry };
  if (retries >= limit || (response && !isPassing(response, keyed))) return undefined;
  const asksFor = Math.min(retryAfter(response?.headers.get("retry-after")) ?? 0, maxRetryAfter);
  const wait = Math.max(asksFor, Math.random() * Math.min(delay * 2 ** Math.min(retries, 20), backoffLimit));
  return performance.now() - since + wait <= budget ? wait : undefined;
}

/**
 * Returns a `Retry-After` in ms; undefined if it is invalid. It is a number of seconds or a date. A date must have
 * letters and a time of day, because V8 also reads "1.5" and "-1" as dates.
 */
function retryAfter(header) {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const ms = /[a-z]/i.test(text) && text.includes(":") ? Date.parse(text) - Date.now() : NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
