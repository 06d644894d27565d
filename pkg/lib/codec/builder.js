// Makes the values of an answer for the decoder, a whole row per crossing: a call into JavaScript costs as much as many
// values do. Decides nothing: Rust says what to make. An exception means that a value cannot be made.

import {
  MADE_CLIENT,
  MADE_ERROR,
  MADE_FORM,
  MADE_MAP,
  MADE_SET,
  EDIT_BIGINT,
  EDIT_BITS,
  EDIT_DATE,
  EDIT_DIGITS,
  EDIT_ELEMENT,
  EDIT_ERROR,
  EDIT_MASK,
  EDIT_NULL,
  EDIT_NUMBER,
  EDIT_SYMBOL,
  EDIT_UNDEFINED,
} from "../boundary/codes.js";
import { pending } from "./pending.js";
import { Blob, FormData, Map, Set, queueMicrotask } from "../page/globals.js";
import { textOf } from "../answer/utf8.js";
import { DETAILS } from "./dev_errors.js";

export { flow, meter } from "./streams.js";
export { told } from "./dev_errors.js";

const { parse } = JSON;
const { isArray } = Array;
const { defineProperty, freeze, getPrototypeOf, hasOwn, keys: keysOf, prototype: plain, setPrototypeOf } = Object;
const { isView } = ArrayBuffer;
const ELEMENT = Symbol.for("react.transitional.element");
const LAZY = Symbol.for("react.lazy");
const REFERENCE = Symbol.for("actionlane.reference"); // as in reference.js
const INDEX = /^(?:0|[1-9][0-9]*)$/;
const TYPES = {
  ArrayBuffer,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
};

function check(right) {
  if (!right) throw new TypeError("this value cannot be made");
}

/** Returns the text of `bytes`. Here and below, `bytes` is a view of the wasm's memory that holds valid UTF-8. */
export const string = textOf;

export function json(bytes) {
  return parse(textOf(bytes));
}

/** Returns the value of a model whose only special values are elements. */
export function elements(bytes) {
  return withElements(json(bytes));
}

/** Replaces the arrays that begin with "$" by elements. */
function withElements(value) {
  if (isArray(value)) {
    if (value[0] === "$") return element(any(value[1]), any(value[2]), any(value[3]));
    for (let at = 0; at < value.length; at++) {
      const item = value[at];
      if (typeof item === "object" && item !== null) value[at] = withElements(item);
    }
    return value;
  }
  for (const key of keysOf(value)) {
    const item = value[key];
    if (typeof item === "object" && item !== null) value[key] = withElements(item);
  }
  return value;
}

const any = (value) => (typeof value === "object" && value !== null ? withElements(value) : value);

const element = (type, key, props) => ({ $$typeof: ELEMENT, type, key, ref: null, props });

/**
 * Returns the value of a model; with `keep`, returns its numbered containers instead, of which number 0 is the value.
 *
 * `text` is a JSON array of the model and the texts used in it. A place is `index * 2`, or `2 * n + 1` for text n as a
 * key. `numbers` holds numbers, and bigints by their 64 bits. `orders` holds, in this order:
 * - three counts: of containers, of edits, of values in `ready`;
 * - a pair for each container: the container around it, and the place there;
 * - a triple for each edit: its kind and argument, the container, the place;
 * - a triple for each ready value: its number in `ready`, the container, the place.
 */
export function tree(text, orders, numbers, ready, keep) {
  const [root, keys] = json(text);
  const holders = [];
  const at = edit(root, keys, holders, orders, 0, numbers, signed(numbers));
  const lossy = isLossy(keys);
  for (let from = at; from < orders.length; from += 3) {
    place(holders[orders[from + 1]], orders[from + 2], keys, lossy, ready[orders[from]]);
  }
  return keep ? holders : holders[0];
}

/** Puts a value where `null` stood. A function under the key `then` is left out, as the value would be a thenable. */
function place(holder, place, keys, lossy, value) {
  let key = place & 1 ? keys[place >> 1] : place >> 1;
  if (lossy && place & 1) key = actualKey(holder, key);
  holder[key] = key === "then" && typeof value === "function" ? null : value;
}

/** Returns the values of several models, which share the texts at the end of the array. */
export function trees(text, orders, numbers) {
  const values = json(text);
  const keys = values.pop();
  const bigints = signed(numbers);
  let at = 0;
  for (let one = 0; one < values.length; one++) {
    if (orders[at] > 0) {
      const holders = [];
      at = edit(values[one], keys, holders, orders, at, numbers, bigints);
      values[one] = holders[0];
    } else {
      if (orders[at + 1] > 0) values[one] = withElements(values[one]);
      at += 3;
    }
  }
  return values;
}

function signed(numbers) {
  return numbers.length > 0 ? new BigInt64Array(numbers.buffer, numbers.byteOffset, numbers.length) : undefined;
}

/** Stands in Rust's texts for half of a surrogate pair, which UTF-8 cannot hold. */
const REPLACEMENT = "\ufffd";

