// Our package, as Node programs get it, described in React's terms.

import { decode as decodeStream, encode as encodeArgs } from "../../pkg/node.js";

import { outcomeOf, streamOf } from "./answers.mjs";
import { describe } from "./describe.mjs";
import { CURRENT, load } from "./react.mjs";
import { attempt, signalOf, tell } from "./replies.mjs";
import { args as evaluateArgs } from "./values.mjs";
import { SERVER_MANIFEST, exportOf } from "./webpack.mjs";

/** What we make of a stream: `{ root }` or `{ rootRejected }`. */
export async function decode(bytes, { cuts, options } = {}) {
  const { value, done } = decodeStream(streamOf(bytes, cuts), options);
  done.catch(() => {});
  return outcomeOf(value, foreign);
}

/** What we make of an expression: `{ result }` or `{ rejected }`. */
export async function encode(expression, opts = {}, nextVersion = undefined) {
  const body = await encodeBody(expression, opts, nextVersion);
  return body.rejected ? body : { result: await tell(body.value) };
}

/** The same, as the body itself: `{ value }` or `{ rejected, reason }`. */
export async function encodeBody(expression, opts = {}, nextVersion = undefined) {
  const { clientReact } = load(CURRENT);
  const { value } = await evaluateArgs(expression, clientReact, serverReference);
  return encodeValue(value, opts, nextVersion);
}

export function encodeValue(value, opts = {}, nextVersion = undefined) {
  const options = {
    ...(nextVersion !== undefined && { nextVersion }),
    ...(opts.temp && { temporaryReferences: new Map() }),
    ...((opts.abortNow || opts.abortAfter !== undefined) && { signal: signalOf(opts) }),
  };
  return attempt(() => encodeArgs(value, options));
}

/** The arguments of a call and, as a promise, an answer that refers back to them. */
export async function sentBack(expression, bytes) {
  const { value } = await evaluateArgs(expression, load(CURRENT).clientReact, serverReference);
  const temporaryReferences = new Map();
  await encodeArgs(value, { temporaryReferences });
  return { value, answer: decodeStream(bytes, { temporaryReferences }).value };
}

/** A server reference as React keeps it where it can be seen. */
function serverReference(id, bound) {
  const action = load(CURRENT).edge.registerServerReference(async () => {}, id, null);
  return bound ? action.bind(null, ...bound) : action;
}

/** What only we know: a function that is a server reference, and the description of a client module's export. */
async function foreign(value) {
  if (typeof value === "function") return describeAction(value);
  const reference = clientReference(value);
  if (!reference) return undefined;
  try {
    const { name } = exportOf(reference.id, reference.name);
    return { $: "function", name, client: true };
  } catch {
    return { $: "function", unknown: reference.id, client: true };
  }
}

/** `{ id, chunks, name, async }`, frozen: no server sends such an object. */
function clientReference(value) {
  return Object.isFrozen(value) && Object.keys(value).join() === "id,chunks,name,async" ? value : undefined;
}

/** Which action a function of ours is, as a React server finds out: from what we send for it. */
async function describeAction(action) {
  const { edge } = load(CURRENT);
  const body = await attempt(() => encodeArgs([action]));
  if (body.rejected) return { $: "function", notSendable: String(body.reason?.message) };
  const [read] = await edge.decodeReply(body.value, SERVER_MANIFEST);
  const { id, args } = await read();
  return { $: "function", serverReference: id, bound: await describe(args, foreign) };
}
