// Reads along an answer that somebody else decodes: finds out when the action's own value is there, and makes nothing of it. As src/flight/along.rs
// does; tests/vectors/along.json holds both to one list.
//
// It needs the rows that the decoder would need: what the action returned, the promises that lead on from there, and all that their rows refer to
// but promises, lazy values and what elements wait for. Unlike that it looks at no lazy value that a reference leads through, and reads all of
// row 0, where what is broken may stand behind what the action returned: there it may be too early.

import { MAX_ANSWER_DIGITS, MAX_DEPTH } from "./numbers.js";
import { Map, Set } from "./platform.js";
import { DOLLAR, MODEL, Rows, check, idOf, isBigInt } from "./rows.js";
import { textOf } from "./text.js";

/** So many parts of row 0 are looked at. Next.js has a handful. */
const MAX_PARTS = 256;
/** So many parts of an element's tuple are read: the mark, type, key and props. What follows is for development. */
const ELEMENT = 4;
const LINK = /^[0-9a-f]/;
const STEPS = { type: 1, key: 2, props: 3 };

const { parse } = JSON;
const { isArray } = Array;
const { hasOwn } = Object;

export class Reach {
  #rows;
  #maxDepth;
  #maxDigits;
  /** Rows of JSON that have arrived and that nothing has needed yet, as text; undefined for all others that have. */
  #texts = new Map();
  /** Rows to be looked at next, and those that are not there. */
  #needs = [];
  #missing = new Set([0]);
  /** The parts of row 0 that the value needs, as paths, and how many of them were looked at. */
  #parts = [":a"];
  #looked = 0;
  /** Row 0. */
  #outer;
  /** The row that is the value: a promise in its place is followed. */
  #root = 0;
  #isThere = false;

  /** `limits`: as in the options; none for the usual ones. */
  constructor(limits = {}) {
    const { maxDepth = MAX_DEPTH, maxDigits = MAX_ANSWER_DIGITS } = limits;
    this.#rows = new Rows(limits, true);
    this.#maxDepth = maxDepth;
    this.#maxDigits = maxDigits;
  }

  /** Takes the next bytes, and keeps none of them. True once the value is there, be it what was thrown, or cannot be found any more. */
  push(bytes) {
    try {
      if (!this.#isThere) this.#rows.push(bytes, this.#take);
    } catch {
      this.#isThere = true;
    }
    return this.#isThere;
  }

  #take = (id, tag, body) => {
    const isModel = tag === MODEL;
    if ("CHNDJW".includes(tag) || (isModel && body.length === 0) || this.#texts.has(id)) return false;
    this.#texts.set(id, isModel ? textOf(body) : undefined);
    if (this.#missing.delete(id)) {
      this.#needs.push(id);
      while (this.#needs.length > 0) this.#look(this.#needs.pop());
    }
    return (this.#isThere = this.#missing.size === 0);
  };

  /** Finds what this row needs in turn. */
  #look(id) {
    const text = this.#texts.get(id);
    if (text === undefined) {
      if (!this.#texts.has(id)) this.#missing.add(id);
      return;
    }
    if (id !== 0) {
      this.#texts.set(id, undefined);
      this.#read(id, parse(text));
      return;
    }
    this.#outer ??= parse(text);
    while (this.#looked < this.#parts.length) {
      const steps = this.#parts[this.#looked].split(":").slice(1);
      // The part that the action returned.
      if (this.#looked++ === 0 && isArray(this.#outer)) steps[0] = "0";
      this.#read(0, partOf(this.#outer, steps));
    }
  }

  #read(id, model) {
    if (isSpecial(model) && id === this.#root) {
      const next = model.slice(1 + (model[1] === "@"));
      if (model[1] === "@" || LINK.test(next)) {
        this.#root = idOf(next.split(":")[0]);
        if (model[1] === "@") this.#needs.push(this.#root);
      }
    }
    // One after the other: a container, how deep it is, whether it is in an element.
    const open = [];
    const look = (value, depth, isLate) => {
      if (isSpecial(value)) this.#special(value, isLate);
      else if (typeof value === "object" && value !== null) open.push(value, depth, isLate);
    };
    look(model, 1, false);
    while (open.length > 0) {
      let isLate = open.pop();
      const depth = open.pop();
      const container = open.pop();
      check(depth <= this.#maxDepth);
      if (isArray(container)) {
        const isElement = container[0] === "$";
        isLate ||= isElement;
        const end = isElement ? Math.min(container.length, ELEMENT) : container.length;
        for (let at = isElement ? 1 : 0; at < end; at++) look(container[at], depth + 1, isLate);
      } else {
        for (const key of Object.keys(container)) if (key !== "__proto__") look(container[key], depth + 1, isLate);
      }
    }
  }

  /** Notes what a string that begins with "$" needs. `isLate`: it is waited for by an element alone. */
  #special(text, isLate) {
    const letter = text[1] ?? "$";
    const rest = text.slice(2);
    if (letter === "n") check(isBigInt(rest, this.#maxDigits));
    else if (LINK.test(text.slice(1))) {
      const [id, ...steps] = text.slice(1).split(":");
      this.#need(idOf(id), steps.map((step) => ":" + step).join(""), isLate);
    } else if ("QWKBihF".includes(letter) || (letter === "Z" && rest !== "")) this.#need(idOf(rest), "", isLate);
    else if (letter === "@" || letter === "L") idOf(rest);
    else check("$ZTSDuwHEPYNI-".includes(letter));
  }

  #need(id, path, isLate) {
    if (isLate) return;
    if (id === 0) {
      if (this.#parts.includes(path)) return;
      check(this.#parts.length < MAX_PARTS);
      this.#parts.push(path);
    }
    this.#needs.push(id);
  }
}

const isSpecial = (value) => typeof value === "string" && value.charCodeAt(0) === DOLLAR;

/** The part of a row that these steps lead to; a string ends the way, as it may stand for something else. */
function partOf(value, steps) {
  for (const step of steps) {
    if (typeof value === "string") break;
    check(typeof value === "object" && value !== null && step !== "__proto__");
    const key = isArray(value) ? (value[0] === "$" && STEPS[step]) || step : step;
    check(hasOwn(value, key) && (!isArray(value) || key !== "length"));
    value = value[key];
  }
  return value;
}
