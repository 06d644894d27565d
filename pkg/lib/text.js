// UTF-8 to text.

import { TextDecoder } from "./platform.js";

/** Made when it is first needed: where there is no such thing, the package can be imported all the same. */
let utf8;
/** Bytes that are decoded at once: of many, engines make two-byte strings by a slower way. */
const PIECE = 65536;

/** Decodes bytes; those that are no UTF-8 become U+FFFD, a byte order mark stays. */
export function textOf(bytes) {
  utf8 ??= new TextDecoder("utf-8", { ignoreBOM: true });
  if (bytes.length <= PIECE) return utf8.decode(bytes);
  let text = "";
  for (let from = 0, to; from < bytes.length; from = to) {
    to = from + PIECE;
    // Not within a character, which has three more bytes at the most.
    for (let more = 3; more > 0 && (bytes[to] & 0xc0) === 0x80; more--) to--;
    text += utf8.decode(bytes.subarray(from, to));
  }
  return text;
}
