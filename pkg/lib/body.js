// The bodies of answers, read by what they offer: a `fetch` of the page's own may give something other than
// a `Response` of the browser's.

import { TextEncoder } from "./platform.js";

/**
 * Bytes that the wasm takes over at once. A network gives less; of a `Response` that the page has made, all
 * may be one piece.
 */
export const PIECE = 4 << 20;

/**
 * A body that is being read: `read()` gives a promise of the next bytes, of `undefined` at the end, of
 * `null` for what are no bytes; `cancel()` gives the rest up.
 */
class Reader {
  constructor(read, cancel) {
    this.read = read;
    this.cancel = cancel;
  }
}

/** Reads the body of an answer. `undefined` where it cannot be read, or has been. */
export function readerOf(answer) {
  const { body, bodyUsed } = answer;
  if (bodyUsed === true || body?.locked === true) return undefined;
  return piecesOf(body) ?? whole(answer, body);
}

/** Nobody will read the body of this answer. */
export function discard(answer) {
  try {
    Promise.resolve(readerOf(answer)?.cancel()).catch(() => {});
  } catch {
    // There is nothing that could be.
  }
}

/**
 * Reads a stream of the web or of Node.js, or what is bytes already. `undefined` for what is neither, or is
 * read by somebody else.
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
      source.destroy?.(); // a stream that nobody has begun to read
      return iterator.return?.();
    };
    return new Reader(() => Promise.resolve(iterator.next()).then(next), cancel);
  }
  return bytesOf(source) && once(async () => source);
}

/** An answer that gives its body in one piece, or has none. */
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

/** The bytes of a buffer, of a view or of a text; `null` for anything else. */
function bytesOf(value) {
  if (ArrayBuffer.isView(value)) {
    return value.BYTES_PER_ELEMENT === 1 ? value : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (typeof value === "string") return new TextEncoder().encode(value);
  const kind = Object.prototype.toString.call(value);
  return kind === "[object ArrayBuffer]" || kind === "[object SharedArrayBuffer]" ? new Uint8Array(value) : null;
}
