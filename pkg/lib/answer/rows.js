// Cuts the bytes of an answer into rows, as src/flight/row.rs does. Knows nothing of what a row means.

import { MAX_ANSWER_BYTES, MAX_ROW_BYTES } from "../boundary/codes.js";

// The states: the part of a row that is being read.
const ID = 0;
const TAG = 1;
const LENGTH = 2;
const BODY = 3;

const COLON = 0x3a;
const COMMA = 0x2c;
const LINE_END = 0x0a;

/** The largest id of a row: React keeps ids in 32 signed bits. */
const MAX_ID = 0x7fffffff;

/** The first character of special strings in a row. */
export const DOLLAR = 0x24;

/** The tag of a row of JSON. A tag without a meaning counts as this one, as in React's client. */
export const MODEL = "{";

const SIZED = "TAOoUSsLlGgMmVb";
const LINES = "EIRrXxCHNDJW";

/** Cuts a stream into rows. The stream may be cut into chunks anywhere. */
export class Rows {
  #maxBytes;
  #maxRowBytes;
  #copies;
  #total = 0;
  #state = ID;
  #id = 0;
  #tag = MODEL;
  /** `#size`: the bytes of the row so far. `#parts`: the pieces of its body from earlier chunks. */
  #size = 0;
  #parts = [];
  /** The bytes of the body still to come; negative if a line end closes the body. */
  #left = 0;

  /**
   * `limits`: as in the options. `copies`: copy what is kept, because the chunks belong to other code, which may
   * transfer them after `push`.
   */
  constructor({ maxBytes = MAX_ANSWER_BYTES, maxRowBytes = MAX_ROW_BYTES }, copies) {
    this.#maxBytes = maxBytes;
    this.#maxRowBytes = maxRowBytes;
    this.#copies = copies;
  }

  /**
   * Takes the next bytes and calls `take(id, tag, body)` for each row that they complete. If `take` returns true, the
   * rest is ignored and `push` must not be called again. Throws for bytes that are no rows, and beyond a limit.
   */
  push(bytes, take) {
    const { length } = bytes;
    this.#total += length;
    check(this.#total <= this.#maxBytes);
    let at = 0;
    for (;;) {
      if (this.#state === BODY) {
        const line = this.#left < 0;
        let end = at + this.#left;
        if (line) {
          end = bytes.indexOf(LINE_END, at);
          check(this.#size + (end < 0 ? length : end) - at <= this.#maxRowBytes);
          if (end < 0) end = Infinity;
        }
        if (end > length) {
          this.#keep(bytes.subarray(at));
          return;
        }
        const body = this.#body(bytes.subarray(at, end));
        at = line ? end + 1 : end;
        const id = this.#id;
        this.#state = this.#id = this.#size = 0;
        if (take(id, this.#tag, body)) return;
        continue;
      }
      if (at === length) return;
      const byte = bytes[at];
      if (this.#state === TAG) {
        // Any other byte is the first of the body.
        if (this.#begin(byte)) this.#step(at++);
        continue;
      }
      this.#step(at++);
      if (this.#state === ID) {
        if (byte === COLON) this.#state = TAG;
        else {
          check(this.#id <= MAX_ID >> 4);
          this.#id = (this.#id << 4) | digit(byte);
        }
      } else if (byte === COMMA && this.#left >= 0) this.#state = BODY;
      else {
        this.#left = Math.max(this.#left, 0) * 16 + digit(byte);
        check(this.#left <= this.#maxRowBytes);
      }
    }
  }

  #step() {
    this.#size++;
    check(this.#size <= this.#maxRowBytes);
  }

  /** Begins the part after the id. Returns true if `byte` is a tag. */
  #begin(byte) {
    const letter = String.fromCharCode(byte);
    const sized = SIZED.includes(letter);
    this.#left = -1;
    this.#state = sized ? LENGTH : BODY;
    this.#tag = sized || LINES.includes(letter) ? letter : MODEL;
    return this.#tag !== MODEL || letter === "#" || (byte > 0x40 && byte < 0x5b);
  }

  #keep(piece) {
    this.#size += piece.length;
    if (this.#left >= 0) this.#left -= piece.length;
    if (piece.length > 0) this.#parts.push(this.#copies ? new Uint8Array(piece) : piece);
  }

  #body(last) {
    if (this.#parts.length === 0) return last;
    this.#keep(last);
    const parts = this.#parts;
    this.#parts = [];
    const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
}

/** Throws if `right` is false: this answer cannot be read here. */
export function check(right) {
  if (!right) throw UNREAD;
}

const UNREAD = new TypeError("this answer cannot be read");

function digit(byte) {
  const digit = byte < 0x3a ? byte - 0x30 : byte < 0x67 && byte > 0x60 ? byte - 0x57 : -1;
  check(digit >= 0);
  return digit;
}

/** Returns the id in a reference to a row. */
export function idOf(text) {
  const id = parseInt(text, 16);
  check(/^[0-9a-f]{1,8}$/.test(text) && id <= MAX_ID);
  return id;
}

/** True if the text has the digits of a bigint, and no more than `most`. */
export const isBigInt = (text, most) => /^(?:-?\d+)?$/.test(text) && text.length - (text[0] === "-" ? 1 : 0) <= most;
