// Explains why the outbox cannot be used, and what the page can do. Touches no storage.

/** Returns the explanation of an error of the outbox; undefined if there is nothing to add to the error. */
export function whyUnusable(error) {
  if (!globalThis.navigator?.locks) return "the outbox needs Web Locks, which pages have over https or on localhost only";
  if (!globalThis.indexedDB || error?.name === "SecurityError") {
    return "this page may store nothing (a sandboxed frame, or blocked by the user): make the call without durable";
  }
  if (error?.name === "QuotaExceededError") return "no room is left for this site: remove entries of the outbox, or make the call without durable";
  return undefined;
}
