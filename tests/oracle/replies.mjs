// Replies (client to server): React's client makes them, React's server reads them, in each of its three ways.

import busboy from "busboy";

import { describe, describeError, settled } from "./describe.mjs";
import { args as evaluateArgs } from "./values.mjs";
import { SERVER_MANIFEST } from "./webpack.mjs";

/**
 * Encodes an expression with a release's client, in the form of the vectors: `{ result }` or `{ rejected }`, with
 * `tempKeys` if any.
 */
export async function encode(release, expression, opts) {
  const temporaries = opts.temp ? release.client.createTemporaryReferenceSet() : undefined;
  const body = await encodeBody(release, expression, opts, temporaries);
  const described = body.rejected ? { rejected: describeError(body.reason) } : { result: await tell(body.value) };
  return { ...described, ...(temporaries && { tempKeys: [...temporaries.keys()] }) };
}

/** Encodes an expression to the body itself: `{ value }` or `{ rejected, reason }`. */
export async function encodeBody(release, expression, opts, temporaries = opts.temp && release.client.createTemporaryReferenceSet()) {
  const { client, clientReact } = release;
  const serverRef = (id, bound) => (bound ? bindReference(release, id, bound) : client.createServerReference(id, (...call) => call));
  const { value } = await evaluateArgs(expression, clientReact, serverRef);
  return attempt(() => client.encodeReply(value, { temporaryReferences: temporaries, signal: signalOf(opts) }));
}

/**
 * Makes a server reference with bound arguments, by sending it from a server: `.bind()` on a client's reference
 * makes a plain function.
 */
async function bindReference({ client, edge }, id, bound) {
  const action = edge.registerServerReference(async () => {}, id, null);
  const stream = edge.renderToReadableStream(action.bind(null, ...bound), {});
  return new Promise((resolve, reject) => {
    client.createFromReadableStream(stream, { callServer: (called, args) => ({ id: called, args }) }).then(resolve, reject);
  });
}

export async function attempt(run) {
  try {
    const state = await settled(run(), 2000);
    return state === "pending" ? { rejected: true, reason: new Error("the encoder never ended") } : state;
  } catch (reason) {
    return { rejected: true, reason };
  }
}

export function signalOf({ abortNow, abortAfter }) {
  if (abortNow) return AbortSignal.abort(new Error("aborted"));
  if (abortAfter === undefined) return undefined;
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("aborted")), abortAfter);
  return controller.signal;
}

/** Describes a body as JSON, with its parts in order. */
export async function tell(body) {
  if (typeof body === "string") return { kind: "string", body };
  const parts = [];
  for (const [name, value] of body) {
    if (typeof value === "string") {
      parts.push({ name, kind: "string", value });
    } else {
      const bytes = Buffer.from(await value.arrayBuffer());
      parts.push({ name, kind: "blob", filename: value.name, type: value.type, size: bytes.length, base64: bytes.toString("base64") });
    }
  }
  return { kind: "formdata", parts };
}

/**
 * The ways in which a release's server reads a body: a `FormData`, an async iterable of entries, and multipart
 * bytes.
 */
export const WAYS = {
  form: ({ edge }, body, options) => edge.decodeReply(body, SERVER_MANIFEST, options),
  iterable: ({ edge }, body, options) => edge.decodeReplyFromAsyncIterable?.(entriesOf(body), SERVER_MANIFEST, options),
  busboy: ({ node }, body, options) => node.decodeReplyFromBusboy(parserOf(body), SERVER_MANIFEST, options),
};

/**
 * Describes what a server reads; `undefined` if the release lacks this way, or if the body is a text, which only
 * the first way reads.
 */
export async function decode(release, body, way, temporaryReferences) {
  if (typeof body === "string" && way !== "form") return undefined;
  let read;
  try {
    read = WAYS[way](release, copyOf(body), { temporaryReferences });
  } catch (reason) {
    return { rootRejected: describeError(reason) };
  }
  if (!read) return undefined;
  const state = await settled(read);
  if (state === "pending") return { rootPending: true };
  return state.rejected ? { rootRejected: describeError(state.reason) } : { root: await describe(state.value, opaque) };
}

/** Copies a body: a server removes entries from the form it gets. */
function copyOf(body) {
  if (typeof body === "string") return body;
  const form = new FormData();
  for (const [name, value] of body) form.append(name, value);
  return form;
}

/** Describes the placeholder that a server has for an argument it cannot see into. */
function opaque(value) {
  return value?.$$typeof === Symbol.for("react.temporary.reference") ? { $: "temporary" } : undefined;
}

async function* entriesOf(form) {
  yield* form;
}

function parserOf(form) {
  const response = new Response(form);
  const parser = busboy({ headers: { "content-type": response.headers.get("content-type") }, defParamCharset: "utf8" });
  response.arrayBuffer().then((bytes) => parser.end(Buffer.from(bytes)));
  return parser;
}
