// Makes the values of an answer for the decoder, a whole row at a time: one call into JavaScript costs as much as many values do.
// Nothing here decides anything; that is Rust's. A throw means that a value cannot be made.

import {
  MADE_CLIENT,
  MADE_ERROR,
  MADE_FORM,
  MADE_MAP,
  MADE_SET,
  PUT_BIGINT,
  PUT_BITS,
  PUT_DATE,
  PUT_DIGITS,
  PUT_ELEMENT,
  PUT_ERROR,
  PUT_MASK,
  PUT_NULL,
  PUT_NUMBER,
  PUT_SYMBOL,
  PUT_UNDEFINED,
} from "./numbers.js";
import { Blob, FormData, Map, ReadableStream, Set, queueMicrotask } from "./platform.js";
import { textOf } from "./text.js";
import { MORE } from "./told.js";

export { told } from "./told.js";

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

/** `bytes`, here and below, is a view of the wasm's memory: UTF-8, and valid. */
export const string = textOf;

export function json(bytes) {
  return parse(textOf(bytes));
}

/** The value of a model in which nothing is special but elements. */
export function elements(bytes) {
  return withElements(json(bytes));
}

/** Makes elements of the arrays that begin with "$". */
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
 * The value of a model; or its numbered containers, if they are to be kept: number 0 is its value. `text` is a JSON array of the model and the
 * texts in it. Places are `index * 2`, or `2 * n + 1` for text n as a key. `orders` has the number of containers, of edits, of values that are
 * ready, then pairs (container around it, place there), triples (kind and argument, container, place), and triples (number in `ready`,
 * container, place). `numbers` holds numbers, and bigints by their 64 bits.
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

/** Puts a value where `null` stood; never a function under `then`. */
function place(holder, place, keys, lossy, value) {
  let key = place & 1 ? keys[place >> 1] : place >> 1;
  if (lossy && place & 1) key = actual(holder, key);
  holder[key] = key === "then" && typeof value === "function" ? null : value;
}

/** The values of many models, which share the texts that come after them. */
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

/** Rust has no name for half of a surrogate pair: U+FFFD stands for it in its texts. */
const LOST = "\ufffd";

const isLossy = (keys) => keys.some((key) => key.includes(LOST));

/** The key of `holder` that is `key` in Rust. Throws if it may be two. */
function actual(holder, key) {
  if (!key.includes(LOST) || isArray(holder)) return key;
  const found = keysOf(holder).filter((own) => own.replace(/\p{Surrogate}/gu, LOST) === key);
  check(found.length === 1);
  return found[0];
}

/** Gives the place after the edits in `orders`. */
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
      const key = lossy ? actual(around, keys[place >> 1]) : keys[place >> 1];
      check(hasOwn(around, key));
      holder = around[key];
    } else {
      holder = around[place >> 1];
    }
    check(typeof holder === "object" && holder !== null);
    holders.push(holder);
  }
  for (let at = edits; at < end; at += 3) {
    const argument = orders[at] >> PUT_BITS;
    const number = orders[at + 1];
    const place = orders[at + 2];
    let key = place & 1 ? keys[place >> 1] : place >> 1;
    let value;
    switch (orders[at] & PUT_MASK) {
      case PUT_UNDEFINED:
        break;
      case PUT_NULL:
        value = null;
        break;
      case PUT_NUMBER:
        value = numbers[argument];
        break;
      case PUT_DATE:
        value = new Date(numbers[argument]);
        break;
      case PUT_BIGINT:
        value = bigints[argument];
        break;
      case PUT_DIGITS:
        value = BigInt(keys[argument]);
        break;
      case PUT_SYMBOL:
        value = Symbol.for(keys[argument]);
        break;
      case PUT_ERROR:
        value = new Error(keys[argument]);
        break;
      case PUT_ELEMENT: {
        const tuple = holders[number];
        check(isArray(tuple));
        value = element(tuple[1], tuple[2], tuple[3]);
        holders[number] = value;
        if (number > 0) {
          const around = holders[orders[nodes + 2 * number]];
          around[lossy && place & 1 ? actual(around, key) : key] = value;
        }
        continue;
      }
    }
    if (lossy && place & 1) key = actual(holders[number], key);
    holders[number][key] = value;
  }
  return end;
}

