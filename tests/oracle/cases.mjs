// Tests our package on one vector. Each function returns a description of the difference, or undefined.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { read, streamOf } from "./answers.mjs";
import { describe, settled } from "./describe.mjs";
import * as ours from "./ours.mjs";
import { CURRENT, load } from "./react.mjs";
import { bodyDifference, difference } from "./same.mjs";
import { args } from "./values.mjs";
import { COMMITTED } from "./vectors.mjs";

/** Streams up to this many bytes are cut in two at every place. */
const SHORT = 300;
/** Cuts that are tried at the same time. */
const AT_ONCE = 64;

/** A stream must decode to the same value however it is cut. */
export async function decodeCase(dir, { input, expected }) {
  const bytes = new Uint8Array(await readFile(join(dir, input)));
  const described = JSON.parse(await readFile(join(dir, expected), "utf8"));
  const accepted = [described.whole ?? described, described.byteByByte].filter(Boolean);
  const cuts = [undefined, 1, 3, 7];
  if (bytes.length <= SHORT) for (let at = 1; at < bytes.length; at += 1) cuts.push([at]);
  while (cuts.length > 0) {
    const wrong = await Promise.all(cuts.splice(0, AT_ONCE).map((cut) => decodeCut(bytes, cut, accepted)));
    const first = wrong.find(Boolean);
    if (first) return first;
  }
  return undefined;
}

async function decodeCut(bytes, cuts, accepted) {
  const actual = await ours.decode(bytes, { cuts });
  const wrong = accepted.map((expected) => difference(expected, actual));
  if (wrong.some((one) => !one)) return undefined;
  const how = cuts === undefined ? "whole" : Array.isArray(cuts) ? `cut at ${cuts[0]}` : `chunks of ${cuts}`;
  return `${how}: ${wrong[0]}`;
}

/** The body must equal React's, except for the order of parts where it does not matter. */
export async function encodeCase(dir, { value, opts, expected }) {
  const { result, rejected } = JSON.parse(await readFile(join(dir, expected), "utf8"));
  const actual = await ours.encode(value, opts);
  if (rejected) return actual.rejected ? undefined : `expected a rejection, got ${JSON.stringify(actual.result)}`;
  if (actual.rejected) return `rejected: ${actual.reason?.message ?? actual.reason}`;
  return bodyDifference(result, actual.result);
}

/** Arguments that a server sends back must be the same objects as those that were sent. */
export async function temporaryCase(dir, { name, expected }) {
  const path = join("encode", `${name}.json`);
  const { expr } = JSON.parse(await readFile(join(dir, path), "utf8").catch(() => readFile(join(COMMITTED, path), "utf8")));
  const bytes = new Uint8Array(await readFile(join(dir, expected)));
  const { client, clientReact } = load(CURRENT);
  const { value: theirs } = await args(expr, clientReact);
  const set = client.createTemporaryReferenceSet();
  await client.encodeReply(theirs, { temporaryReferences: set });
  const chunk = client.createFromReadableStream(streamOf(bytes), { temporaryReferences: set });
  const { value: mine, answer } = await ours.sentBack(expr, bytes);
  return difference(await together(theirs, chunk), await together(mine, answer));
}

/** Describes arguments and answer together, so that shared objects show. */
async function together(sent, thenable) {
  const state = await settled(thenable);
  return state.rejected ? { rootRejected: state.reason } : { root: await describe([sent, state.value]) };
}
