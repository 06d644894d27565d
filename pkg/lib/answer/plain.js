// Reads answers whose value is plain: JSON, long strings, dates, bigints, special numbers, and references among them.
// It makes the same value as the decoder in Rust. At the first thing that it does not know, or that may be refused, it
// gives up, and the decoder does it all. Must not report errors itself.

import { MAX_ANSWER_DIGITS, MAX_DEPTH } from "../boundary/codes.js";
import { Map, Set } from "../page/globals.js";
import { DOLLAR, MODEL, Rows, check, idOf, isBigInt } from "./rows.js";
import { textOf } from "./utf8.js";

/** More bytes are needed. */
export const MORE = 0;
/** The value is complete. */
export const VALUE = 1;
/** The action threw, and the answer has only a digest. */
export const THROWN = 2;
/**
 * The value is not plain, or the answer is faulty: all bytes so far, and those that follow, are for the decoder
 * in Rust.
 */
export const NOT_PLAIN = 3;

/** Greatest number of references that are followed in a row; the decoder in Rust follows more. */
const MAX_HOPS = 100;
/** Greatest depth to which values are walked through, by recursion. */
const MAX_WALK = 1000;
const TEXT = "T";
const STREAMS = "RrXx";
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const COLON = 0x3a;
const ROW = /^\$[0-9a-f]+$/;
const MEMBER = /"a"\s*:/g;
const LONE_SURROGATE = /[\ud800-\udfff]/u;
const INDEX = /^(?:0|[1-9][0-9]*)$/;
const DATE = /^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3])(?::[0-5]\d){2}\.\d{3}Z$/;

const { parse } = JSON;
const { isArray } = Array;
const { getPrototypeOf, hasOwn, keys: keysOf, prototype: plain, values: valuesOf } = Object;

/** A reference. It stands in its place until all the rows that it needs have arrived. */
class Link {
  /** The number of references by which its value was found; undefined until then. */
  hops;
  value;

  constructor(id, steps) {
    this.id = id;
    this.steps = steps;
  }
}

export class PlainAnswer {
  state = MORE;
  /** Set once the state is `VALUE`. */
  value;
  /** Set once the state is `THROWN`. */
  digest;
  /** True if row 0 holds a page, which the server has rendered again. */
  rendered = false;
  /** All pieces so far, unchanged and in order; undefined once they are no longer needed. */
  pieces = [];
  #rows;
  #maxDepth;
  #maxDigits;
  #ofAction;
  /** The rows that have arrived, by id. */
  #arrived = new Map();
  /** The values made of rows, by id; a `Link` for a row that is only a reference. */
  #values = new Map();
  /** `#toRead`: the rows to read next. `#missing`: the needed rows that have not arrived. */
  #toRead = [];
  #missing = new Set();
  /** The references, by their text. */
  #references = new Map();
  /** The places of the references: container and key, alternating. */
  #links = [];
  /**
   * `#root`: the id of the row that holds the value. `#hops`: the number of references that led to it. `#isRead`:
   * true once that row was read.
   */
  #root = 0;
  #hops = 0;
  #isRead = false;

  /**
   * `goal`: "action" for the action's value, "root" for row 0 itself. `limits`: as in the options; the defaults
   * if there are none.
   */
  constructor(goal, limits = {}) {
    const { maxDepth = MAX_DEPTH, maxDigits = MAX_ANSWER_DIGITS } = limits;
    this.#rows = new Rows(limits);
    this.#maxDepth = maxDepth;
    this.#maxDigits = maxDigits;
    this.#ofAction = goal === "action";
  }

  /** Takes the next bytes, which must not change later; returns the state. */
  push(bytes) {
    if (this.state !== MORE) return this.state;
    this.pieces.push(bytes);
    try {
      this.#rows.push(bytes, this.#take);
    } catch {
      this.#finish(NOT_PLAIN);
    }
    return this.state;
  }

  /** Ends the bytes; returns the state. */
  end() {
    if (this.state === MORE) this.#finish(NOT_PLAIN);
    return this.state;
  }

