// Recognises the request of an action by the arguments of `fetch`, which stay untouched. Must not read a body, nor use
// up what `fetch` can read only once; and must import nothing, because small wrappers hold it.

/** The header that makes a POST an action. `src/protocol.rs` has the same name and tests this line. */
export const NEXT_ACTION = "next-action";

/** Marks the dispatcher's own requests: see `page_fetch.js`. */
export const SENT = Symbol.for("actionlane.sent");

/** Returns `input` if it is a request: of this realm, of another, or of a class that the page has defined. */
export function requestOf(input) {
  return typeof input === "object" && typeof input?.method === "string" && typeof input.url === "string" ? input : undefined;
}

/** Returns the method, in capitals. `init` may not be null. */
export const methodOf = (input, init) => (init.method ?? requestOf(input)?.method ?? "GET").toUpperCase();

/** Returns the header `next-action` of a request, in any form that `fetch` takes; undefined if there is none. */
export function actionHeaderOf(input, init) {
  const value = headerOf(init?.headers ?? (typeof input === "object" ? input?.headers : undefined));
  return typeof value === "string" ? value : undefined;
}

/** Returns the action that is posted; undefined for any other request, and for arguments that `fetch` refuses. */
export function postedAction(input, init) {
  try {
    return methodOf(input, init ?? {}) === "POST" ? actionHeaderOf(input, init) : undefined;
  } catch {
    return undefined;
  }
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
