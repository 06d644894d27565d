// Wraps the page's `fetch`: gives the answer that waits for a token, and notes the actions that Next sends itself. Must
// let no token reach the network, and must not change another request.

import { SENT, actionHeaderOf } from "../../lib/fetch/action_header.js";
import { addressOf } from "../../lib/fetch/request_init.js";
import { page } from "./page.js";
import { TOKEN } from "./token.js";

/** Greatest number of times that the page's `fetch` is wrapped: other code may replace it again and again. */
const MAX_GUARDS = 16;

/** By token: `{ answer, body, isTaken }`. */
export const tokens = () => (page().tokens ??= new Map());
const guards = () => (page().guards ??= []);

/** True while a wrapper of ours calls the next one: only the outermost notes a request. */
let isInside = false;

/**
 * Makes the outermost `fetch` of the page one that knows tokens, so that monitoring sees one request an action. Returns
 * false if the page does not let its `fetch` be replaced.
 */
export function guard() {
  const inner = globalThis.fetch;
  const known = guards();
  if (known.includes(inner) || (known.length >= MAX_GUARDS && typeof inner === "function")) return true;
  const fetch = function fetch(input, init) {
    const action = actionHeaderOf(input, init);
    if (action === undefined) return inner.apply(this, arguments);
    if (TOKEN.test(action)) return answerTo(action, input);
    return noted(() => inner.apply(this, arguments));
  };
  try {
    globalThis.fetch = fetch;
  } catch {
    return false;
  }
  known.push(fetch);
  return globalThis.fetch === fetch;
}

/** Promises the answer that waits for a token. Rejects an unknown or used one. */
async function answerTo(token, input) {
  const entry = tokens().get(token);
  if (!entry || entry.isTaken) throw new Error("actionlane: no answer waits for this token; the action is not sent again");
  // Dispatched while a navigation was pending, it runs after that: on another page.
  if (addressOf(input) !== addressOf(entry.answer.url)) throw new Error("actionlane: the page was left");
  entry.isTaken = true;
  entry.body.take();
  return entry.answer.response;
}

/** Sends an action and notes it, unless it is the dispatcher's or a wrapper of ours has noted it. */
function noted(send) {
  const { observe } = page();
  if (!observe || isInside || globalThis[SENT]?.now) return send();
  const end = observe();
  let answer;
  isInside = true;
  try {
    answer = send();
  } finally {
    isInside = false;
  }
  Promise.resolve(answer).then(end, () => end());
  return answer;
}
