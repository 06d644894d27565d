// Writes a stored result as text and reads it again, in every runtime: JSON, in which each object has a tag for its
// kind and a place in a list, so that cycles and shared parts are kept. One encoding for Node.js and edge runtimes,
// because both may read one store. Must not give back a value that differs from the one it got: it throws instead.

import { checkFaithful } from "./storable.js";

/** First character of each text. A later encoding gets another. */
const VERSION = "1";
const MAX_BYTES = 1_048_576;

/** Numbers and other values that JSON has no word for. */
const WORDS = new Map([["undefined", undefined], ["NaN", NaN], ["Infinity", Infinity], ["-Infinity", -Infinity], ["-0", -0]]);
const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
const VIEWS = [
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array,
  BigUint64Array, DataView,
];
const VIEW_OF = Object.fromEntries(VIEWS.map((View) => [View.name, View]));

export function encodeRecord(record, maxBytes = MAX_BYTES) {
  const text = VERSION + JSON.stringify(listOf(checkFaithful(record)));
  const bytes = sizeOf(text);
  if (bytes > maxBytes) throw new RangeError(`a record of ${bytes} bytes; the store takes ${maxBytes}`);
  return text;
}

export function decodeRecord(text) {
  if (typeof text !== "string" || text[0] !== VERSION) throw new TypeError("a record of another version of actionlane");
  return valueOf(JSON.parse(text.slice(1)));
}

/** Returns the list of all objects in a value, the value itself first. A member is `[place]` or what JSON writes. */
function listOf(value) {
  const places = new Map();
  const objects = [];
  const list = [];
  const place = (member) => {
    if (typeof member === "bigint") return ["n", String(member)];
    if (Object.is(member, -0)) return ["w", "-0"];
    if (member === undefined || (typeof member === "number" && !Number.isFinite(member))) return ["w", String(member)];
    if (typeof member === "function" || typeof member === "symbol") throw new TypeError(`a ${typeof member} is not kept as it is`);
    if (typeof member !== "object" || member === null) return member;
    let at = places.get(member);
    if (at === undefined) {
      places.set(member, (at = objects.length));
      objects.push(member);
    }
    return [at];
  };
  if (typeof value !== "object" || value === null) throw new TypeError("a record is an object");
  place(value);
  for (let at = 0; at < objects.length; at += 1) list.push(writeObject(objects[at], place));
  return list;
}

/** Returns an object as `[kind, …]`; its members by `place`. */
function writeObject(object, place) {
  if (ArrayBuffer.isView(object)) {
    const kind = Object.prototype.toString.call(object).slice("[object ".length, -1);
    if (!VIEW_OF[kind]) throw new TypeError(`a ${kind} is not kept as it is`);
    // A view of a part of its buffer is kept as that part. Resizable and shared memory ends up as plain memory.
    return [kind, toBase64(new Uint8Array(object.buffer, object.byteOffset, object.byteLength))];
  }
  const kind = Object.prototype.toString.call(object).slice("[object ".length, -1);
  switch (kind) {
    case "Array": return ["Array", object.length, ...arrayParts(object, place)];
    case "Map": return ["Map", ...[...object].map(([key, value]) => [place(key), place(value)])];
    case "Set": return ["Set", ...[...object].map(place)];
    case "Date": return ["Date", place(object.getTime())];
    case "RegExp": return ["RegExp", object.source, object.flags];
    case "Boolean": case "Number": case "String": case "BigInt": return [kind, place(object.valueOf())];
    case "ArrayBuffer": return ["ArrayBuffer", toBase64(new Uint8Array(object))];
    case "Error": return ["Error", ...writeError(object, place)];
    default: return ["Object", ...Object.entries(object).map(([key, value]) => [key, place(value)])];
  }
}

/** Returns the items as a list of `[index, item]`: an array may have holes, and names beside its items. */
function arrayParts(array, place) {
  const keys = Object.keys(array);
  const isDense = keys.length === array.length && keys.every((key, at) => key === String(at));
  return isDense ? [1, ...array.map(place)] : [0, ...keys.map((key) => [key, place(array[key])])];
}

function writeError(error, place) {
  const name = Object.hasOwn(ERRORS, error.name) ? error.name : "Error";
  const stack = typeof error.stack === "string" ? error.stack : undefined;
  const cause = Object.hasOwn(error, "cause") ? [place(error.cause)] : [];
  return [name, place(error.message), place(stack), ...cause];
}

/** Returns the value of a list: first every object, empty, then the members of each. */
function valueOf(list) {
  const objects = list.map(emptyObject);
  const member = (part) => (Array.isArray(part) && part.length === 1 ? objects[part[0]] : primitiveOf(part));
  for (const [at, entry] of list.entries()) fill(objects[at], entry, member);
  return objects[0];
}

function emptyObject([kind, first, second]) {
  switch (kind) {
    case "Object": return {};
    case "Array": return new Array(first);
    case "Map": return new Map();
    case "Set": return new Set();
    case "Date": return new Date(Array.isArray(first) ? NaN : first);
    case "RegExp": return new RegExp(first, second);
    case "Boolean": case "Number": case "String": case "BigInt": return Object(primitiveOf(first));
    case "ArrayBuffer": return fromBase64(first).buffer;
    case "Error": return new ERRORS[first]();
    default: {
      const { buffer } = fromBase64(first);
      return new VIEW_OF[kind](buffer);
    }
  }
}

/** Returns the value that is no object. JSON has no word for some. */
function primitiveOf(part) {
  if (!Array.isArray(part)) return part;
  return part[0] === "n" ? BigInt(part[1]) : WORDS.get(part[1]);
}

function fill(object, [kind, ...parts], member) {
  switch (kind) {
    case "Object":
      for (const [key, value] of parts) define(object, key, member(value));
      break;
    case "Array":
      if (parts[1] === 1) for (let at = 2; at < parts.length; at += 1) object[at - 2] = member(parts[at]);
      else for (const [key, value] of parts.slice(2)) define(object, key, member(value));
      break;
    case "Map":
      for (const [key, value] of parts) object.set(member(key), member(value));
      break;
    case "Set":
      for (const value of parts) object.add(member(value));
      break;
    case "Error":
      for (const [at, name] of ["message", "stack", "cause"].entries()) {
        if (at + 1 >= parts.length) break;
        Object.defineProperty(object, name, { value: member(parts[at + 1]), configurable: true, writable: true });
      }
      break;
    default:
  }
}

/** Sets an own property, also one named `__proto__`. */
function define(object, key, value) {
  Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
}

/** Characters that one call of `String.fromCharCode` takes: more than this can overflow the stack. */
const CHUNK = 8_192;

function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}

const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

const sizeOf = (text) => new TextEncoder().encode(text).length;