const isLossy = (keys) => keys.some((key) => key.includes(REPLACEMENT));

/** Returns the key of `holder` that Rust knows as `key`. Throws unless exactly one key matches. */
function actualKey(holder, key) {
  if (!key.includes(REPLACEMENT) || isArray(holder)) return key;
  const found = keysOf(holder).filter((own) => own.replace(/\p{Surrogate}/gu, REPLACEMENT) === key);
  check(found.length === 1);
  return found[0];
}

/** Makes the edits in `orders` from index `from` on; returns the index after them. */
function edit(root, keys, holders, orders, from, numbers, bigints) {
  const nodes = from + 3;
  const edits = nodes + 2 * orders[from];
  const end = edits + 3 * orders[from + 1];
  const lossy = isLossy(keys);
  check(typeof root === "object" && root !== null);
  holders.push(root);
  for (let at = nodes + 2; at < edits; at += 2) {
    const around = holders[orders[at]];
    const place = orders[at + 1];
    let holder;
    if (place & 1) {
      const key = lossy ? actualKey(around, keys[place >> 1]) : keys[place >> 1];
      check(hasOwn(around, key));
      holder = around[key];
    } else {
      holder = around[place >> 1];
    }
    check(typeof holder === "object" && holder !== null);
    holders.push(holder);
  }
  for (let at = edits; at < end; at += 3) {
    const argument = orders[at] >> EDIT_BITS;
    const number = orders[at + 1];
    const place = orders[at + 2];
    let key = place & 1 ? keys[place >> 1] : place >> 1;
    let value;
    switch (orders[at] & EDIT_MASK) {
      case EDIT_UNDEFINED:
        break;
      case EDIT_NULL:
        value = null;
        break;
      case EDIT_NUMBER:
        value = numbers[argument];
        break;
      case EDIT_DATE:
        value = new Date(numbers[argument]);
        break;
      case EDIT_BIGINT:
        value = bigints[argument];
        break;
      case EDIT_DIGITS:
        value = BigInt(keys[argument]);
        break;
      case EDIT_SYMBOL:
        value = Symbol.for(keys[argument]);
        break;
      case EDIT_ERROR:
        value = new Error(keys[argument]);
        break;
      case EDIT_ELEMENT: {
        const tuple = holders[number];
        check(isArray(tuple));
        value = element(tuple[1], tuple[2], tuple[3]);
        holders[number] = value;
        if (number > 0) {
          const around = holders[orders[nodes + 2 * number]];
          around[lossy && place & 1 ? actualKey(around, key) : key] = value;
        }
        continue;
      }
    }
    if (lossy && place & 1) key = actualKey(holders[number], key);
    holders[number][key] = value;
  }
  return end;
}

/** Puts one value into a container, as `place` does. */
export function put(holders, number, key, value) {
  if (typeof key === "string") key = actualKey(holders[number], key);
  holders[number][key] = key === "then" && typeof value === "function" ? null : value;
}

/**
 * Follows a path through own members of arrays and plain objects; each step has a `:` before it. Throws if a
 * step leads nowhere.
 */
export function walk(from, path) {
  for (const key of path.split(":").slice(1)) from = step(from, key);
  return from;
}

function step(from, key) {
  check(isArray(from) ? INDEX.test(key) : typeof from === "object" && from !== null && getPrototypeOf(from) === plain);
  check(hasOwn(from, key));
  return from[key];
}

/**
 * Puts values until one cannot be put; returns how many were. `puts` holds, for each: the container, the place, the
 * number of the value in `values`, the number of steps from that value, and the steps, as indexes into `names`.
 */
export function putAll(holders, names, puts, values) {
  const keys = names === "[]" ? [] : parse(names);
  const lossy = isLossy(keys);
  let count = 0;
  try {
    for (let at = 0; at < puts.length; count++) {
      const holder = holders[puts[at++]];
      const where = puts[at++];
      let value = values[puts[at++]];
      for (let steps = puts[at++]; steps > 0; steps--) value = step(value, keys[puts[at++]]);
      place(holder, where, keys, lossy, value);
    }
  } catch {}
  return count;
}


/** Defines a property of an error as the error classes define theirs: not enumerable. */
const defineHidden = (made, key, value) => defineProperty(made, key, { value, configurable: true, writable: true });

export function make(kind) {
  switch (kind) {
    case MADE_MAP:
      return new Map();
    case MADE_SET:
      return new Set();
    case MADE_FORM:
      return new FormData();
    case MADE_ERROR:
      return new Error("");
    case MADE_CLIENT:
      return {};
  }
}

