// Decodes UTF-8. Must not need a `TextDecoder` at import.

import { TextDecoder } from "../page/globals.js";

/** Made at the first use, so that the package can be imported where there is no `TextDecoder`. */
let utf8;
/** Most bytes that are decoded at once: engines are slower at making long two-byte strings. */
const PIECE = 65536;

/** Decodes bytes. Invalid UTF-8 becomes U+FFFD; a byte order mark stays. */
export function textOf(bytes) {
  utf8 ??= new TextDecoder("utf-8", { ignoreBOM: true });
  if (bytes.length <= PIECE) return utf8.decode(bytes);
  let text = "";
  for (let from = 0, to; from < bytes.length; from = to) {
    to = from + PIECE;
    // Must not cut a character, which has at most three bytes after its first.
    for (let more = 3; more > 0 && (bytes[to] & 0xc0) === 0x80; more--) to--;
    text += utf8.decode(bytes.subarray(from, to));
  }
  return text;
}
