// Splits an answer between its caller and Rust, which reads along until the value of the action has passed. Must not
// use `tee()`: the browser would buffer all that the slower reader has not read.
//
// Up to the value, the answer is read without waiting for the caller, so that a slow caller does not hold the lane.
// After it, the answer is read only as the caller reads.

import { OUTCOME_BYTES, OUTCOME_END, OUTCOME_REJECTED, OUTCOME_UNREADABLE, OUTCOME_VALUE } from "../boundary/codes.js";
import { Headers, ReadableStream, Response, queueMicrotask } from "../page/globals.js";
import { onAbort } from "../abort_signals.js";
import { ValueWatch } from "./value_watch.js";
import { waits } from "../boundary/wait.js";

export { dispatcherWith as home } from "../exports.js"; // see `lazy_part.js`

/**
 * Makes the split of a response. Returns undefined for one that has no body, is not the browser's, or is being
 * read. `signal` aborts it.
 */
export function readAlong(response, signal, limits) {
  try {
    const { body, bodyUsed } = response;
    const isBrowsers = Object.prototype.toString.call(response) === "[object Response]" && typeof body?.getReader === "function";
    return isBrowsers && !bodyUsed && !body.locked ? new Along(response, signal, limits) : undefined;
  } catch {
    return undefined; // a status that no `Response` can be made with
  }
}

/** The reader that Rust uses, with the methods of the classes of `answer.js`. The caller reads what Rust leaves. */
class Along {
  #source;
  #stream;
  #unlisten;
  #valueWatch;
  /** True while the caller waits for the next piece. */
  #isWanted = false;
  #isRustDone = false;
  #over = false;
  /** The error of the body, once it has failed. */
  #failure = [];

  constructor(response, signal, limits) {
    this.#valueWatch = new ValueWatch(limits);
    const body = new ReadableStream({
      start: (stream) => (this.#stream = stream),
      pull: () => (this.#isRustDone ? this.#passNext() : void (this.#isWanted = true)),
      cancel: (reason) => {
        this.#end();
        return this.#source.cancel(reason);
      },
    }, { highWaterMark: 0 });
    const { status, statusText, headers } = response;
    /** The response for the caller. */
    this.response = disguised(new Response(body, { status, statusText, headers }), response, this.#failure);
    this.#source = response.body.getReader();
    this.#unlisten = onAbort(signal, (reason) => {
      this.#fail(reason);
      this.#source.cancel(reason).catch(() => {}); // a `fetch` of the page's own may ignore its signal
    });
  }

  /** Reads the next bytes; reports them to Rust, then gives them to the caller. */
  next(place, turn) {
    const tell = waits.teller(place, turn);
    this.#readNext().then((next) => this.#deliver(next, tell), (error) => tell(OUTCOME_REJECTED, error));
  }

  /** Stops reading for Rust; the caller reads on. */
  close() {
    this.#isRustDone = true;
    if (!this.#over && this.#isWanted) this.#passNext();
  }

  #deliver({ done, value }, tell) {
    if (done) return tell(OUTCOME_END);
    // A piece that is not bytes still goes to the caller; Rust is notified that it is unreadable.
    const bytes = value instanceof Uint8Array;
    if (bytes) queueMicrotask(() => this.#giveToCaller(value));
    else this.#giveToCaller(value);
    tell(bytes ? (this.#valueWatch.push(value) ? OUTCOME_VALUE : OUTCOME_BYTES) : OUTCOME_UNREADABLE);
  }

  #giveToCaller(piece) {
    this.#isWanted = false;
    if (!this.#over) this.#stream.enqueue(piece);
  }

  async #passNext() {
    this.#isWanted = false;
    try {
      const { done, value } = await this.#readNext();
      if (!done && !this.#over) this.#stream.enqueue(value);
    } catch {
      // The caller's stream has failed with it.
    }
  }

  async #readNext() {
    try {
      const next = await this.#source.read();
      if (next.done && !this.#over) {
        this.#end();
        this.#stream.close();
      }
      return next;
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #fail(error) {
    if (this.#over) return;
    this.#end();
    this.#failure.push(error);
    this.#stream.error(error);
  }

  #end() {
    this.#over = true;
    this.#unlisten?.();
  }
}

/**
 * The methods that read a body. In Chromium they reject with a `TypeError` instead of the error that the page's
 * stream failed with.
 */
const READERS = ["arrayBuffer", "blob", "bytes", "formData", "json", "text"];

/**
 * Makes a `Response` show the URL and type of `original`, and its clones too: the constructor cannot set them.
 * `failed`: the error of its body, once it has failed.
 */
function disguised(made, original, failed) {
  const { prototype } = Response;
  const { url, type, redirected, headers } = original;
  const own = { url, type, redirected, headers };
  own.clone = () => disguised(prototype.clone.call(made), { url, type, redirected, headers: new Headers(headers) }, failed);
  for (const name of READERS) {
    if (prototype[name]) own[name] = () => prototype[name].call(made).catch((error) => Promise.reject(failed.length > 0 ? failed[0] : error));
  }
  for (const name in own) Object.defineProperty(made, name, { configurable: true, writable: typeof own[name] === "function", value: own[name] });
  return made;
}
