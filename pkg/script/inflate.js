// Inflates the copies of the wasm that travel as text.
import { bytesOf } from "../lib/base64.js";
import { Blob, Response } from "../lib/platform.js";

/** Promises the bytes of a text in base64 that is deflated. */
export function inflated(text) {
  const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new globalThis.DecompressionStream("deflate-raw"));
  return new Response(stream).arrayBuffer();
}