/** The same for one value. */
export function put(holders, number, key, value) {
  if (typeof key === "string") key = actual(holders[number], key);
  holders[number][key] = key === "then" && typeof value === "function" ? null : value;
}

/** Follows own members of arrays and plain objects; a `:` comes before each step. */
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
 * Puts many values; gives how many could be put. `puts` are, one after the other: container, place, number of the value in `values`, number
 * of steps from there, and the steps, as numbers in `names`.
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

/** What an error may hold besides. */

/** As such properties of an error are, where it is made by its class. */
const hide = (made, key, value) => defineProperty(made, key, { value, configurable: true, writable: true });

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
      for (const name of MORE) if (hasOwn(from, name)) hide(made, name, from[name]);
      break;
    case MADE_CLIENT: {
      const [id, chunks, name, flag] = from;
      check((typeof id === "string" || typeof id === "number") && isArray(chunks) && typeof name === "string");
      Object.assign(made, { id, chunks: freeze([...chunks]), name, async: flag === 1 });
      freeze(made);
    }
  }
}

/** The same in one call. */
export function made(kind, from) {
  const made = make(kind);
  fill(kind, made, from);
  return made;
}

/** Many at once. */
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

/** A function of the server: the dispatcher's, or one that can be sent back and always fails. */
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
  const made = {};
  made.promise = new Promise((resolve, reject) => {
    made.resolve = resolve;
    made.reject = reject;
  });
  // A promise nobody looks at may be rejected without an `unhandledrejection` in the page.
  made.promise.then(undefined, () => {});
  return made;
}

/** What the lazy values of one row share: thrown while pending, and then a thenable. */
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

  static settle(payload, status, value) {
    payload.#status = status;
    payload.#value = value;
    const waiting = payload.#waiting;
    payload.#waiting = [];
    for (const functions of waiting) {
      // In a job of its own: what is called is the page's.
      queueMicrotask(() => functions[status === "fulfilled" ? 0 : 1]?.(value));
    }
  }

  static read(payload) {
    if (payload.#status === "fulfilled") return payload.#value;
    throw payload.#status === "pending" ? payload : payload.#value;
  }
}

export function payload() {
  return new Payload();
}

export function lazy(payload) {
  return { $$typeof: LAZY, _payload: payload, _init: Payload.read };
}

/**
 * Puts lazy values. `puts` are container, place and number of the payload, one after the other; a payload that is undefined is made. Gives
 * all of them.
 */
export function putLazies(holders, names, puts, payloads) {
  const keys = names === "[]" ? [] : parse(names);
  for (let at = 0; at < payloads.length; at++) payloads[at] ??= new Payload();
  for (let at = 0; at < puts.length; at += 3) {
    const place = puts[at + 1];
    const holder = holders[puts[at]];
    holder[place & 1 ? actual(holder, keys[place >> 1]) : place >> 1] = lazy(payloads[puts[at + 2]]);
  }
  return payloads;
}

export function settleLazy(payload, fulfilled, value) {
  Payload.settle(payload, fulfilled ? "fulfilled" : "rejected", value);
}

/** What `flow` counts in: bytes nobody has read, and who hears, a little later, that nobody will. The stack may be the page's to its end. */
export function meter(cancelled) {
  const tell = () => {
    try {
      cancelled();
    } catch {
      // It is over by then.
    }
  };
  return { unread: 0, cancelled: cancelled && (() => queueMicrotask(tell)) };
}

