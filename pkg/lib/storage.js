// Explains why the outbox cannot be used, and what to do.

/** By an error that the outbox was given. Undefined where there is no more to say than the error does. */
export function unusable(error) {
  if (!globalThis.navigator?.locks) return "the outbox needs Web Locks, which pages have over https or on localhost only";
  if (!globalThis.indexedDB || error?.name === "SecurityError") {
    return "this page may store nothing (a sandboxed frame, or blocked by the user): make the call without durable";
  }
  if (error?.name === "QuotaExceededError") return "no room is left for this site: remove entries of the outbox, or make the call without durable";
  return undefined;
}
