// Reads the body of an answer for the engine: plain values here, all others with the codec, which is loaded for them.
// Reports each step to the engine: see `src/web/net/body.rs`. Must not decide if a call has succeeded.

import { NOT_PLAIN, PlainAnswer, THROWN, VALUE } from "./answer/plain.js";
import { readerOf } from "./answer/body.js";
import { flightNow } from "./codec/load.js";
import {
  MAX_ANSWER_BYTES,
  OUTCOME_BROKEN,
  OUTCOME_BYTES,
  OUTCOME_END,
  OUTCOME_REJECTED,
  OUTCOME_THROWN,
  OUTCOME_UNREADABLE,
  OUTCOME_VALUE,
  OUTCOME_VALUE_AND_PAGE,
  OUTCOME_WAITS,
} from "./boundary/codes.js";
import { TextDecoder, clearTimeout, setTimeout } from "./page/globals.js";
import { waits } from "./boundary/wait.js";

/** Reads a body piece by piece. A subclass defines what to do with a piece (`came`). */
class BodyReader {
  #source;
  #tape;
  /** Reports the next step to the engine, while it waits for one. */
  tell;
  over = false;

  /** `tape` receives every piece, if it is given. Throws `undefined` if the body cannot be read. */
  constructor(response, tape) {
    this.#source = readerOf(response);
    this.#tape = tape;
    if (!this.#source) throw undefined;
  }

  next(place, turn) {
    this.tell = waits.teller(place, turn);
    if (this.over) return this.tell(OUTCOME_END);
    this.#source.read().then((bytes) => this.#receive(bytes), (error) => this.over || this.broke(error));
  }

  #receive(bytes) {
    if (this.over) return;
    if (bytes === undefined) return this.ended();
    if (bytes === null) return this.unreadable();
    this.#tape?.push(bytes);
    this.came(bytes);
  }

  ended() {
    this.over = true;
    this.tell(OUTCOME_END);
  }

  broke(cause) {
    this.over = true;
    this.tell(OUTCOME_REJECTED, cause);
  }

  unreadable() {
    this.tell(OUTCOME_UNREADABLE);
  }

  /** Stops reading. */
  close() {
    if (this.over) return;
    this.over = true;
    cancel(this.#source);
  }
}

/**
 * Reads the page that an answer redirects to, up to `most` bytes. Its pieces go to the tape, for a page that
 * requests the outcome's `payload`.
 */
export class PageReader extends BodyReader {
  #left;

  constructor(response, tape, most) {
    super(response, tape);
    this.#left = most;
  }

  came(bytes) {
    this.#left -= bytes.length;
    if (this.#left >= 0) return this.tell(OUTCOME_BYTES);
    this.close();
    this.tell(OUTCOME_END);
  }
}

/** Reads the answer to an action. */
export class AnswerReader extends BodyReader {
  #options;
  /** Reads a plain value; undefined once the value is found, or is not plain. */
  #plain;
  /** The codec's decoding, once the codec reads. */
  #decoding;
  /** The last report of the codec that the engine has not received: kind and value. */
  #lastReport;
  /** The next report to the engine, if it no longer depends on the body. */
  #nextReport;
  /** The number of bytes that may still come. */
  #left;
  /**
   * `#isLoading`: true while the codec is loading. `#resume`: the work that waits for the codec; it runs once the
   * engine requests the next step after that.
   */
  #isLoading = false;
  #resume;

  /**
   * `options`: the `limits` of the answer; `load()` promises the codec; `call(id, args, caller)`, `own(error)` and
   * `find(path)`: see `makeDecoding` of `flight.js`.
   */
  constructor(response, tape, options) {
    super(response, tape);
    this.#options = options;
    this.#plain = new PlainAnswer("action", options.limits);
    this.#left = options.limits?.maxBytes ?? MAX_ANSWER_BYTES;
  }

