// React's two encodings on their own, for answers and arguments that no dispatcher sends.

import { PIECE, piecesOf, readerOf } from "./body.js";
import { ActionError, invalid, isActionError } from "./error.js";
import { crashed, instance, isLoaded, makeDecoding, makeEncoded, writesPlain } from "./loading.js";
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
  if (!isLoaded()) await load();
  // Plain arguments are written alike for all versions that take them so.
  const tried = nextVersion === undefined || writesPlain(nextVersion) ? plain(value, maxDepth, nextVersion === undefined ? TODAY : []) : NONE;
  const how = { nextVersion, signal, forgets: !temporaryReferences, maxDepth, tried };
  const { body, references } = tried.body ? { body: tried.body, references: tried } : await encodeAny(value, how);
  if (temporaryReferences) kept.set(temporaryReferences, references);
  return body;
}

/** Prefixes of the names of a form's entries, where no version is given. */
const TODAY = ["_"];

async function encodeAny(value, { nextVersion, signal, forgets, maxDepth, tried }) {
  if (!hasRoom()) await null;
  let quiet;
  const stop = signal && new Promise((resolve) => (quiet = onAbort(signal, resolve)));
  try {
    const bounds = maxDepth === undefined ? undefined : { maxDepth };
    const [body, references] = await trapped(() => makeEncoded(value, nextVersion, forgets, stop, bounds, tried));
    return { body, references };
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
  if (!isLoaded()) await load();
  else if (!hasRoom()) await null;
  const told = (error, found) => (error ? value.reject(error) : value.resolve(found));
  const bind = (id, bound) => makeReference(id, bound, refuseCall);
  const decoding = trapped(() => makeDecoding(bounded, told, bind, find));
  const own = instance();
  try {
    for (;;) {
      const chunk = await chunks.read();
      if (chunk === undefined) break;
      if (chunk === null) throw new TypeError("the stream gave something other than bytes");
      for (let at = 0; at < chunk.length; at += PIECE) {
        const error = trapped(() => decoding.push(chunk.subarray(at, at + PIECE)), own);
        if (!error) continue;
        Promise.resolve(chunks.cancel(error)).catch(() => {});
        throw error;
      }
    }
    trapped(() => decoding.end(), own);
  } catch (cause) {
    throw isActionError(cause) ? cause : trapped(() => decoding.fail(cause), own);
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

/** What Rust throws is an `ActionError`; everything else is a trap, of this instance or of the one that `run` still belongs to. */
function trapped(run, own = instance()) {
  try {
    return run();
  } catch (error) {
    if (isActionError(error)) throw error;
    if (own === instance()) crashed(error);
    throw new ActionError("INTERNAL", "actionlane failed inside; the next call gets a fresh instance", { cause: error });
  }
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
