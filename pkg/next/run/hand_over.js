// Hands an answer to Next's own reducer. The reducer is given a token in the place of the action's id; it makes one
// request with it, and a wrapper of `fetch` gives it the answer. Nothing runs twice: no server takes the token for an
// id, and the wrapper lets no token reach the network. Must not read the answer.

import { page } from "./page.js";

/** A token begins with the first two digits of the id, which say what Next writes of the arguments. */
const TOKEN = /^[\da-f]{2}-actionlane-/;
const NEXT_ACTION = "next-action";

/** Greatest number of times that the page's `fetch` is wrapped: other code may replace it again and again. */
const MAX_GUARDS = 16;

/** The reducer runs on another page than the one that the action was sent from. */
const ELSEWHERE = new Error("the page was left");

export class HandOver {
  #count = 0;
  #page = crypto.getRandomValues(new Uint32Array(2)).join("-");

  /**
   * Dispatches the action with the answer. `once` settles with what the reducer says; `apart()` settles it outside the
   * router instead, if the page was left or the reducer did not come for the answer.
   */
  async give({ internals }, { id, args, once, answer, body, apart }) {
    if (!guard()) return apart();
    const { dispatch, serverAction, startTransition } = internals;
    const token = `${id.slice(0, 2)}-actionlane-${this.#page}-${++this.#count}`;
    const entry = { answer, body, isTaken: false };
    tokens().set(token, entry);
    once.promise.catch(() => {}).finally(() => tokens().delete(token));
    const reject = (error) => {
      if (once.isOver) return;
      if (entry.isTaken) once.reject(error);
      else apart().catch(once.reject);
    };
    try {
      startTransition(() => dispatch({ type: serverAction, actionId: token, actionArgs: args, resolve: once.resolve, reject }));
    } catch (error) {
      reject(error);
    }
  }
}

const tokens = () => (page().tokens ??= new Map());
const guards = () => (page().guards ??= []);

/**
 * Makes the outermost `fetch` of the page one that knows tokens, so that monitoring sees one request an action. Returns
 * false if the page does not let its `fetch` be replaced.
 */
function guard() {
  const inner = globalThis.fetch;
  const known = guards();
  if (known.includes(inner) || (known.length >= MAX_GUARDS && typeof inner === "function")) return true;
  const fetch = function fetch(input, init) {
    const token = tokenOf(input, init);
    return token === undefined ? inner.apply(this, arguments) : answerTo(token, input);
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
  if (addressOf(input) !== addressOf(entry.answer.url)) throw ELSEWHERE;
  entry.isTaken = true;
  entry.body.take();
  return entry.answer.response;
}

function addressOf(input) {
  return new URL(typeof input === "object" && typeof input.url === "string" ? input.url : input, document.baseURI).href;
}

/** Returns the token among the headers of a request, in any form that `fetch` takes; undefined if there is none. */
function tokenOf(input, init) {
  const value = headerOf(init?.headers ?? (typeof input === "object" ? input?.headers : undefined));
  return typeof value === "string" && TOKEN.test(value) ? value : undefined;
}

function headerOf(headers) {
  if (typeof headers !== "object" || headers === null) return undefined;
  if (typeof headers.get === "function" && typeof headers.append === "function") return headers.get(NEXT_ACTION);
  // An iterator can be read once, and `fetch` reads it. Next's headers are no iterator, nor a copy of them.
  if (typeof headers.next === "function") return undefined;
  const pairs = typeof headers[Symbol.iterator] === "function" ? [...headers] : Object.entries(headers);
  const found = pairs.find((pair) => String(pair?.[0]).toLowerCase() === NEXT_ACTION);
  return found && String(found[1]);
}
