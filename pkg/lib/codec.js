// React's two encodings on their own, for answers and arguments that no dispatcher sends.

import { piecesOf, readerOf } from "./body.js";
import { ActionError, invalid } from "./error.js";
import { flightNow } from "./later.js";
import { decodeOptions, encodeOptions } from "./options.js";
import { hasRoom } from "./room.js";
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
  const given = encodeOptions(options);
  const flight = flightNow() ?? (await load());
  return flight.write(flight, value, given);
}

async function read(load, source, options, value) {
  const { temporaryReferences, ...bounds } = decodeOptions(options);
  // Each bound is asked for by name.
  const given = { temporaryReferences, limits: options === undefined ? undefined : bounds };
  const chunks = chunksOf(source);
  const there = flightNow();
  if (there && !hasRoom()) await null;
  const flight = there ?? (await load());
  return flight.read(flight, chunks, given, value);
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
