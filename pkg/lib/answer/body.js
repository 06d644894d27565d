// Reads the bodies of answers by what they offer: a `fetch` of the page's own may return something other than a
// `Response` of the browser. Knows nothing of what the bytes mean.

import { TextEncoder } from "../page/globals.js";

/**
 * Most bytes that the wasm takes at once. Networks deliver less; a `Response` that the page has made may be one piece.
 */
export const PIECE = 4 << 20;

/**
 * A body that is being read. `read()` promises the next bytes, `undefined` at the end, or `null` for a piece that is
 * not bytes; `cancel()` drops the rest.
 */
class Reader {
  constructor(read, cancel) {
    this.read = read;
    this.cancel = cancel;
  }
}

/** Returns a reader of an answer's body; `undefined` if it cannot be read, or has been. */
export function readerOf(answer) {
  const { body, bodyUsed } = answer;
  if (bodyUsed === true || body?.locked === true) return undefined;
  return piecesOf(body) ?? whole(answer, body);
}

/** Cancels the body of an answer that will not be read. */
export function discard(answer) {
  try {
    Promise.resolve(readerOf(answer)?.cancel()).catch(() => {});
  } catch {
    // A body that cannot be cancelled.
  }
}

/**
 * Returns a reader of a web stream, a Node.js stream, or bytes. `undefined` for anything else, and for a stream
 * that other code reads.
 */
export function piecesOf(source) {
  if (typeof source?.getReader === "function") {
    if (source.locked === true) return undefined;
    const reader = source.getReader();
    return new Reader(() => Promise.resolve(reader.read()).then(next), (reason) => reader.cancel(reason));
  }
  if (typeof source?.[Symbol.asyncIterator] === "function") {
    const iterator = source[Symbol.asyncIterator]();
    const cancel = () => {
      source.destroy?.(); // a stream that has not begun cannot be ended by its iterator
      return iterator.return?.();
    };
    return new Reader(() => Promise.resolve(iterator.next()).then(next), cancel);
  }
  return bytesOf(source) && once(async () => source);
}

/** Returns a reader of an answer that has its body in one piece, or none. */
function whole(answer, body) {
  for (const name of ["arrayBuffer", "text"]) {
    if (typeof answer[name] === "function") return once(() => answer[name]());
  }
  return body === null ? once(() => "") : undefined;
}

function once(give) {
  let given = false;
  const read = async () => {
    if (given) return undefined;
    given = true;
    return bytesOf(await give());
  };
  return new Reader(read, () => {});
}

const next = ({ done, value }) => (done ? undefined : bytesOf(value));

/** Returns the bytes of a buffer, a view or a string; `null` for anything else. */
function bytesOf(value) {
  if (ArrayBuffer.isView(value)) {
    return value.BYTES_PER_ELEMENT === 1 ? value : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (typeof value === "string") return new TextEncoder().encode(value);
  const kind = Object.prototype.toString.call(value);
  return kind === "[object ArrayBuffer]" || kind === "[object SharedArrayBuffer]" ? new Uint8Array(value) : null;
}
