// Reads the body of an answer for the dispatcher: plain values here, all others with the codec, which is loaded for
// them. The dispatcher hears of each step: see `src/web/net/body.rs`.

import { PlainAnswer, RICH, THROWN, VALUE } from "./answer.js";
import { readerOf } from "./body.js";
import { flightNow } from "./later.js";
import {
  MAX_ANSWER_BYTES,
  TOLD_BROKEN,
  TOLD_BYTES,
  TOLD_END,
  TOLD_REJECTED,
  TOLD_THROWN,
  TOLD_UNREADABLE,
  TOLD_VALUE,
  TOLD_VALUE_AND_PAGE,
  TOLD_WAITS,
} from "./numbers.js";
import { TextDecoder, clearTimeout, setTimeout } from "./platform.js";
import { waits } from "./wait.js";

/** A body that is read piece by piece: what came of each piece is for who makes it. */
class Pieces {
  #source;
  #tape;
  /** Tells of what comes next, while that is waited for. */
  tell;
  over = false;

  /** `tape` takes every piece, too, if there is one. Throws undefined where the body cannot be read. */
  constructor(response, tape) {
    this.#source = readerOf(response);
    this.#tape = tape;
    if (!this.#source) throw undefined;
  }

  next(place, turn) {
    this.tell = waits.teller(place, turn);
    if (this.over) return this.tell(TOLD_END);
    this.#source.read().then((bytes) => this.#take(bytes), (error) => this.over || this.broke(error));
  }

  #take(bytes) {
    if (this.over) return;
    if (bytes === undefined) return this.ended();
    if (bytes === null) return this.unreadable();
    this.#tape?.push(bytes);
    this.came(bytes);
  }

  ended() {
    this.over = true;
    this.tell(TOLD_END);
  }

  broke(cause) {
    this.over = true;
    this.tell(TOLD_REJECTED, cause);
  }

  unreadable() {
    this.tell(TOLD_UNREADABLE);
  }

  /** Gives up reading. */
  close() {
    if (this.over) return;
    this.over = true;
    cancel(this.#source);
  }
}

/** The page that an answer redirects to: kept for whoever wants to see it, up to so many bytes. */
export class KeptPage extends Pieces {
  #left;

  constructor(response, tape, most) {
    super(response, tape);
    this.#left = most;
  }

  came(bytes) {
    this.#left -= bytes.length;
    if (this.#left >= 0) return this.tell(TOLD_BYTES);
    this.close();
    this.tell(TOLD_END);
  }
}

/** The answer to an action. */
export class Reading extends Pieces {
  #how;
  /** Reads a plain value; undefined once that is out, or is none. */
  #plain;
  /** The codec's, once that reads. */
  #decoding;
  /** Keeps what the codec has told, and is not told on yet: the kind and the value. */
  #heard;
  /** Keeps what is to be told next, whatever comes. */
  #then;
  /** So many bytes may still come. */
  #left;
  /** The codec is loaded; and what is done once somebody asks after that. */
  #loads = false;
  #ready;

  /**
   * `how`: `limits` of the answer; `load()` promises the codec; `call(id, args, caller)`, `own(error)` and
   * `find(path)`: see `makeDecoding` of `flight.js`.
   */
  constructor(response, tape, how) {
    super(response, tape);
    this.#how = how;
    this.#plain = new PlainAnswer("action", how.limits);
    this.#left = how.limits?.maxBytes ?? MAX_ANSWER_BYTES;
  }

