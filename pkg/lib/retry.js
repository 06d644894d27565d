// Says when a request of a route handler is sent again, by the rules of src/retry.rs: here, as routes need
// no wasm. Both are held to tests/vectors/retry.json.

import { performance } from "./platform.js";

const USUAL = { limit: 0, budget: 30_000, delay: 300, backoffLimit: 10_000, maxRetryAfter: 60_000 };

/**
 * Tells of an answer if it may be over by itself. `keyed`: of a request with a key, a 409 says that the
 * first is still under way.
 */
function isPassing({ status, headers }, keyed) {
  if (status === 409) return keyed && (headers.get("idempotent-replayed") ?? undefined) === undefined; // that is what the first has given
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status < 600);
}

/** True if retrying it is harmless: it changes nothing, or carries a key. */
export function isHarmless(method, key) {
  return method === "GET" || method === "HEAD" || key !== undefined;
}

/**
 * How long to wait, in ms, before it is sent once more; undefined if it is not. `retries`: how often it has
 * been. `since`: the first attempt. `response`: the answer, undefined where there was none. `keyed`:
 * whether the request carries a key.
 */
export function waitBefore({ retry, keyed, retries, since, response }) {
  const { limit, budget, delay, backoffLimit, maxRetryAfter } = { ...USUAL, ...retry };
  if (retries >= limit || (response && !isPassing(response, keyed))) return undefined;
  const told = Math.min(retryAfter(response?.headers.get("retry-after")) ?? 0, maxRetryAfter);
  const wait = Math.max(told, Math.random() * Math.min(delay * 2 ** Math.min(retries, 20), backoffLimit));
  return performance.now() - since + wait <= budget ? wait : undefined;
}

/**
 * A `Retry-After` in ms: seconds, or a date, which has letters and a time of day: V8 makes dates of "1.5"
 * and "-1", too.
 */
function retryAfter(header) {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const ms = /[a-z]/i.test(text) && text.includes(":") ? Date.parse(text) - Date.now() : NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
