// The same for a route handler, which can say 409 where an action can only throw.

import { IdempotencyError } from "./error.js";
import { once, resultOf } from "./idempotent.js";

export async function idempotentRoute(key, fn, store, options) {
  let ran = false, response;
  const run = async (id) => {
    ran = true;
    response = await fn(id);
    if (isFailure(response?.status)) throw new NoResult();
    return response;
  };
  try {
    const given = await once(key, run, store, options, (response) => recordOf(response.clone()));
    return ran ? given : replay(given);
  } catch (error) {
    if (error instanceof NoResult) return response;
    // A store's failure is for the log, which Next.js writes.
    if (error instanceof IdempotencyError && error.cause === undefined) return refusal(error);
    const stored = ran ? undefined : resultOf(error);
    if (stored) return replay(answerOf(stored));
    throw error;
  }
}

/** Thrown for a response that leaves nothing behind, so that a retry may run. */
class NoResult extends Error {}

/** A refusal and a failure are to a route what throwing is to an action. */
function isFailure(status) {
  return status >= 500 || [401, 403, 408, 425, 429].includes(status);
}

/** Without its cookies: the browser has them from the first answer, or was never meant to have them from this one. */
async function recordOf(response) {
  const headers = [...response.headers].filter(([name]) => name !== "set-cookie");
  const body = response.body && new Uint8Array(await response.arrayBuffer());
  const record = { status: response.status, headers, body };
  replay(record); // it can be given again: `Response.error()` cannot
  return record;
}

/** What a stored `redirect()` or `notFound()` answers. It is not thrown on: Next.js 14 takes only redirects that it has made itself. */
function answerOf({ digest }) {
  if (!digest.startsWith("NEXT_REDIRECT;")) return { status: 404, headers: [], body: null };
  // NEXT_REDIRECT;type;url;status; and the url may hold semicolons.
  const parts = digest.split(";");
  return { status: Number(parts.at(-2)), headers: [["location", parts.slice(2, -2).join(";")]], body: null };
}

function replay({ status, headers, body }) {
  return new Response(body, { status, headers: [...headers, ["idempotent-replayed", "true"]] });
}

/** RFC 9457. */
function refusal({ status, digest, message }) {
  const headers = { "content-type": "application/problem+json", ...(status === 409 && { "retry-after": "1" }) };
  return new Response(JSON.stringify({ title: message, status, code: digest }), { status, headers });
}
