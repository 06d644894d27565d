// Runs a route handler once per key, as `idempotent` does an action: a route handler can answer with a status, such as
// 409, where an action can only throw. Knows no more of the store than `idempotent.js` does.

import { IdempotencyError } from "./error.js";
import { resultOf, runOnce } from "./idempotent.js";

export async function idempotentRoute(key, fn, store, options) {
  if (store.transaction) throw new TypeError("idempotentRoute: make the response from what idempotent gives in the transaction");
  let ran = false, response;
  const run = async (id, lease) => {
    ran = true;
    response = await fn(id, lease);
    if (isFailure(response?.status)) throw new NoResult();
    return response;
  };
  try {
    const given = await runOnce(key, run, store, options, (response) => recordOf(response.clone()));
    return ran ? given : replay(given);
  } catch (error) {
    if (error instanceof NoResult) return response;
    // An error of the store is thrown, so that Next.js logs it.
    if (error instanceof IdempotencyError && error.cause === undefined) return refusal(error);
    const stored = ran ? undefined : resultOf(error);
    if (stored) return replay(answerOf(stored));
    throw error;
  }
}

/** Thrown for a response that is not stored: the claim ends and a retry may run. */
class NoResult extends Error {}

/** True for a status that refuses or fails. It counts like an error that an action throws. */
function isFailure(status) {
  return status >= 500 || [401, 403, 408, 425, 429].includes(status);
}

/** Promises the record of a response, without its cookies: only the answer of the run itself may set them. */
async function recordOf(response) {
  const headers = [...response.headers].filter(([name]) => name !== "set-cookie");
  const body = response.body && new Uint8Array(await response.arrayBuffer());
  const record = { status: response.status, headers, body };
  replay(record); // throws for a response that cannot be replayed, such as `Response.error()`
  return record;
}

/**
 * Returns the response for a stored `redirect()` or `notFound()`. It is not thrown again: Next.js 14 accepts only
 * redirect errors that it has made itself.
 */
function answerOf({ digest }) {
  if (!digest.startsWith("NEXT_REDIRECT;")) return { status: 404, headers: [], body: null };
  // The digest is `NEXT_REDIRECT;type;url;status;` and the URL may contain semicolons.
  const parts = digest.split(";");
  return { status: Number(parts.at(-2)), headers: [["location", parts.slice(2, -2).join(";")]], body: null };
}

function replay({ status, headers, body }) {
  return new Response(body, { status, headers: [...headers, ["idempotent-replayed", "true"]] });
}

/** Makes the response to an `IdempotencyError`, in the form of RFC 9457. */
function refusal({ status, digest, message }) {
  const headers = { "content-type": "application/problem+json", ...(status === 409 && { "retry-after": "1" }) };
  return new Response(JSON.stringify({ title: message, status, code: digest }), { status, headers });
}
