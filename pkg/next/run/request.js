// Builds the request of an action as Next's client builds it: body, headers and address. Must not send it, and must not
// add a header of its own.

import { ActionError } from "../../lib/error.js";
import { sizeOf } from "../../lib/arguments/size.js";

/** Asks the server not to render the page into the answer: see `RenderMode`. */
export const SKIP_RENDER = { "x-action-forwarded": "1" };

/**
 * Promises `{ url, headers, body, leastSize, refs }`. `leastSize`: in bytes, without what browsers may add. `refs`:
 * what the answer may refer back to. `maxBodyBytes` is the option of the dispatcher. The limit of the server does not
 * count here: as with Next's own client, the server refuses.
 */
export async function requestOf(internals, id, args, maxBodyBytes = false) {
  const state = internals.getState();
  const url = state.canonicalUrl;
  const headers = headersOf(internals, id, state);
  const refs = internals.createTemporaryReferenceSet();
  const body = await internals.encodeReply(usedOf(internals, id, args), { temporaryReferences: refs });
  const size = sizeOf(body);
  if (maxBodyBytes !== false && size > maxBodyBytes) {
    throw new ActionError("BODY_TOO_LARGE", `the arguments take ${size} bytes, more than maxBodyBytes, ${maxBodyBytes}`, { actionId: id });
  }
  return { url, headers, body, leastSize: size - slackOf(body), refs };
}

/** Returns the most bytes by which the size of a body is estimated too high: browsers choose the boundaries. */
const slackOf = (body) => (body instanceof FormData ? 64 + 64 * [...body.keys()].length : 0);

/** Returns the arguments that the server reads, as far as this version of Next leaves the others out. */
function usedOf({ traits, infoOf, omitUnusedArgs }, id, args) {
  const info = infoOf(id);
  return traits.omitsUnused || info.type === "use-cache" ? omitUnusedArgs(args, info) : args;
}

function headersOf(internals, id, { tree, nextUrl, previousNextUrl }) {
  const { traits, treeHeader, isIntercepted, getDeploymentId, isDevServer } = internals;
  const headers = { Accept: "text/x-component", "next-action": id, "next-router-state-tree": treeHeader(tree) };
  const deployment = getDeploymentId();
  if (deployment) headers["x-deployment-id"] = deployment;
  const from = (traits.previousNextUrl && previousNextUrl) || nextUrl;
  if (from && isIntercepted(tree)) headers["next-url"] = from;
  if (isDevServer && traits.debugChannel) {
    if (globalThis.__next_r) headers["next-html-request-id"] = globalThis.__next_r;
    headers["next-request-id"] = crypto.getRandomValues(new Uint32Array(1))[0].toString(16);
  }
  return headers;
}