  next(place, turn) {
    if (this.#loads) {
      this.tell = waits.teller(place, turn);
      this.#ready?.();
      return;
    }
    if (!this.#then && !this.#decoding?.isAbandoned()) return super.next(place, turn);
    const [kind, value] = this.#then ?? [TOLD_END];
    if (kind === TOLD_END) this.close(false);
    waits.teller(place, turn)(kind, value);
  }

  came(bytes) {
    this.#left -= bytes.length;
    if (this.#decoding) return this.#decode([bytes]);
    const plain = this.#plain;
    if (!plain) return this.#left < 0 ? this.#fail(TOO_LONG) : this.tell(TOLD_BYTES);
    // Of its own: whoever gave them may use their memory again.
    const state = plain.push(bytes.slice());
    if (state === RICH) return this.#handOver((decode) => decode());
    if (state === VALUE || state === THROWN) this.#plain = undefined;
    if (state === VALUE) this.tell(plain.rendered ? TOLD_VALUE_AND_PAGE : TOLD_VALUE, plain.value);
    else if (state === THROWN) this.tell(TOLD_THROWN, { digest: plain.digest, rendered: plain.rendered });
    else this.tell(TOLD_BYTES);
  }

  ended() {
    if (this.#plain) return this.#handOver((decode) => decode(true) && this.ended(), TOO_SHORT); // the codec says what is missing
    if (this.#decoding) {
      this.#hear(() => this.#decoding.end());
      const [kind, value] = this.#heard ?? [];
      // Cut off at a row's end: another attempt may bring more.
      if (kind === TOLD_BROKEN) return this.#fail({ code: value.code, message: value.message, cause: value.cause, passing: true });
      if (kind !== undefined) {
        this.#then = [TOLD_END];
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

  /** Gives up reading, for a reason that has this code. */
  leave(code) {
    if (this.over) return;
    this.#decoding?.leave(code);
    super.close();
  }

  /**
   * Gives the codec all that came so far, once it is there. `instead`: what is wrong with the answer, where
   * it cannot be had.
   */
  #handOver(then, instead) {
    const { pieces } = this.#plain;
    this.#plain = undefined;
    const open = (flight) => {
      if (this.over) return;
      this.#decoding = flight.makeDecoding({
        action: true,
        ...this.#how,
        told: (kind, value) => (this.#heard = [kind, value]),
        cancelled: () => this.#look(),
        lost: (error) => this.#lost(error),
      });
      then((silent) => this.#decode(pieces, silent));
    };
    const tried = (flight) => {
      try {
        open(flight);
      } catch (error) {
        this.#fail(error);
      }
    };
    const flight = flightNow();
    if (flight) return tried(flight);
    // The server has done it: all that can be lost is its answer. No time of the attempt runs meanwhile.
    const { tell } = this;
    this.tell = undefined;
    this.#loads = true;
    const go = (run) => {
      if (this.over) return;
      this.#ready = () => {
        this.#loads = false;
        run();
      };
      if (this.tell) this.#ready();
    };
    const { load } = this.#how;
    const again = (error) => load().catch(() => Promise.reject(error));
    load().catch(again).then((flight) => go(() => tried(flight)), (error) => go(() => this.#fail(instead ?? error)));
    tell(TOLD_WAITS);
  }

  /** True where nothing was to be told but that bytes came. `silent`: that is not told. */
  #decode(pieces, silent) {
    let error;
    this.#hear(() => {
      for (const bytes of pieces) error ??= this.#decoding.push(bytes);
    });
    const [kind, value] = this.#heard ?? [];
    const failure = error ?? (kind === TOLD_BROKEN ? value : undefined);
    if (failure && (kind === undefined || kind === TOLD_BROKEN)) return this.#fail(failure);
    if (failure) this.#then = [TOLD_BROKEN, failure];
    if (kind === undefined && silent) return true;
    this.tell(kind ?? TOLD_BYTES, value);
    return false;
  }

  #hear(act) {
    this.#heard = undefined;
    try {
      act();
    } catch (error) {
      this.#heard = [TOLD_BROKEN, error];
    }
  }

  #fail(error) {
    this.#then = [TOLD_BROKEN, error];
    this.tell(TOLD_BROKEN, error);
  }

  /** A stream of the value was cancelled: maybe nothing is waited for any more. */
  #look() {
    if (this.over || !this.#decoding.isAbandoned()) return;
    const { tell } = this;
    this.close(false);
    tell?.(TOLD_END);
  }

  /** The codec has failed inside, maybe with what another has given it. */
  #lost(error) {
    if (!this.over) this.#fail(error);
  }
}

/** The answer goes on after its value. */
const TOO_LONG = { code: "DECODE", message: "the answer is longer than maxBytes" };
/** Another attempt may bring more. */
const TOO_SHORT = { code: "DECODE", message: "the answer ended before its value", passing: true };

/** Of these types a body is text that people can read. */
const TEXTUAL = ["text/", "application/json", "application/problem+json", "application/xml"];
/** For how long the beginning of a body is waited for: the lane is held meanwhile. */
const SOON = 200;
const LONGEST = 200;
/** More bytes than so many characters take, and space before them. */
const ENOUGH = 4096;

/** The beginning of a body of text, if it comes soon; undefined else. */
export async function excerpt(response, type = "text/plain") {
  const media = type.toLowerCase();
  const reader = TEXTUAL.some((textual) => media.startsWith(textual)) && readerOf(response);
  if (!reader) return undefined;
  let timer;
  try {
    const bytes = await Promise.race([reader.read(), new Promise((resolve) => (timer = setTimeout(resolve, SOON)))]);
    return bytes ? [...new TextDecoder().decode(bytes.subarray(0, ENOUGH)).trim()].slice(0, LONGEST).join("") : undefined;
  } finally {
    clearTimeout(timer);
    cancel(reader);
  }
}

function cancel(reader) {
  try {
    Promise.resolve(reader.cancel()).catch(() => {});
  } catch {
    // There is nothing that could be.
  }
}
