// Estimates the bytes that a body takes on the wire. Here, because Rust would have to copy the body only to
// count it. Must not read files.

import { Blob } from "../page/globals.js";

/** Length in UTF-16 code units from which the browser counts a string. */
const LONG = 1 << 16;
// Bytes for "--boundary", the disposition and the line ends around them.
const FIELD = 96;
const FILE = 40;
const END = 48;

/**
 * Returns the size of a body in bytes: exact for a string, within about 1 KiB for a `FormData`, whose boundary
 * the browser chooses.
 */
export function sizeOf(body) {
  if (typeof body === "string") return utf8(body);
  let bytes = END;
  for (const [name, value] of body) {
    bytes += FIELD + utf8(name);
    bytes += typeof value === "string" ? utf8(value) : FILE + (value.size ?? 0) + utf8(value.name ?? "") + utf8(value.type ?? "");
  }
  return bytes;
}

/** The bytes by which a `FormData` may be larger than estimated. */
const MARGIN = 1024;

/** Returns the greatest size that the body may have. */
export const largestSizeOf = (body) => sizeOf(body) + (typeof body === "string" ? 0 : MARGIN);

function utf8(text) {
  if (text.length > LONG && Blob) return new Blob([text]).size;
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // A surrogate pair takes four bytes together.
    if ((unit & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) at += 1;
  }
  return bytes;
}
