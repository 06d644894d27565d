// Repeats a statement of a store while its server cannot be reached. Must only be given statements that may be
// repeated: those of a store may, since a second claim or finish with the same token changes nothing.

const FIRST_MS = 20;
const LONGEST_MS = 500;

/** Promises what `work()` gives. Repeats it after an error for which `isPassing(error)` holds, until `ms` are over. */
export async function withRetries(work, isPassing, ms) {
  const start = performance.now();
  for (let pause = FIRST_MS; ; pause = Math.min(pause * 2, LONGEST_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || performance.now() + pause > start + ms) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** Codes of Node.js for a connection that could not be made or has ended. */
const CONNECTION = new Set([
  "ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ENOENT",
]);

/** True for an error of Node.js that says that the connection failed, also one inside of an error of a driver. */
export function isConnectionError(error) {
  for (let at = error, depth = 0; typeof at === "object" && at !== null && depth < 5; at = at.cause ?? at.errors?.[0], depth += 1) {
    if (CONNECTION.has(at.code)) return true;
  }
  return false;
}
