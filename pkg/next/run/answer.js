// Reads the head of an answer as Next's client reads it, and decodes the rest with React's client. Must not act on it.

/**
 * Returns `{ status, isFlight, isUnknown, isRevalidated, redirect }`. `redirect`: the header, address and type.
 * `isUnknown`: the server has no such action.
 */
export function headOf({ status, headers }) {
  return {
    status,
    isFlight: Boolean(headers.get("content-type")?.startsWith("text/x-component")),
    isUnknown: headers.get("x-nextjs-action-not-found") === "1",
    isRevalidated: isRevalidated(headers.get("x-action-revalidated")),
    redirect: headers.get("x-action-redirect") || undefined,
  };
}

/** A number from Next 16 on. Before, `[paths, tag, cookie]`. */
function isRevalidated(text) {
  let said;
  try {
    said = JSON.parse(text);
  } catch {
    return false;
  }
  return Array.isArray(said) ? said[0]?.length > 0 || Boolean(said[1]) || Boolean(said[2]) : said > 0;
}

/**
 * True if there is nothing that the router would do: the value of an action, or the error that it threw. With another
 * status (404 of `notFound()`) some versions render the page.
 */
export const isPlain = ({ status, isFlight, isRevalidated, redirect }) => isFlight && !isRevalidated && !redirect && (status === 200 || status === 500);

/** Promises what React reads: `a` is the value of the action, a promise if it is not there yet. */
export function decode({ internals, self }, { response, refs, headers }) {
  const { createFromFetch, findSourceMapURL, createDebugChannel } = internals;
  const debugChannel = createDebugChannel?.(headers);
  return createFromFetch(Promise.resolve(response), { callServer: self, findSourceMapURL, temporaryReferences: refs, debugChannel });
}

/** True if a page was rendered into the answer: `f` before Next 16.4, where "" is none, `t` or `n` since. */
export const hasPage = ({ f, t, n }) => Boolean(f) || t !== undefined || n !== undefined;