/** A stream or async iterable and its other end: `{ value, cancelled, push(value, size), pushFailure(reason, size), end(value), fail(reason) }`; `pushFailure` for iterables only. */
export function flow(kind, meter) {
  return kind === "stream" || kind === "bytes" ? readable(kind === "bytes", meter) : iterable(kind === "iterator", meter);
}

function readable(bytes, meter) {
  const queue = [];
  let controller;
  let hungry = false;
  let ended = false;

  const drop = () => {
    for (const [, size] of queue.splice(0)) meter.unread -= size;
  };
  const close = () => {
    controller.close();
    controller.byobRequest?.respond(0);
  };
  const handle = {
    cancelled: false,
    push(value, size) {
      if (bytes) {
        check(isView(value));
        if (value.byteLength === 0) return;
      }
      if (hungry) {
        hungry = false;
        controller.enqueue(value);
      } else {
        queue.push([value, size]);
        meter.unread += size;
      }
    },
    end() {
      ended = true;
      if (queue.length === 0) close();
    },
    fail(reason) {
      drop();
      controller.error(reason);
    },
  };
  const source = {
    start(given) {
      controller = given;
    },
    pull() {
      if (queue.length === 0) {
        hungry = true;
        return;
      }
      const [value, size] = queue.shift();
      meter.unread -= size;
      controller.enqueue(value);
      if (ended && queue.length === 0) close();
    },
    cancel() {
      drop();
      if (ended) return;
      handle.cancelled = true;
      meter.cancelled?.();
    },
  };
  if (bytes) source.type = "bytes";
  handle.value = new ReadableStream(source, { highWaterMark: 0 });
  return handle;
}

function iterable(once, meter) {
  const entries = []; // [value or reason, size, failed]
  let ending; // () => promise of the last result
  let furthest = 0;
  let active = 0;
  const waiting = new Set();
  const done = (value) => ({ value, done: true });

  const wake = () => {
    const woken = [...waiting];
    waiting.clear();
    for (const serve of woken) serve();
  };
  const add = (entry) => {
    entries.push(entry);
    meter.unread += entry[1];
    wake();
  };
  const cancel = () => {
    if (ending !== undefined) return;
    handle.cancelled = true;
    ending = () => Promise.resolve(done(undefined));
    for (let at = furthest; at < entries.length; at++) meter.unread -= entries[at][1];
    furthest = Infinity;
    wake();
    meter.cancelled?.();
  };
  const handle = {
    cancelled: false,
    push(value, size) {
      add([value, size, false]);
    },
    pushFailure(reason, size) {
      add([reason, size, true]);
    },
    end(value) {
      ending = () => Promise.resolve(done(value));
      wake();
    },
    fail(reason) {
      ending = () => Promise.reject(reason);
      wake();
    },
  };
  const take = (at) => {
    const [value, size, failed] = entries[at];
    if (at >= furthest) {
      furthest = at + 1;
      meter.unread -= size;
    }
    if (once) entries[at] = undefined;
    return failed ? Promise.reject(value) : { value, done: false };
  };
  const iterate = () => {
    let at = 0;
    let over = false;
    let asked = Promise.resolve();
    active += 1;
    const leave = () => {
      if (over) return;
      over = true;
      active -= 1;
      if (active === 0) cancel();
    };
    const step = () => {
      if (over) return done(undefined);
      if (at < entries.length) return take(at++);
      if (ending !== undefined) {
        over = true;
        return ending();
      }
      return new Promise((resolve) => waiting.add(() => resolve(step())));
    };
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      // One after the other, however many are asked for at once.
      next() {
        const result = asked.then(step);
        asked = result.then(undefined, () => {});
        return result;
      },
      async return(value) {
        leave();
        wake();
        return done(value);
      },
      async throw(reason) {
        leave();
        wake();
        throw reason;
      },
    };
  };
  handle.value = once ? iterate() : { [Symbol.asyncIterator]: iterate };
  return handle;
}
