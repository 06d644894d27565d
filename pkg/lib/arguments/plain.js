// Encodes the arguments that most calls have in one pass: arrays, plain objects, Maps, Sets, forms, and values that are
// a text on the wire. It makes the same body as the encoder in Rust, byte for byte. At the first value that it does not
// know, or that may be refused, it gives up, and the encoder does it all. Must not report errors itself.

import {
  KIND_ARRAY,
  KIND_MAP,
  KIND_OBJECT,
  KIND_OTHER,
  KIND_SET,
  MAX_ARGUMENTS,
  MAX_DEPTH,
  MAX_DIGITS,
  MAX_SLOTS,
  WIRE_FORMS,
  WIRE_OLD_FORMS,
} from "../boundary/codes.js";
import { FormData, Map, Set } from "../page/globals.js";

/** Up to this many containers are searched one by one; more are put into a map. */
const FEW = 8;
const TIME = /^[-+\dT:.]*Z$/;
const GIVE_UP = Symbol();

const { from, isArray } = Array;
const { getOwnPropertyDescriptors, getPrototypeOf, hasOwn, keys: keysOf, values: valuesOf } = Object;
const { isFinite } = Number;
const MAP_ITERATOR = Map.prototype[Symbol.iterator];
const SET_ITERATOR = Set.prototype[Symbol.iterator];

/** The place where a container was written. `value` is undefined if the container exists only in the encoding. */
class Place {
  constructor(value, parent, key) {
    this.value = value;
    this.parent = parent;
    this.key = key;
  }

  /** The path in a reference to this place, such as `0:1:key`. */
  get path() {
    const keys = [];
    for (let at = this; at; at = at.parent) keys.push(at.key);
    return keys.reverse().join(":");
  }
}

class Plain {
  /** A string or a `FormData`, as `fetch` takes it; undefined if it gave up. */
  body;
  /** If it gave up: the copies of objects that have getters, by the object, so that no getter runs twice. */
  reads;
  /** Objects and their copies, alternating. The text is made of the copies. */
  #read = [];
  /** The members replaced in the copies: copy, key, original value. */
  #replaced = [];
  #places = [];
  #known = null;
  /** Places by their keys, by the place around them; made by `find`. */
  #inside = null;
  /** The fields before the root: name and value, alternating. */
  #parts = [];
  #ids;
  /**
   * Array slots, as the server counts them. `#slots`: of the nested arrays around the current value, up to the
   * nearest container that is no array. `#all`: of all arrays. `#timesMet`: the number of array items that refer
   * to an array written before.
   */
  #slots = 0;
  #all = 0;
  #timesMet = 0;
  #maxDepth;
  #prefixes;

  constructor(args, maxDepth, prefixes, lastPart) {
    this.#ids = lastPart;
    this.#maxDepth = maxDepth;
    this.#prefixes = prefixes;
    try {
      this.body = this.#body(args);
    } catch {
      this.reads = this.#readOnce();
    }
    this.#read = this.#replaced = undefined;
  }

  #body(args) {
    const json = this.#json(args, null, "0", 0);
    // Each such reference may double the slots of all arrays around it.
    if (this.#timesMet && this.#all * 2 ** this.#timesMet > MAX_SLOTS) throw GIVE_UP;
    const root = JSON.stringify(json);
    if (this.#ids === 0) return root;
    const body = new FormData();
    const parts = this.#parts;
    for (let at = 0; at < parts.length; at += 2) body.append(parts[at], parts[at + 1]);
    body.append("0", root);
    return body;
  }

  #readOnce() {
    const read = this.#read;
    const replaced = this.#replaced;
    for (let at = replaced.length - 3; at >= 0; at -= 3) replaced[at][replaced[at + 1]] = replaced[at + 2];
    const reads = new Map();
    for (let at = 0; at < read.length; at += 2) if (hasGetter(read[at])) reads.set(read[at], read[at + 1]);
    return reads.size > 0 ? reads : undefined;
  }

