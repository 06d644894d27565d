// Reads answers whose value is plain: JSON, long strings, dates, bigints, odd numbers, and references among
// them. It makes the value that the decoder in Rust makes; at the first thing it does not know, or that may
// be refused, it gives up, and all is done there.

import { MAX_ANSWER_DIGITS, MAX_DEPTH } from "./numbers.js";
import { Map, Set } from "./platform.js";
import { DOLLAR, MODEL, Rows, check, idOf, isBigInt } from "./rows.js";
import { textOf } from "./text.js";

/** More bytes are needed. */
export const MORE = 0;
/** The value is there. */
export const VALUE = 1;
/** The action threw; nothing but a digest is told of it. */
export const THROWN = 2;
/** It is not plain, or not as it should be: all bytes so far are for the decoder in Rust, and those that come. */
export const RICH = 3;

/** So many references are followed one after the other; the decoder in Rust has more patience. */
const MAX_HOPS = 100;
/** So deep values are walked through, by recursion. */
const MAX_WALK = 1000;
const TEXT = "T";
const STREAMS = "RrXx";
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const COLON = 0x3a;
const ROW = /^\$[0-9a-f]+$/;
const MEMBER = /"a"\s*:/g;
const LONELY = /[\ud800-\udfff]/u;
const INDEX = /^(?:0|[1-9][0-9]*)$/;
const DATE = /^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3])(?::[0-5]\d){2}\.\d{3}Z$/;

const { parse } = JSON;
const { isArray } = Array;
const { getPrototypeOf, hasOwn, keys: keysOf, prototype: plain, values: valuesOf } = Object;

/** A reference, which stands in its place until all it needs is there. */
class Link {
  /** Counts the references its value was found by; none while that is looked for. */
  hops;
  value;

  constructor(id, steps) {
    this.id = id;
    this.steps = steps;
  }
}

export class PlainAnswer {
  state = MORE;
  /** Once the state is `VALUE`. */
  value;
  /** Once the state is `THROWN`. */
  digest;
  /** Row 0 holds a page, which the server has rendered again. */
  rendered = false;
  /** All bytes so far, in order, as they came; none once they are of no more use. */
  pieces = [];
  #rows;
  #maxDepth;
  #maxDigits;
  #ofAction;
  /** Rows by their id, as they came. */
  #arrived = new Map();
  /** Values that were made of rows; a `Link` where one is nothing else. */
  #values = new Map();
  /** Rows to be read next, and those that are not there. */
  #needs = [];
  #missing = new Set();
  /** References by their text. */
  #references = new Map();
  /** Where they stand: a container and a key, one after the other. */
  #links = [];
  /** The row that is the value, and how many led to it; whether it was read. */
  #root = 0;
  #hops = 0;
  #isRead = false;

  /**
   * `goal`: "action" for what the action returned, "root" for row 0 itself. `limits`: as in the options;
   * none for the usual ones.
   */
  constructor(goal, limits = {}) {
    const { maxDepth = MAX_DEPTH, maxDigits = MAX_ANSWER_DIGITS } = limits;
    this.#rows = new Rows(limits);
    this.#maxDepth = maxDepth;
    this.#maxDigits = maxDigits;
    this.#ofAction = goal === "action";
  }

  /** Takes the next bytes, which stay as they are; gives the state. */
  push(bytes) {
    if (this.state !== MORE) return this.state;
    this.pieces.push(bytes);
    try {
      this.#rows.push(bytes, this.#take);
    } catch {
      this.#is(RICH);
    }
    return this.state;
  }

  /** There are no more bytes; gives the state. */
  end() {
    if (this.state === MORE) this.#is(RICH);
    return this.state;
  }

