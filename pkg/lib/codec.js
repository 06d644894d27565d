// Implements `decode()` and `encode()`: React's two encodings for answers and arguments that no dispatcher sends. Must
// not import `flight.js`: the codec is loaded by `load`.

import { piecesOf, readerOf } from "./answer/body.js";
import { ActionError, invalid } from "./error.js";
import { flightNow } from "./codec/load.js";
import { decodeOptions, encodeOptions } from "./options.js";
import { hasStackRoom } from "./boundary/stack_room.js";
import { callerOf, showCaller } from "./error/call_site.js";

/**
 * Decodes a Flight stream. `value` settles as soon as its rows have arrived, `done` after the last byte. `from`: the
 * function that the page has called.
 */
export function decode(load, source, options, from) {
  const value = deferred();
  const caller = callerOf(from);
  const reject = value.reject;
  value.reject = (error) => reject(withCaller(error, caller));
  const done = read(load, source, options, value).catch((error) => Promise.reject(withCaller(error, caller)));
  // A page that handles one of the two promises need not handle the other.
  done.catch((error) => value.reject(error));
  value.promise.catch(() => {});
  return { value: value.promise, done };
}

/**
 * Promises the encoded arguments of a call: a string if that suffices, else a `FormData`. `from`: the function
 * that the page has called.
 */
export function encode(load, value, options, from) {
  const caller = callerOf(from);
  return write(load, value, options).catch((error) => Promise.reject(withCaller(error, caller)));
}

async function write(load, value, options) {
  const settings = encodeOptions(options);
  const flight = flightNow() ?? (await load());
  return flight.write(flight, value, settings);
}

async function read(load, source, options, value) {
  const { temporaryReferences, ...bounds } = decodeOptions(options);
  // The limits are the remaining options, each by its name.
  const settings = { temporaryReferences, limits: options === undefined ? undefined : bounds };
  // A reader that WebKit makes at the end of the stack may never give its bytes.
  if (!hasStackRoom()) await null;
  const chunks = chunksOf(source);
  const flight = flightNow() ?? (await load());
  return flight.read(flight, chunks, settings, value);
}

function chunksOf(source) {
  let reader;
  try {
    if (typeof source !== "string") reader = typeof source?.arrayBuffer === "function" ? readerOf(source) : piecesOf(source);
  } catch (cause) {
    throw invalid("decode: the source cannot be read", cause);
  }
  if (!reader) throw invalid("decode: expected bytes, or a stream or Response that is unread");
  return reader;
}

function withCaller(error, caller) {
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