export function fill(kind, made, from) {
  switch (kind) {
    case MADE_MAP:
      check(isArray(from));
      for (let at = 0; at < from.length; at++) {
        check(isArray(from[at]));
        made.set(from[at][0], from[at][1]);
      }
      break;
    case MADE_SET:
      check(isArray(from));
      for (let at = 0; at < from.length; at++) made.add(from[at]);
      break;
    case MADE_FORM:
      check(isArray(from));
      for (let at = 0; at < from.length; at++) {
        check(isArray(from[at]));
        made.append(from[at][0], from[at][1]);
      }
      break;
    case MADE_ERROR:
      for (const [name, key] of [["name", "name"], ["message", "message"], ["env", "environmentName"]]) {
        if (hasOwn(from, name) && typeof from[name] === "string") made[key] = from[name];
      }
      if (hasOwn(from, "errors")) setPrototypeOf(made, AggregateError.prototype);
      for (const name of DETAILS) if (hasOwn(from, name)) defineHidden(made, name, from[name]);
      break;
    case MADE_CLIENT: {
      const [id, chunks, name, flag] = from;
      check((typeof id === "string" || typeof id === "number") && isArray(chunks) && typeof name === "string");
      Object.assign(made, { id, chunks: freeze([...chunks]), name, async: flag === 1 });
      freeze(made);
    }
  }
}

/** Makes an object and fills it. */
export function made(kind, from) {
  const made = make(kind);
  fill(kind, made, from);
  return made;
}

/** Makes many objects and fills them. */
export function madeAll(kinds, from) {
  for (let at = 0; at < kinds.length; at++) from[at] = made(kinds[at], from[at]);
  return from;
}

export function iterator(array) {
  check(isArray(array));
  return array[Symbol.iterator]();
}

export function binary(type, bytes) {
  const copy = bytes.slice().buffer;
  return type === "ArrayBuffer" ? copy : new TYPES[type](copy);
}

export function blob(type, parts) {
  check(typeof type === "string" && parts.every((part) => isView(part) || part instanceof ArrayBuffer));
  return new Blob(parts, { type });
}

/**
 * Makes a function for an action in an answer: the dispatcher's, by `bind`; without `bind`, one that can be sent back
 * to the server and always rejects with `refusal`. Returns `null` if the id is no string.
 */
export function server(id, bound, bind, refusal) {
  if (typeof id !== "string") return null;
  if (bind === undefined) {
    return defineProperty(() => Promise.reject(refusal), REFERENCE, { value: freeze({ id, bound: bound ?? null }) });
  }
  const made = bind(id, bound);
  check(typeof made === "function");
  return made;
}

export function promise() {
  const made = { promise: undefined, resolve: undefined, reject: undefined, fail: undefined };
  made.promise = new Promise((resolve, reject) => {
    const last = (settle) => (value) => {
      pending.delete(made);
      settle(value);
    };
    made.resolve = last(resolve);
    made.reject = made.fail = last(reject);
  });
  pending.add(made);
  // A promise that the page never looks at must not cause an `unhandledrejection` when it rejects.
  made.promise.then(undefined, () => {});
  return made;
}

/**
 * The state that the lazy values of one row share. Reading it while pending throws it: React waits for it as a
 * thenable.
 */
class Payload {
  #status = "pending";
  #value;
  #waiting = [];

  get status() {
    return this.#status;
  }

  get value() {
    return this.#status === "fulfilled" ? this.#value : undefined;
  }

  get reason() {
    return this.#status === "rejected" ? this.#value : undefined;
  }

  // biome-ignore lint/suspicious/noThenProperty: React waits for it
  then(resolve, reject) {
    if (this.#status === "pending") this.#waiting.push([resolve, reject]);
    else (this.#status === "fulfilled" ? resolve : reject)?.(this.#value);
  }

  fail(error) {
    Payload.settle(this, "rejected", error);
  }

  static settle(payload, status, value) {
    pending.delete(payload);
    payload.#status = status;
    payload.#value = value;
    const waiting = payload.#waiting;
    payload.#waiting = [];
    for (const functions of waiting) {
      // In a microtask, because these functions are the page's.
      queueMicrotask(() => functions[status === "fulfilled" ? 0 : 1]?.(value));
    }
  }

  static read(payload) {
    if (payload.#status === "fulfilled") return payload.#value;
    throw payload.#status === "pending" ? payload : payload.#value;
  }
}

export function payload() {
  const made = new Payload();
  pending.add(made);
  return made;
}

export function lazy(payload) {
  return { $$typeof: LAZY, _payload: payload, _init: Payload.read };
}

/**
 * Puts lazy values. `puts` holds, for each: the container, the place, and the number of the payload. Makes each payload
 * that is undefined, and returns all payloads.
 */
export function putLazies(holders, names, puts, payloads) {
  const keys = names === "[]" ? [] : parse(names);
  for (let at = 0; at < payloads.length; at++) payloads[at] ??= payload();
  for (let at = 0; at < puts.length; at += 3) {
    const place = puts[at + 1];
    const holder = holders[puts[at]];
    holder[place & 1 ? actualKey(holder, keys[place >> 1]) : place >> 1] = lazy(payloads[puts[at + 2]]);
  }
  return payloads;
}

export function settleLazy(payload, fulfilled, value) {
  Payload.settle(payload, fulfilled ? "fulfilled" : "rejected", value);
}