  /** Returns the container at a path, as `Temporaries` of the encoder does. */
  find(path) {
    if (!this.#inside) {
      this.#inside = new Map();
      for (const place of this.#places) {
        const { parent = null, key } = place;
        if (!this.#inside.has(parent)) this.#inside.set(parent, new Map());
        this.#inside.get(parent).set("" + key, place);
      }
    }
    let found = null;
    for (const key of path.split(":")) {
      found = this.#inside.get(found)?.get(key);
      if (!found) return undefined;
    }
    return found.value;
  }

  /**
   * Returns the value for `JSON.stringify` to write: the value itself if that is all of it. `parent` is undefined if
   * no path leads to the value.
   */
  #json(value, parent, key, depth) {
    switch (typeof value) {
      case "string":
        return value.charCodeAt(0) === 36 ? "$" + value : value;
      case "number":
        return isFinite(value) && (value !== 0 || 1 / value > 0) ? value : Object.is(value, -0) ? "$-0" : "$" + value;
      case "boolean":
        return value;
      case "undefined":
        return "$undefined";
      case "bigint":
        return bigint(value);
      case "object":
        return value === null ? null : this.#container(value, parent, key, depth);
      default:
        throw GIVE_UP;
    }
  }

  #container(value, parent, key, depth) {
    const kind = kindOf(value);
    if (kind === DATE) return date(value, key);
    const known = this.#met(value);
    if (known) return "$" + known.path;
    if (depth >= this.#maxDepth) throw GIVE_UP;
    const place = parent === undefined || (typeof key === "string" && key.includes(":")) ? undefined : this.#add(value, parent, key);
    switch (kind) {
      case KIND_ARRAY:
        return this.#array(value, place, depth);
      case KIND_OBJECT:
        return this.#object(value, place, depth);
      case KIND_MAP:
        return this.#part("$Q", from(value), depth);
      case KIND_SET:
        return this.#part("$W", from(value), depth);
      case FORM:
        return this.#form(fields(value));
      default:
        throw GIVE_UP;
    }
  }

  #array(value, place, depth) {
    const { length } = value;
    const copy = [];
    this.#count(length + 1);
    for (let index = 0; index < length; index++) copy.push(this.#item(value[index], place, index, depth + 1));
    return copy;
  }

