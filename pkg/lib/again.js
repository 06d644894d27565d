// When a request of a route handler is sent again, by the rules of retry.rs: here, because routes need no wasm.

const USUAL = { limit: 0, budget: 30_000, delay: 300, backoffLimit: 10_000, maxRetryAfter: 60_000 };

/** Whether what an answer says may be over by itself. `keyed`: of a request with a key, a 409 says that the first is still under way. */
function isPassing({ status, headers }, keyed) {
  if (status === 409) return keyed && !headers.has("idempotent-replayed"); // that is what the first has given
  return status === 408 || status === 425 || status === 429 || (status >= 500 && status < 600);
}

/** Whether repeating it is harmless: it changes nothing, or carries a key; and its body can be sent twice. */
export function isHarmless(method, key, body) {
  const stream = (typeof ReadableStream === "function" && body instanceof ReadableStream) || body?.[Symbol.asyncIterator] !== undefined;
  return (method === "GET" || method === "HEAD" || key !== undefined) && !stream;
}

/**
 * How long to wait, in ms, before it is sent once more; undefined if it is not. `repeats`: how often it has been. `since`: the first attempt.
 * `response`: the answer, undefined where there was none. `keyed`: whether the request carries a key.
 */
export function waitBefore({ retry, keyed, repeats, since, response }) {
  const { limit, budget, delay, backoffLimit, maxRetryAfter } = { ...USUAL, ...retry };
  if (repeats >= limit || (response && !isPassing(response, keyed))) return undefined;
  const told = response && retryAfter(response.headers.get("retry-after"));
  const wait = told === undefined ? Math.random() * Math.min(delay * 2 ** repeats, backoffLimit) : Math.min(told, maxRetryAfter);
  return performance.now() - since + wait <= budget ? wait : undefined;
}

/** A `Retry-After` in ms: seconds, or a date. */
function retryAfter(header) {
  if (!header) return undefined;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}
