// React's two encodings on their own, for answers and arguments that no dispatcher sends.

import { piecesOf, readerOf } from "./body.js";
import { ActionError, invalid, isActionError } from "./error.js";
import { flightNow } from "./later.js";
import { TOLD_BROKEN } from "./numbers.js";
import { decodeOptions, encodeOptions } from "./options.js";
import { NONE, plain } from "./plain.js";
import { Response, WeakMap } from "./platform.js";
import { makeReference } from "./reference.js";
import { hasRoom } from "./room.js";
import { onAbort } from "./signals.js";
import { callerOf, showCaller } from "./stack.js";


/** Decodes a Flight stream. `value` is there as soon as its rows are, `done` when the last byte has been read. `from`: what the page has called. */
export function decode(load, source, options, from) {
  const value = deferred();
  const caller = callerOf(from);
  const reject = value.reject;
  value.reject = (error) => reject(calledBy(error, caller));
  const done = read(load, source, options, value).catch((error) => Promise.reject(calledBy(error, caller)));
  // Whoever looks at one of the two need not look at the other.
  done.catch((error) => value.reject(error));
  value.promise.catch(() => {});
  return { value: value.promise, done };
}

/** Encodes the arguments of a call: a string where that suffices, else a `FormData`. `from`: what the page has called. */
export function encode(load, value, options, from) {
  const caller = callerOf(from);
  return write(load, value, options).catch((error) => Promise.reject(calledBy(error, caller)));
}

async function write(load, value, options) {
  const { nextVersion, signal, temporaryReferences, maxDepth } = encodeOptions(options);
  const flight = flightNow() ?? (await load());
  // Plain arguments are written alike for all versions that take them so.
  const tried = nextVersion === undefined || flight.writesPlain(nextVersion) ? plain(value, maxDepth, nextVersion === undefined ? TODAY : []) : NONE;
  const how = { nextVersion, forgets: !temporaryReferences, limits: maxDepth === undefined ? undefined : { maxDepth }, tried };
  const { body, references } = tried.body ? { body: tried.body, references: tried } : await encodeAny(flight, value, signal, how);
  if (temporaryReferences) kept.set(temporaryReferences, references);
  return body;
}

/** Prefixes of the names of a form's entries, where no version is given. */
const TODAY = ["_"];

async function encodeAny(flight, value, signal, how) {
  if (!hasRoom()) await null;
  let quiet;
  const stop = signal && new Promise((resolve) => (quiet = onAbort(signal, resolve)));
  try {
    const encoding = flight.makeEncoding(value, { ...how, stop });
    return { body: encoding.body ?? (await encoding.rest()), references: encoding };
  } finally {
    quiet?.();
  }
}

/** What was sent, by the caller's own `temporaryReferences`. */
const kept = new WeakMap();

function refuseCall() {
  return Promise.reject(invalid("a function of the server's can be called where a dispatcher has decoded it"));
}

async function read(load, source, options, value) {
  const { temporaryReferences, ...bounds } = decodeOptions(options);
  // Each bound is asked for by name.
  const bounded = options === undefined ? undefined : bounds;
  const find = temporaryReferences && ((path) => kept.get(temporaryReferences)?.find(path));
  const chunks = chunksOf(source);
  const flight = flightNow();
  if (flight && !hasRoom()) await null;
  const { makeDecoding } = flight ?? (await load());
  const failed = {};
  const decoding = makeDecoding({
    action: false,
    limits: bounded,
    told: (kind, found) => (kind === TOLD_BROKEN ? value.reject(found) : value.resolve(found)),
    bind: (id, bound) => makeReference(id, bound, refuseCall),
    find,
    lost: (error) => (failed.error = error),
  });
  try {
    for (;;) {
      const chunk = await chunks.read();
      if (failed.error) throw failed.error;
      if (chunk === undefined) break;
      if (chunk === null) throw new TypeError("the stream gave something other than bytes");
      const error = decoding.push(chunk);
      if (!error) continue;
      Promise.resolve(chunks.cancel(error)).catch(() => {});
      throw error;
    }
    decoding.end();
  } catch (cause) {
    throw isActionError(cause) ? cause : (decoding.fail("the stream broke off", cause) ?? cause);
  }
}

function chunksOf(source) {
  let reader;
  try {
    if (typeof source !== "string") reader = typeof source?.arrayBuffer === "function" ? readerOf(source) : piecesOf(source);
  } catch (cause) {
    if (!hasRoom()) throw cause; // it is the stack that is at its end
    throw invalid("decode: the source cannot be read", cause);
  }
  if (!reader) throw invalid("decode: expected a stream, a Response or bytes, that nobody has read");
  return reader;
}

function calledBy(error, caller) {
  if (error instanceof ActionError) showCaller(error, caller);
  return error;
}

function deferred() {
  const made = { promise: undefined, resolve: undefined, reject: undefined };
  made.promise = new Promise((resolve, reject) => {
    made.resolve = resolve;
    made.reject = reject;
  });
  return made;
}
