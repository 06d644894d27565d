// Inflates the copies of the wasm that travel as text. Knows nothing of wasm.
import { bytesOf } from "../lib/loading/base64.js";
import { Blob, Response } from "../lib/page/globals.js";

/** Promises the bytes of a text that is base64 of deflated data. */
export function inflated(text) {
  const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new globalThis.DecompressionStream("deflate-raw"));
  return new Response(stream).arrayBuffer();
}
