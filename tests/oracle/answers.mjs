// Answers (server to client): React's server writes them, React's client reads them.

import { describe, describeError, settled } from "./describe.mjs";
import { later } from "./later.mjs";
import { CLIENT_MANIFEST } from "./webpack.mjs";

/** Milliseconds that a server waits for values that never settle. */
const ABORT_MS = 200;

/** Returns the bytes that a release's server renders of a value. */
export async function render(release, value, options) {
  const controller = new AbortController();
  const stop = later(ABORT_MS, () => controller.abort(new Error("too late")));
  let errors = 0;
  const onError = (error) => error?.digest ?? `digest:${(errors += 1)}`;
  try {
    const stream = release.edge.renderToReadableStream(value, CLIENT_MANIFEST, { onError, signal: controller.signal, ...options });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return new Uint8Array(Buffer.concat(chunks));
  } finally {
    stop();
  }
}

/** Returns a stream of the bytes in chunks of `cuts` bytes, or cut at the places of a list. */
export function streamOf(bytes, cuts) {
  const chunks = pieces(bytes, cuts);
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
  });
}

function pieces(bytes, cuts) {
  const size = typeof cuts === "number" ? cuts : Math.max(bytes.length, 1);
  const places = Array.isArray(cuts) ? cuts : Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => (at + 1) * size);
  const chunks = [];
  let from = 0;
  for (const to of [...places, bytes.length]) {
    if (to > from) chunks.push(bytes.slice(from, to));
    from = Math.max(from, to);
  }
  return chunks;
}

/** Reads the bytes with a release's client: `{ root }` or `{ rootRejected }`. */
export async function read(release, bytes, { cuts, temporaryReferences } = {}) {
  const callServer = (id, args) => ({ id, args });
  const chunk = release.client.createFromReadableStream(streamOf(bytes, cuts), { callServer, temporaryReferences });
  return outcomeOf(chunk);
}

/** Describes a promise's value, or the reason why it has none. */
export async function outcomeOf(thenable, foreign) {
  const state = await settled(thenable);
  if (state === "pending") return { rootPending: true };
  return state.rejected ? { rootRejected: describeError(state.reason) } : { root: await describe(state.value, foreign) };
}
