// Makes an action's answers inside the page or process that calls: no network, no server.

import { result } from "./values.js";

export const ID = `40${"5a".repeat(20)}`;

const HEAD = '0:{"a":"$@1","f":"","b":"xNlS3fPnCwZP2hUZ9S4pQ"}\n';

/** Returns the bytes of an answer whose value is row 1 of `rows`. */
export const answerOf = (rows) => new TextEncoder().encode(`${HEAD}${rows}\n`);

export const BODY = answerOf(`1:${JSON.stringify(result())}`);

/** Returns a `fetch` that answers with this body, so that only the client's work is measured. */
export function answering(body, headers = {}) {
  const init = { headers: { "content-type": "text/x-component", ...headers } };
  return () => Promise.resolve(new Response(body, init));
}

export const answered = answering(BODY);
