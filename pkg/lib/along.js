// An answer that its caller reads, and that Rust reads along with until the value of the action has gone by. Never
// teed: of the two, the slower would have the browser keep what the other has read.
//
// Until then it is read without being asked for, so that a lane does not wait for a caller who does not
// read; from then on only as the caller reads.

import { TOLD_BYTES, TOLD_END, TOLD_REJECTED, TOLD_UNREADABLE, TOLD_VALUE } from "./numbers.js";
import { Headers, ReadableStream, Response, queueMicrotask } from "./platform.js";
import { onAbort } from "./signals.js";
import { Reach } from "./reach.js";
import { waits } from "./wait.js";

export { dispatcherWith as home } from "./api.js"; // see `part.js`

/**
 * An answer that is read along; undefined for what has no body, is none of the browser's, or is being read.
 * `signal`: what breaks it off.
 */
export function readAlong(response, signal, limits) {
  try {
    const { body, bodyUsed } = response;
    const isBrowsers = Object.prototype.toString.call(response) === "[object Response]" && typeof body?.getReader === "function";
    return isBrowsers && !bodyUsed && !body.locked ? new Along(response, signal, limits) : undefined;
  } catch {
    return undefined; // a status that no `Response` can be made of
  }
}

/** What Rust reads with, as with a `Reader` of `body.js`: but what it does not read on, the caller does. */
class Along {
  #source;
  #stream;
  #quiet;
  #reach;
  /** The caller waits for the next piece. */
  #asked = false;
  #alone = false;
  #over = false;
  /** Holds why the body failed, once it has. */
  #failed = [];

  constructor(response, signal, limits) {
    this.#reach = new Reach(limits);
    const body = new ReadableStream({
      start: (stream) => (this.#stream = stream),
      pull: () => (this.#alone ? this.#pass() : void (this.#asked = true)),
      cancel: (reason) => {
        this.#end();
        return this.#source.cancel(reason);
      },
    }, { highWaterMark: 0 });
    const { status, statusText, headers } = response;
    /** For the caller. */
    this.response = disguised(new Response(body, { status, statusText, headers }), response, this.#failed);
    this.#source = response.body.getReader();
    this.#quiet = onAbort(signal, (reason) => {
      this.#fail(reason);
      this.#source.cancel(reason).catch(() => {}); // a `fetch` of the page's own may not look at its signal
    });
  }

  /** Has Rust hear of the next bytes, then the caller. */
  next(place, turn) {
    const tell = waits.teller(place, turn);
    this.#next().then((next) => this.#take(next, tell), (error) => tell(TOLD_REJECTED, error));
  }

  /** Rust reads no further. */
  close() {
    this.#alone = true;
    if (!this.#over && this.#asked) this.#pass();
  }

  #take({ done, value }, tell) {
    if (done) return tell(TOLD_END);
    // A piece that is no bytes is passed on, and says nothing to Rust.
    const bytes = value instanceof Uint8Array;
    if (bytes) queueMicrotask(() => this.#give(value));
    else this.#give(value);
    tell(bytes ? (this.#reach.push(value) ? TOLD_VALUE : TOLD_BYTES) : TOLD_UNREADABLE);
  }

  #give(piece) {
    this.#asked = false;
    if (!this.#over) this.#stream.enqueue(piece);
  }

  async #pass() {
    this.#asked = false;
    try {
      const { done, value } = await this.#next();
      if (!done && !this.#over) this.#stream.enqueue(value);
    } catch {
      // The caller has heard of it.
    }
  }

  async #next() {
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
    this.#failed.push(error);
    this.#stream.error(error);
  }

  #end() {
    this.#over = true;
    this.#quiet?.();
  }
}

/** Chromium has a `TypeError` of its own for what a stream of the page's failed with. */
const READERS = ["arrayBuffer", "blob", "bytes", "formData", "json", "text"];

/**
 * A `Response` that says of itself what `original` does, as do its clones: nothing else can give one a URL.
 * `failed`: holds why its body fails.
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