  #is(state) {
    this.state = state;
    if (state !== RICH) this.pieces = undefined;
    this.#rows = this.#arrived = this.#values = this.#references = this.#links = undefined;
  }

  #take = (id, tag, body) => {
    if ("CHNDJW".includes(tag)) return false;
    const before = this.#arrived.get(id);
    // A page may hold streams; a value that does is not plain.
    if (before && STREAMS.includes(before.tag)) return false;
    check(!before);
    this.#arrived.set(id, { tag, body });
    if (this.#isRead ? this.#missing.delete(id) : id === this.#root) {
      if (this.#isRead) this.#needs.push(id);
      else this.#begin();
      while (this.#needs.length > 0) this.#read(this.#needs.pop());
      if (this.#isRead && this.#missing.size === 0) this.#deliver();
    }
    return this.state !== MORE;
  };

  /** Looks for the row that is the value, and reads it. */
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
        value = this.#made(value, text, isOuter);
      }
      this.#values.set(this.#root, value);
      this.#isRead = true;
      return;
    }
  }

  /** Takes what the action returned out of row 0, as it stands there. */
  #inner(text) {
    const row = parse(text);
    const isTuple = isArray(row);
    const key = isTuple ? 0 : "a";
    check(typeof row === "object" && row !== null && hasOwn(row, key));
    this.rendered = holdsPage(row);
    const value = row[key];
    // Of members of one name, the decoder in Rust takes the first. A page may have objects with many of
    // that name, and then is walked through.
    const isOne = isTuple || text.match(MEMBER)?.length === 1;
    if (isObject(value) || !isOne || text.includes("\\u00") || mayBeDeeper(text, this.#maxDepth)) {
      check(this.#count(row, 1) === keysIn(text));
    }
    return value;
  }

  /** The row of which the value is all that this row is. */
  #leadsTo(value) {
    if (typeof value !== "string" || value[0] !== "$") return undefined;
    if (value[1] !== "@") return ROW.test(value) ? this.#id(value.slice(1)) : undefined;
    check(this.#ofAction);
    return this.#id(value.slice(2));
  }

  #thrown(text) {
    const told = parse(text);
    check(isObject(told) && keysOf(told).join() === "digest" && typeof told.digest === "string");
    // Half a surrogate pair is something else in Rust.
    check(!text.includes("\\u") && this.#maxDepth > 0);
    this.digest = told.digest;
    this.#is(THROWN);
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
    this.#values.set(id, row.tag === MODEL ? this.#made(parse(text), text) : text);
  }

  /** Makes what a row of JSON stands for: the same container, if it is one. */
  #made(value, text, isCounted) {
    if (!isSpecial(text)) {
      if (!isCounted && mayBeDeeper(text, this.#maxDepth)) this.#count(value, 1);
      return value;
    }
    if (typeof value === "string") return value[0] === "$" ? this.#special(value) : value;
    if (!isObject(value)) return value;
    const count = this.#revive(value, 1);
    // Where a key comes twice, the decoder in Rust may mean another place.
    check(isCounted || count === keysIn(text));
    return value;
  }

  /** Counts the keys in a container that is not too deep. */
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

  /** Puts what strings stand for in their places; gives how many keys there are. */
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

  /** Makes what a string that begins with "$" stands for. */
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
    // Half a surrogate pair is something else in Rust.
    check(!LONELY.test(text));
    this.#needs.push(id);
    const link = new Link(id, steps);
    this.#references.set(text, link);
    return link;
  }

  #id(text) {
    const id = idOf(text);
    check(id !== 0 || !this.#ofAction);
    return id;
  }

  /** All rows are there. */
  #deliver() {
    const links = this.#links;
    // Where one stands, all the others still do: paths lead through them.
    for (let at = 0; at < links.length; at += 2) this.#follow(links[at][links[at + 1]], 0);
    for (let at = 0; at < links.length; at += 2) links[at][links[at + 1]] = links[at][links[at + 1]].value;
    const value = this.#values.get(this.#root);
    this.value = value instanceof Link ? this.#follow(value, 0) : value;
    this.#is(VALUE);
  }

  /** The value of a reference that was found through `depth` others. */
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

/** Tells whether row 0 holds a page, by the shapes of src/protocol/root.rs. */
function holdsPage(row) {
  if (!isArray(row)) return isPage(row.f) || isPage(row.t);
  const [first, second] = row;
  // After a redirect a tuple begins with the build, else with a value, which a reference stands for.
  if (typeof first === "string" && /^(?:[^$]|\$\$|$)/.test(first)) return isPage(second);
  return isArray(second) && typeof second[0] === "string" && isPage(second[1]);
}

const isPage = (value) => value !== undefined && value !== null && value !== "" && value !== "$undefined";

const isObject = (value) => typeof value === "object" && value !== null;

/**
 * Tells whether something in a row of JSON may not be what it says. Servers escape control characters; "$"
 * and "_" may be spelled like them.
 */
function isSpecial(text) {
  for (let at = text.indexOf("$"); at >= 0; at = text.indexOf("$", at + 1)) if (text[at - 1] === '"') return true;
  return text.includes("__proto__") || text.includes("\\u00");
}

/** Tells whether there are so many brackets that containers could be too deep. */
function mayBeDeeper(text, most) {
  if (text.length <= 2 * most) return false;
  let count = 0;
  for (const bracket of "[{") {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) if (++count > most) return true;
  }
  return false;
}

/** Counts the keys in a text that is JSON. */
function keysIn(text) {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    // To the quote that has no backslash of its own.
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
  // Most can be read without a parser, which takes three times as long.
  if (DATE.test(text)) {
    const year = two(text, 0) * 100 + two(text, 2);
    const ms = two(text, 20) * 10 + text.charCodeAt(22) - 48;
    return new Date(Date.UTC(year, two(text, 5) - 1, two(text, 8), two(text, 11), two(text, 14), two(text, 17), ms));
  }
  // A year that engines read in another way.
  check(!text.startsWith("-000000"));
  const date = new Date(text);
  return new Date(isNaN(date) || date.toISOString() !== text ? NaN : date);
}

/** Two digits of a text. */
const two = (text, at) => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;
