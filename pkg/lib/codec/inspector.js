// Inspects the values of a call for the encoder in Rust: each function takes one crossing instead of many.
// Decides nothing about the encoding.

import { KIND_FALSE, KIND_NULL, KIND_OBJECT, KIND_OTHER, KIND_TRUE, KIND_UNDEFINED } from "../boundary/codes.js";
import { kindOf } from "../arguments/plain.js";
import { Blob } from "../page/globals.js";

export { fields } from "../arguments/plain.js";

const { from } = Array;

/** Returns the elements of an array by their indexes; its own iterator is not used. */
export function list(array) {
  const copy = [];
  const { length } = array;
  for (let index = 0; index < length; index++) copy.push(array[index]);
  return copy;
}

/**
 * Iterates a value as React does. Returns an array of the items, and true if the value is its own iterator;
 * undefined if it cannot be iterated.
 */
export function iterated(value) {
  const iterate = value[Symbol.iterator] || value["@@iterator"];
  if (typeof iterate !== "function") return undefined;
  const iterator = iterate.call(value);
  return [from(iterator), iterator === value];
}

const VIEWS = [
  [Int8Array, "O"],
  [Uint8Array, "o"],
  [Uint8ClampedArray, "U"],
  [Int16Array, "S"],
  [Uint16Array, "s"],
  [Int32Array, "L"],
  [Uint32Array, "l"],
  [Float32Array, "G"],
  [Float64Array, "g"],
  [BigInt64Array, "M"],
  [BigUint64Array, "m"],
  [DataView, "V"],
];

/** Returns the letter for the type of a view of a buffer. */
export function view(value) {
  return VIEWS.find(([type]) => value instanceof type)?.[1];
}

/** Returns the bytes of a buffer or of a view, as a Blob. Throws if the buffer is detached. */
export function bytes(value) {
  return new Blob([value instanceof ArrayBuffer ? value : new Uint8Array(value.buffer, value.byteOffset, value.byteLength)]);
}

/**
 * Returns the kind of the most common values that are neither strings nor numbers: `KIND_OTHER` if the value
 * needs the full check in Rust.
 */
export function kind(value) {
  if (typeof value === "undefined") return KIND_UNDEFINED;
  if (value === null) return KIND_NULL;
  if (typeof value === "boolean") return value ? KIND_TRUE : KIND_FALSE;
  if (typeof value !== "object") return KIND_OTHER;
  try {
    const kind = kindOf(value);
    return kind < 0 || (kind === KIND_OBJECT && value["@@iterator"] !== undefined) ? KIND_OTHER : kind;
  } catch {
    return KIND_OTHER;
  }
}