  #item(item, place, index, depth) {
    const json = this.#json(item, place, index, depth);
    if (typeof item === "string") this.#count(item.length);
    else if (typeof item === "bigint") this.#count(json.length - 2);
    else if (typeof json === "string" && isArray(item)) this.#timesMet++;
    return json;
  }

  #object(value, place, depth) {
    const slots = this.#slots;
    this.#slots = 0;
    const copy = { ...value };
    this.#read.push(value, copy);
    const names = keysOf(copy);
    for (let at = 0; at < names.length; at++) {
      const member = copy[names[at]];
      const json = this.#json(member, place, names[at], depth + 1);
      if (json === member) continue;
      this.#replaced.push(copy, names[at], member);
      copy[names[at]] = json;
    }
    this.#slots = slots;
    return copy;
  }

  /**
   * Writes a part for the values of a Set or the entries of a Map. It takes its id before the parts inside it,
   * and is written after them.
   */
  #part(sigil, list, depth) {
    const slots = this.#slots;
    this.#slots = 0;
    const id = ++this.#ids;
    const place = this.#add(undefined, null, id.toString(16));
    this.#count(list.length + 1);
    for (let index = 0; index < list.length; index++) {
      list[index] = sigil === "$W" ? this.#item(list[index], place, index, depth + 1) : this.#entry(list[index], place, index, depth + 1);
    }
    this.#slots = slots;
    this.#parts.push("" + id, JSON.stringify(list));
    return sigil + id.toString(16);
  }

  /** Writes the entries of a form, under the names that the server looks for. */
  #form(entries) {
    if (this.#prefixes.length === 0) throw GIVE_UP;
    const id = (++this.#ids).toString(16);
    for (const prefix of this.#prefixes) for (const [name, value] of entries) this.#parts.push(`${prefix}${id}_${name}`, value);
    return "$K" + id;
  }

  /** Writes an entry of a Map: an array that exists only in the encoding. */
  #entry(entry, part, index, depth) {
    if (!isArray(entry)) throw GIVE_UP;
    const place = this.#add(undefined, part, index);
    this.#count(3);
    const [key, value] = [entry[0], entry[1]];
    return [this.#item(key, place, 0, depth + 1), this.#item(value, place, 1, depth + 1)];
  }

  /** Counts slots of every array. The encoder counts only those that matter, so giving up here is harmless. */
  #count(slots) {
    this.#slots += slots;
    this.#all += slots;
    if (this.#slots > MAX_SLOTS) throw GIVE_UP;
  }

  #add(value, parent, key) {
    const place = new Place(value, parent, key);
    const count = this.#places.push(place);
    if (value === undefined) return place;
    if (this.#known) this.#known.set(value, place);
    else if (count > FEW) this.#known = new Map(this.#places.map((place) => [place.value, place]));
    return place;
  }

  #met(value) {
    if (this.#known) return this.#known.get(value);
    for (const place of this.#places) if (place.value === value) return place;
    return undefined;
  }
}

/** Kinds known only here, below zero. To Rust each is `KIND_OTHER`. */
const DATE = -1;
const FORM = -2;

/** Returns the kind of an object: `KIND_OTHER` if it needs the full check in Rust. */
export function kindOf(value) {
  const array = isArray(value);
  const prototype = array ? undefined : getPrototypeOf(value);
  if (prototype === Date.prototype) return DATE;
  if (value.toJSON !== undefined || value.$$typeof !== undefined || typeof value.then === "function") return KIND_OTHER;
  if (array) return KIND_ARRAY;
  if (prototype === Map.prototype) return value[Symbol.iterator] === MAP_ITERATOR ? KIND_MAP : KIND_OTHER;
  if (prototype === Set.prototype) return value[Symbol.iterator] === SET_ITERATOR ? KIND_SET : KIND_OTHER;
  if (prototype === FormData?.prototype) return hasOwn(value, "forEach") ? KIND_OTHER : FORM;
  if (prototype !== Object.prototype) return KIND_OTHER;
  return value[Symbol.iterator] === undefined && value[Symbol.asyncIterator] === undefined ? KIND_OBJECT : KIND_OTHER;
}

function bigint(value) {
  const digits = value.toString();
  if (digits.length > MAX_DIGITS || value.toJSON !== undefined) throw GIVE_UP;
  return "$n" + digits;
}

function date(value, key) {
  const text = value.toJSON("" + key);
  if (text === null) return null;
  if (typeof text !== "string" || !TIME.test(text)) throw GIVE_UP;
  return "$D" + text;
}

function hasGetter(value) {
  try {
    return valuesOf(getOwnPropertyDescriptors(value)).some(({ get }) => get !== undefined);
  } catch {
    return false;
  }
}

/**
 * Encodes arguments. Returns `body`, and `find` for their containers. There is no body if they hold other values, may
 * be too large or too deep, or the stack overflowed; an exception is dropped, because the encoder runs into it again.
 * `prefixes`: those of the names of a form's entries; empty if they are unknown. `lastPart`: see `makeEncoding`.
 */
export function plain(args, maxDepth = MAX_DEPTH, prefixes = [], lastPart = 0) {
  try {
    return isArray(args) && args.length <= MAX_ARGUMENTS ? new Plain(args, maxDepth, prefixes, lastPart) : NONE;
  } catch {
    return NONE;
  }
}

/** Returns the prefixes of the names of a form's entries, by the bits of `WIRE_…`. */
export const formPrefixes = (wire) => [wire & WIRE_FORMS && "_", wire & WIRE_OLD_FORMS && ""].filter((prefix) => prefix !== 0);

/** The result when nothing was read. */
export const NONE = { body: undefined, reads: undefined };

/** Returns the entries of a form. */
export function fields(form) {
  const entries = [];
  form.forEach((value, key) => entries.push([key, value]));
  return entries;
}