  next(place, turn) {
    if (this.#isLoading) {
      this.tell = waits.teller(place, turn);
      this.#resume?.();
      return;
    }
    if (!this.#nextReport && !this.#decoding?.isAbandoned()) return super.next(place, turn);
    const [kind, value] = this.#nextReport ?? [OUTCOME_END];
    if (kind === OUTCOME_END) this.close(false);
    waits.teller(place, turn)(kind, value);
  }

  came(bytes) {
    this.#left -= bytes.length;
    if (this.#decoding) return this.#decode([bytes]);
    const plain = this.#plain;
    if (!plain) return this.#left < 0 ? this.#fail(TOO_LONG) : this.tell(OUTCOME_BYTES);
    // A copy, because the source may reuse the memory.
    const state = plain.push(bytes.slice());
    if (state === NOT_PLAIN) return this.#handToCodec((decode) => decode());
    if (state === VALUE || state === THROWN) this.#plain = undefined;
    if (state === VALUE) this.tell(plain.rendered ? OUTCOME_VALUE_AND_PAGE : OUTCOME_VALUE, plain.value);
    else if (state === THROWN) this.tell(OUTCOME_THROWN, { digest: plain.digest, rendered: plain.rendered });
    else this.tell(OUTCOME_BYTES);
  }

  ended() {
    if (this.#plain) return this.#handToCodec((decode) => decode(true) && this.ended(), TOO_SHORT); // the codec says what is missing
    if (this.#decoding) {
      this.#collectReport(() => this.#decoding.end());
      const [kind, value] = this.#lastReport ?? [];
      // Cut off at the end of a row: another attempt may bring the rest.
      if (kind === OUTCOME_BROKEN) return this.#fail({ code: value.code, message: value.message, cause: value.cause, passing: true });
      if (kind !== undefined) {
        this.#nextReport = [OUTCOME_END];
        return this.tell(kind, value);
      }
    }
    super.ended();
  }

  broke(cause) {
    this.#decoding?.fail("the answer broke off", cause);
    super.broke(cause);
  }

  unreadable() {
    this.#decoding?.leave("INVALID_OPTION");
    super.unreadable();
  }

  close(stalled) {
    this.leave(stalled ? "TIMEOUT" : "ABORTED");
  }

  /** Stops reading. Unfinished parts of the value fail with the code's message. */
  leave(code) {
    if (this.over) return;
    this.#decoding?.leave(code);
    super.close();
  }

  /** Loads the codec and gives it all pieces so far. `instead`: the error to report if the codec cannot be loaded. */
  #handToCodec(then, instead) {
    const { pieces } = this.#plain;
    this.#plain = undefined;
    const open = (flight) => {
      if (this.over) return;
      this.#decoding = flight.makeDecoding({
        action: true,
        ...this.#options,
        told: (kind, value) => (this.#lastReport = [kind, value]),
        cancelled: () => this.#stopIfAbandoned(),
        lost: (error) => this.#codecFailed(error),
      });
      then((silent) => this.#decode(pieces, silent));
    };
    const tryOpen = (flight) => {
      try {
        open(flight);
      } catch (error) {
        this.#fail(error);
      }
    };
    const flight = flightNow();
    if (flight) return tryOpen(flight);
    // The server has run the action and only the answer can be lost, so a failed load is tried once more. The timeouts
    // of the attempt do not run meanwhile (`OUTCOME_WAITS`).
    const { tell } = this;
    this.tell = undefined;
    this.#isLoading = true;
    const whenNextIsAsked = (run) => {
      if (this.over) return;
      this.#resume = () => {
        this.#isLoading = false;
        run();
      };
      if (this.tell) this.#resume();
    };
    const { load } = this.#options;
    const retry = (error) => load().catch(() => Promise.reject(error));
    load().catch(retry).then((flight) => whenNextIsAsked(() => tryOpen(flight)), (error) => whenNextIsAsked(() => this.#fail(instead ?? error)));
    tell(OUTCOME_WAITS);
  }

  /**
   * Gives pieces to the codec and reports what it found. With `silent`, returns true instead of reporting that
   * only bytes came.
   */
  #decode(pieces, silent) {
    let error;
    this.#collectReport(() => {
      for (const bytes of pieces) error ??= this.#decoding.push(bytes);
    });
    const [kind, value] = this.#lastReport ?? [];
    const failure = error ?? (kind === OUTCOME_BROKEN ? value : undefined);
    if (failure && (kind === undefined || kind === OUTCOME_BROKEN)) return this.#fail(failure);
    if (failure) this.#nextReport = [OUTCOME_BROKEN, failure];
    if (kind === undefined && silent) return true;
    this.tell(kind ?? OUTCOME_BYTES, value);
    return false;
  }

  #collectReport(act) {
    this.#lastReport = undefined;
    try {
      act();
    } catch (error) {
      this.#lastReport = [OUTCOME_BROKEN, error];
    }
  }

  #fail(error) {
    this.#nextReport = [OUTCOME_BROKEN, error];
    this.tell(OUTCOME_BROKEN, error);
  }

  /** Stops reading when a stream of the value was cancelled and nothing else is waited for. */
  #stopIfAbandoned() {
    if (this.over || !this.#decoding.isAbandoned()) return;
    const { tell } = this;
    this.close(false);
    tell?.(OUTCOME_END);
  }

  /** Reports that the instance of the codec has failed, perhaps on another caller's data. */
  #codecFailed(error) {
    if (!this.over) this.#fail(error);
  }
}

/** For an answer that exceeds `maxBytes` after its value. */
const TOO_LONG = { code: "DECODE", message: "the answer is longer than maxBytes" };
/** Another attempt may bring the rest. */
const TOO_SHORT = { code: "DECODE", message: "the answer ended before its value", passing: true };

/** The types whose body is text that people can read. */
const TEXTUAL = ["text/", "application/json", "application/problem+json", "application/xml"];
/**
 * `EXCERPT_MS`: longest wait, in ms, for the beginning of a body; the lane is held meanwhile. `EXCERPT_LENGTH`: the
 * characters that are kept of it.
 */
const EXCERPT_MS = 200;
const EXCERPT_LENGTH = 200;
/** The bytes that are decoded: more than `EXCERPT_LENGTH` characters and the white space before them take. */
const EXCERPT_BYTES = 4096;

/** Promises the beginning of a text body; undefined if it is no text or does not come within 200 ms. */
export async function excerpt(response, type = "text/plain") {
  const media = type.toLowerCase();
  const reader = TEXTUAL.some((textual) => media.startsWith(textual)) && readerOf(response);
  if (!reader) return undefined;
  let timer;
  try {
    const bytes = await Promise.race([reader.read(), new Promise((resolve) => (timer = setTimeout(resolve, EXCERPT_MS)))]);
    return bytes ? [...new TextDecoder().decode(bytes.subarray(0, EXCERPT_BYTES)).trim()].slice(0, EXCERPT_LENGTH).join("") : undefined;
  } finally {
    clearTimeout(timer);
    cancel(reader);
  }
}

function cancel(reader) {
  try {
    Promise.resolve(reader.cancel()).catch(() => {});
  } catch {
    // A body that cannot be cancelled.
  }
}
