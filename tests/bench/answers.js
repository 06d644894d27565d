// Answers of an action, made where the call is made: no network, no server.

import { result } from "./values.js";

export const ID = `40${"5a".repeat(20)}`;

const HEAD = '0:{"a":"$@1","f":"","b":"xNlS3fPnCwZP2hUZ9S4pQ"}\n';

/** An answer whose value is the row 1 of `rows`. */
export const answerOf = (rows) => new TextEncoder().encode(`${HEAD}${rows}\n`);

export const BODY = answerOf(`1:${JSON.stringify(result())}`);

/** A `fetch` that answers so: what is left is the work of the client. */
export function answering(body, headers = {}) {
  const init = { headers: { "content-type": "text/x-component", ...headers } };
  return () => Promise.resolve(new Response(body, init));
}

export const answered = answering(BODY);