  #finish(state) {
    this.state = state;
    if (state !== NOT_PLAIN) this.pieces = undefined;
    this.#rows = this.#arrived = this.#values = this.#references = this.#links = undefined;
  }

  #take = (id, tag, body) => {
    if ("CHNDJW".includes(tag)) return false;
    const before = this.#arrived.get(id);
    // More of a stream inside the page. A value with a stream is not plain and is refused when it is read.
    if (before && STREAMS.includes(before.tag)) return false;
    check(!before);
    this.#arrived.set(id, { tag, body });
    if (this.#isRead ? this.#missing.delete(id) : id === this.#root) {
      if (this.#isRead) this.#toRead.push(id);
      else this.#begin();
      while (this.#toRead.length > 0) this.#read(this.#toRead.pop());
      if (this.#isRead && this.#missing.size === 0) this.#deliver();
    }
    return this.state !== MORE;
  };

  /** Looks for the row that holds the value, and reads it. */
  #begin() {
    for (let row; (row = this.#arrived.get(this.#root)); ) {
      const { tag, body } = row;
      const text = textOf(body);
      if (tag === "E") return this.#thrown(text);
      const isOuter = this.#ofAction && this.#root === 0;
      check(tag === MODEL || (tag === TEXT && !isOuter));
      let value = text;
      if (tag === MODEL) {
        value = isOuter ? this.#inner(text) : parse(text);
        const next = this.#leadsTo(value);
        if (next !== undefined) {
          check(++this.#hops < MAX_HOPS);
          this.#root = next;
          continue;
        }
        value = this.#resolved(value, text, isOuter);
      }
      this.#values.set(this.#root, value);
      this.#isRead = true;
      return;
    }
  }

  /** Returns the action's value as it stands in row 0, references unresolved. */
  #inner(text) {
    const row = parse(text);
    const isTuple = isArray(row);
    const key = isTuple ? 0 : "a";
    check(typeof row === "object" && row !== null && hasOwn(row, key));
    this.rendered = holdsPage(row);
    const value = row[key];
    // Of two members with the same name, the decoder in Rust takes the first, `JSON.parse` the last. Counting the keys
    // finds them. A page may have many objects with a member `a`, and is counted then.
    const isOne = isTuple || text.match(MEMBER)?.length === 1;
    if (isObject(value) || !isOne || text.includes("\\u00") || mayBeDeeper(text, this.#maxDepth)) {
      check(this.#count(row, 1) === keysIn(text));
    }
    return value;
  }

  /** Returns the id of the row that a value stands for; undefined if it is a value itself. */
  #leadsTo(value) {
    if (typeof value !== "string" || value[0] !== "$") return undefined;
    if (value[1] !== "@") return ROW.test(value) ? this.#id(value.slice(1)) : undefined;
    check(this.#ofAction);
    return this.#id(value.slice(2));
  }

  #thrown(text) {
    const thrown = parse(text);
    check(isObject(thrown) && keysOf(thrown).join() === "digest" && typeof thrown.digest === "string");
    // Rust reads half of a surrogate pair as something else.
    check(!text.includes("\\u") && this.#maxDepth > 0);
    this.digest = thrown.digest;
    this.#finish(THROWN);
  }

  #read(id) {
    if (this.#values.has(id)) return;
    const row = this.#arrived.get(id);
    if (!row) {
      this.#missing.add(id);
      return;
    }
    check(row.tag === MODEL || row.tag === TEXT);
    const text = textOf(row.body);
    this.#values.set(id, row.tag === MODEL ? this.#resolved(parse(text), text) : text);
  }

  /** Resolves what a row of JSON holds, in place; returns the value. */
  #resolved(value, text, isCounted) {
    if (!isSpecial(text)) {
      if (!isCounted && mayBeDeeper(text, this.#maxDepth)) this.#count(value, 1);
      return value;
    }
    if (typeof value === "string") return value[0] === "$" ? this.#special(value) : value;
    if (!isObject(value)) return value;
    const count = this.#revive(value, 1);
    // If a key comes twice, the decoder in Rust may mean another place.
    check(isCounted || count === keysIn(text));
    return value;
  }

  /** Counts the keys in a container. Throws if it is too deep. */
  #count(holder, depth) {
    check(depth <= this.#maxDepth && depth <= MAX_WALK);
    const values = isArray(holder) ? holder : valuesOf(holder);
    let count = values === holder ? 0 : values.length;
    for (let at = 0; at < values.length; at++) {
      const value = values[at];
      if (typeof value === "object" && value !== null) count += this.#count(value, depth + 1);
    }
    return count;
  }

  /** Replaces special strings by what they stand for; returns the number of keys. */
  #revive(holder, depth) {
    check(depth <= this.#maxDepth && depth <= MAX_WALK);
    let count = 0;
    if (isArray(holder)) {
      for (let at = 0; at < holder.length; at++) {
        const item = holder[at];
        if (typeof item === "object") {
          if (item !== null) count += this.#revive(item, depth + 1);
        } else if (typeof item === "string" && item.charCodeAt(0) === DOLLAR) {
          this.#put(holder, at, this.#special(item));
        }
      }
      return count;
    }
    for (const key of keysOf(holder)) {
      const item = holder[key];
      check(key !== "__proto__");
      count++;
      if (typeof item === "object") {
        if (item !== null) count += this.#revive(item, depth + 1);
      } else if (typeof item === "string" && item.charCodeAt(0) === DOLLAR) {
        const value = this.#special(item);
        if (value === undefined) delete holder[key];
        else this.#put(holder, key, value);
      }
    }
    return count;
  }

  #put(holder, key, value) {
    holder[key] = value;
    if (value instanceof Link) this.#links.push(holder, key);
  }

  /** Returns what a string with "$" stands for. */
  #special(text) {
    const rest = text.slice(2);
    switch (text[1]) {
      case "$":
        return text.slice(1);
      case "D":
        return dateOf(rest);
      case "n":
        check(isBigInt(rest, this.#maxDigits));
        return BigInt(rest);
      case "u":
        return undefined;
      case "N":
        return NaN;
      case "I":
        return Infinity;
      case "-":
        return rest === "0" ? -0 : -Infinity;
    }
    return this.#references.get(text) ?? this.#reference(text);
  }

  #reference(text) {
    const steps = text.slice(1).split(":");
    const id = this.#id(steps.shift());
    // Rust reads half of a surrogate pair as something else.
    check(!LONE_SURROGATE.test(text));
    this.#toRead.push(id);
    const link = new Link(id, steps);
    this.#references.set(text, link);
    return link;
  }

  #id(text) {
    const id = idOf(text);
    check(id !== 0 || !this.#ofAction);
    return id;
  }

  /** Resolves all references and sets `value`, once all rows have arrived. */
  #deliver() {
    const links = this.#links;
    // All are followed before any is replaced, because their paths lead through each other.
    for (let at = 0; at < links.length; at += 2) this.#follow(links[at][links[at + 1]], 0);
    for (let at = 0; at < links.length; at += 2) links[at][links[at + 1]] = links[at][links[at + 1]].value;
    const value = this.#values.get(this.#root);
    this.value = value instanceof Link ? this.#follow(value, 0) : value;
    this.#finish(VALUE);
  }

  /** Returns the value of a reference that was reached through `depth` others. */
  #follow(link, depth) {
    check(depth < MAX_HOPS);
    if (link.hops !== undefined) return link.value;
    let hops = 1;
    let value = this.#values.get(link.id);
    const through = () => {
      const inner = value;
      value = this.#follow(inner, depth + 1);
      hops += inner.hops;
    };
    if (value instanceof Link) through();
    for (const step of link.steps) {
      check(isArray(value) ? INDEX.test(step) : isObject(value) && getPrototypeOf(value) === plain);
      check(hasOwn(value, step));
      value = value[step];
      hops++;
      if (value instanceof Link) through();
    }
    check(hops < MAX_HOPS);
    link.hops = hops;
    link.value = value;
    return value;
  }
}

/** True if row 0 holds a page, by the shapes of src/protocol/root_row.rs. */
function holdsPage(row) {
  if (!isArray(row)) return isPage(row.f) || isPage(row.t);
  const [first, second] = row;
  // After a redirect, a tuple begins with the build id; otherwise with the value, as a reference.
  if (typeof first === "string" && /^(?:[^$]|\$\$|$)/.test(first)) return isPage(second);
  return isArray(second) && typeof second[0] === "string" && isPage(second[1]);
}

const isPage = (value) => value !== undefined && value !== null && value !== "" && value !== "$undefined";

const isObject = (value) => typeof value === "object" && value !== null;

/**
 * True if a string in a row of JSON may stand for another value. Servers escape control characters as `\u00…`; "$"
 * and "_" may be written so, too.
 */
function isSpecial(text) {
  for (let at = text.indexOf("$"); at >= 0; at = text.indexOf("$", at + 1)) if (text[at - 1] === '"') return true;
  return text.includes("__proto__") || text.includes("\\u00");
}

/** True if there are enough brackets for containers to be too deep. */
function mayBeDeeper(text, most) {
  if (text.length <= 2 * most) return false;
  let count = 0;
  for (const bracket of "[{") {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) if (++count > most) return true;
  }
  return false;
}

/** Counts the keys in a text of JSON. */
function keysIn(text) {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    // The closing quote has an even number of backslashes before it.
    for (let slashes = 1; slashes % 2 === 1; ) {
      at = text.indexOf('"', at + 1);
      for (slashes = 0; text.charCodeAt(at - 1 - slashes) === BACKSLASH; ) slashes++;
    }
    at++;
    while (text.charCodeAt(at) <= SPACE) at++;
    if (text.charCodeAt(at) === COLON) count++;
  }
  return count;
}

function dateOf(text) {
  // Most dates are read without the engine's parser, which takes three times as long.
  if (DATE.test(text)) {
    const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
    const ms = twoDigits(text, 20) * 10 + text.charCodeAt(22) - 48;
    return new Date(Date.UTC(year, twoDigits(text, 5) - 1, twoDigits(text, 8), twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17), ms));
  }
  // Engines disagree on this year.
  check(!text.startsWith("-000000"));
  const date = new Date(text);
  return new Date(isNaN(date) || date.toISOString() !== text ? NaN : date);
}

/** Reads two digits of a text as a number. */
const twoDigits = (text, at) => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;
