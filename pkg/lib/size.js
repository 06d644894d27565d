// Counts the bytes that a body takes on the wire: here, since it would be copied into the wasm only to be counted.

import { Blob } from "./platform.js";

/** A string of so many units is counted by the browser. */
const LONG = 1 << 16;
// "--boundary", the disposition and the line ends around them.
const FIELD = 96;
const FILE = 40;
const END = 48;

/** A string exactly, a `FormData` to about a KiB, as the boundary is the browser's. */
export function sizeOf(body) {
  if (typeof body === "string") return utf8(body);
  let bytes = END;
  for (const [name, value] of body) {
    bytes += FIELD + utf8(name);
    bytes += typeof value === "string" ? utf8(value) : FILE + (value.size ?? 0) + utf8(value.name ?? "") + utf8(value.type ?? "");
  }
  return bytes;
}

/** By how much a `FormData` may be larger than it is taken for. */
const MARGIN = 1024;

/** As much as it takes at the most. */
export const largestSizeOf = (body) => sizeOf(body) + (typeof body === "string" ? 0 : MARGIN);

function utf8(text) {
  if (text.length > LONG && Blob) return new Blob([text]).size;
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // Both halves of a character beyond are four bytes together.
    if ((unit & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) at += 1;
  }
  return bytes;
}
