// Reads along an answer that other code decodes: finds out when the value of the action has arrived, and makes no
// value. src/flight/value_watch.rs does the same; tests/vectors/along.json tests both.
//
// It waits for the rows that the decoder would need: the action's value, the rows that this leads to by promises, and
// all that those refer to, except promises, lazy values and rows that only elements wait for. It differs from the
// decoder in two ways, and can then report the value too early: it does not follow lazy values in the path of a
// reference, and it parses all of row 0, also what is broken behind the action's value.

import { MAX_ANSWER_DIGITS, MAX_DEPTH } from "../boundary/codes.js";
import { Map, Set } from "../page/globals.js";
import { DOLLAR, MODEL, Rows, check, idOf, isBigInt } from "../answer/rows.js";
import { textOf } from "../answer/utf8.js";

/** Greatest number of parts of row 0 that are read. Next.js has a handful. */
const MAX_PARTS = 256;
/** Length of an element's tuple that is read: the mark, type, key and props. The rest is for development. */
const ELEMENT = 4;
const LINK = /^[0-9a-f]/;
const STEPS = { type: 1, key: 2, props: 3 };

const { parse } = JSON;
const { isArray } = Array;
const { hasOwn } = Object;

export class ValueWatch {
  #rows;
  #maxDepth;
  #maxDigits;
  /**
   * The model rows that have arrived and are not needed yet, as text; undefined for all other rows that have arrived.
   */
  #texts = new Map();
  /** `#toRead`: the rows to read next. `#missing`: the needed rows that have not arrived. */
  #toRead = [];
  #missing = new Set([0]);
  /** `#parts`: the parts of row 0 that the value needs, as paths. `#partsRead`: the number of them that were read. */
  #parts = [":a"];
  #partsRead = 0;
  /** Row 0, parsed. */
  #rootRow;
  /**
   * The id of the row that holds the value. If that row is a promise or a reference, it changes to the row behind it.
   */
  #valueRow = 0;
  #hasArrived = false;

  /** `limits`: as in the options; the defaults if there are none. */
  constructor(limits = {}) {
    const { maxDepth = MAX_DEPTH, maxDigits = MAX_ANSWER_DIGITS } = limits;
    this.#rows = new Rows(limits, true);
    this.#maxDepth = maxDepth;
    this.#maxDigits = maxDigits;
  }

  /**
   * Takes the next bytes, and does not keep the array. Returns true once the value has arrived (also a thrown
   * error), or can no longer be found.
   */
  push(bytes) {
    try {
      if (!this.#hasArrived) this.#rows.push(bytes, this.#take);
    } catch {
      this.#hasArrived = true;
    }
    return this.#hasArrived;
  }

  #take = (id, tag, body) => {
    const isModel = tag === MODEL;
    if ("CHNDJW".includes(tag) || (isModel && body.length === 0) || this.#texts.has(id)) return false;
    this.#texts.set(id, isModel ? textOf(body) : undefined);
    if (this.#missing.delete(id)) {
      this.#toRead.push(id);
      while (this.#toRead.length > 0) this.#follow(this.#toRead.pop());
    }
    return (this.#hasArrived = this.#missing.size === 0);
  };

  /** Finds the rows that this row needs. */
  #follow(id) {
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
    this.#rootRow ??= parse(text);
    while (this.#partsRead < this.#parts.length) {
      const steps = this.#parts[this.#partsRead].split(":").slice(1);
      // In an array, the action's value comes first.
      if (this.#partsRead++ === 0 && isArray(this.#rootRow)) steps[0] = "0";
      this.#read(0, partOf(this.#rootRow, steps));
    }
  }

  #read(id, model) {
    if (isSpecial(model) && id === this.#valueRow) {
      const next = model.slice(1 + (model[1] === "@"));
      if (model[1] === "@" || LINK.test(next)) {
        this.#valueRow = idOf(next.split(":")[0]);
        if (model[1] === "@") this.#toRead.push(this.#valueRow);
      }
    }
    // A stack of triples: a container, its depth, and true if it is inside an element.
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

  /** Notes the row that a string with "$" needs. `isLate`: only an element waits for it. */
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
    this.#toRead.push(id);
  }
}

const isSpecial = (value) => typeof value === "string" && value.charCodeAt(0) === DOLLAR;

/** Returns the part of a row that the steps lead to. Stops at a string, which may stand for another value. */
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
