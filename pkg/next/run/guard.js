// Wraps the page's `fetch`: gives the answer that waits for a token, and notes the actions that Next sends itself. Must
// let no token reach the network, and must not change another request.

import { SENT, actionHeaderOf } from "../../lib/fetch/action_header.js";
import { page } from "./page.js";
import { TOKEN } from "./token.js";

/** Greatest number of times that the page's `fetch` is wrapped: other code may replace it again and again. */
const MAX_GUARDS = 16;

/** By token: `{ answer, body, isTaken }`. */
export const tokens = () => (page().tokens ??= new Map());
const guards = () => (page().guards ??= []);

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
    // Other wrappers may wait before they call on, so only the newest of ours notes a request.
    const isNoted = known.at(-1) !== fetch || isDispatchers(input, init, action);
    return isNoted ? inner.apply(this, arguments) : noted(() => inner.apply(this, arguments));
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
  if (addressOf(input) !== addressOf(entry.answer.url)) {
    if (!entry.answer.head.redirect) throw new Error("actionlane: the page was left");
    makeAbsolute(entry.answer);
  }
  entry.isTaken = true;
  entry.body.take();
  return entry.answer.response;
}

/**
 * Makes a redirect to "./x" one that does not depend on the page. Next reads it as if the path of its page ended in
 * "/".
 */
function makeAbsolute({ head, response, url }) {
  const [address, ...type] = head.redirect.split(";");
  if (!address.startsWith(".")) return;
  const { origin, pathname } = new URL(url, document.baseURI);
  response.headers.set("x-action-redirect", [new URL(`${origin}${pathname.replace(/\/?$/, "/")}${address}`).href, ...type].join(";"));
}

function addressOf(input) {
  return new URL(typeof input === "object" && typeof input.url === "string" ? input.url : input, document.baseURI).href;
}

/** Sends an action and notes it. */
function noted(send) {
  const end = page().observe?.();
  if (!end) return send();
  let answer;
  try {
    answer = send();
  } catch (error) {
    end();
    throw error;
  }
  Promise.resolve(answer).then(end, () => end());
  return answer;
}

/** True for a dispatcher's own request: see `lib/fetch/page_fetch.js`. A wrapper may have made a `Request` of it. */
function isDispatchers(input, init, action) {
  const { now, marks, open } = globalThis[SENT] ?? {};
  if (now || init?.[SENT] || marks?.get(init?.signal) || marks?.get(input)) return true;
  return typeof input === "object" && input instanceof Request && [...(open ?? [])].some((sent) => sent.action === action);
}
