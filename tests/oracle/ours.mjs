// Calls our package as programs of Node.js do, and describes the results in React's terms.

import { decode as decodeStream, encode as encodeArgs } from "../../pkg/node.js";

import { outcomeOf, streamOf } from "./answers.mjs";
import { describe } from "./describe.mjs";
import { CURRENT, load } from "./react.mjs";
import { attempt, signalOf, tell } from "./replies.mjs";
import { args as evaluateArgs } from "./values.mjs";
import { SERVER_MANIFEST, exportOf } from "./webpack.mjs";

/** Decodes a stream with our package: `{ root }` or `{ rootRejected }`. */
export async function decode(bytes, { cuts, options } = {}) {
  const { value, done } = decodeStream(streamOf(bytes, cuts), options);
  done.catch(() => {});
  return outcomeOf(value, foreign);
}

/** Encodes an expression with our package: `{ result }` or `{ rejected }`. */
export async function encode(expression, opts = {}, nextVersion = undefined) {
  const body = await encodeBody(expression, opts, nextVersion);
  return body.rejected ? body : { result: await tell(body.value) };
}

/** Encodes an expression to the body itself: `{ value }` or `{ rejected, reason }`. */
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

/** Encodes the arguments of a call. Returns them, and a promise of an answer that refers back to them. */
export async function sentBack(expression, bytes) {
  const { value } = await evaluateArgs(expression, load(CURRENT).clientReact, serverReference);
  const temporaryReferences = new Map();
  await encodeArgs(value, { temporaryReferences });
  return { value, answer: decodeStream(bytes, { temporaryReferences }).value };
}

/** Makes a server reference as React exposes it, with its id. */
function serverReference(id, bound) {
  const action = load(CURRENT).edge.registerServerReference(async () => {}, id, null);
  return bound ? action.bind(null, ...bound) : action;
}

/**
 * Describes values that only our package makes: functions that are server references, and descriptions of client
 * references.
 */
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

/**
 * Recognises our description of a client reference, `{ id, chunks, name, async }`, by being frozen: no server sends
 * such an object.
 */
function clientReference(value) {
  return Object.isFrozen(value) && Object.keys(value).join() === "id,chunks,name,async" ? value : undefined;
}

/** Describes a function of ours by the action it calls: encodes it, and lets a React server read that. */
async function describeAction(action) {
  const { edge } = load(CURRENT);
  const body = await attempt(() => encodeArgs([action]));
  if (body.rejected) return { $: "function", notSendable: String(body.reason?.message) };
  const [read] = await edge.decodeReply(body.value, SERVER_MANIFEST);
  const { id, args } = await read();
  return { $: "function", serverReference: id, bound: await describe(args, foreign) };
}
