// Chooses the `fetch` that a dispatcher sends with. Its own may stand in the place of the page's, behind wrappers and
// other dispatchers: what it sends comes back to it then, and must go on to the `fetch` beneath, past every lane.
//
// A request of ours, of whatever dispatcher and copy of this package, is known by one of these:
// - it comes back before our call of `fetch` has returned, for the same action: a wrapper that calls on at
//   once, with whatever arguments;
// - its `init` carries `SENT`, which a spread copies; or its signal, or the `Request` itself, is the one that was sent;
// - it is a `Request` like one under way: the same address, method, action and mode. A wrapper that waits and
//   then makes a `new Request` of what it was given leaves no more than that, nor does a service worker that
//   hands it back to the page. Next's client gives no mode.

import { invalid } from "./error.js";
import { NEXT_ACTION, actionOf, methodOf, requestOf } from "./init.js";
import { Map, Response, Set, URL, WeakMap, ofDocument } from "./platform.js";
import { onAbort } from "./signals.js";

const SENT = Symbol.for("actionlane.sent");

/** The page's `fetch` when this was imported. */
const first = globalThis.fetch;

/** So many functions that were the page's `fetch` are kept. */
const KEPT = 8;

/** So often one request is handed on: some wrappers retry theirs, but none so often. */
const TURNS = 100;

/**
 * What all copies of this package know: the request that is handed on right now, what marks one, and those under way.
 */
function shared() {
  if (!globalThis[SENT]) {
    const value = { now: undefined, marks: new WeakMap(), open: new Set() };
    Object.defineProperty(globalThis, SENT, { value, configurable: true });
  }
  return globalThis[SENT];
}

/**
 * A request of ours that is under way, which all copies of this package can read. `by`: the dispatcher that
 * sends it, with `target`. `passed`: by the dispatcher, what it was sent with, the last at the end; made
 * when it is handed on. `inside`: the calls of `fetch` with it that have not returned, the innermost first,
 * `{ by, target, outer }`. `turns`: how often it was handed on.
 */
const makeSent = (input, init, action, by, target, trial) => ({
  input, init, action, by, target, trial, passed: undefined, inside: undefined, turns: 0,
});

/** The functions that this dispatcher has sent it with. */
function triedBy({ by, target, passed }, dispatcher) {
  return (passed ? passed.get(dispatcher) : dispatcher === by && [target]) || [];
}

/** The function that this dispatcher is calling with it just now. */
function insideOf({ inside }, dispatcher) {
  let call = inside;
  while (call && call.by !== dispatcher) call = call.outer;
  return call?.target;
}

export class Beneath {
  #given;
  #own;
  /** What the page's `fetch` has been, the newest last. */
  #known = [];
  /** Those that lead back to `own`, and those that have given an answer and did not. */
  #leading = new WeakSet();
  #fine = new WeakSet();

  /**
   * `given`: the `fetch` of the dispatcher's options, which comes before the page's. `own`: the dispatcher's `fetch`.
   */
  constructor(given, own) {
    this.#given = given;
    this.#own = own;
    this.#leading.add(own);
    this.#know(first);
    this.look();
  }

  /** Takes note of the page's `fetch` as it is now: `own` may be about to take its place. */
  look() {
    this.#know(globalThis.fetch);
  }

  /**
   * Sends a request that the dispatcher makes, through whatever wrappers the page has around its `fetch`. `told`:
   * whoever gives it up says so by `forget`, and its signal need not be listened to.
   */
  send(input, init, told) {
    this.look();
    const target = this.#given ?? globalThis.fetch;
    return this.#start(target === this.#own ? this.#next() : target, input, init, undefined, told);
  }

  /** A request that was sent with this signal is given up. */
  forget(signal) {
    const { marks, open } = shared();
    open.delete(marks.get(signal));
  }

  /**
   * Sends a request that has come to `own` from the page: not through the wrappers that it may have passed before.
   * `make()` gives what to call `fetch` with; `once`: it can be asked once only.
   */
  sendOn(make, once) {
    this.look();
    if (this.#given && !this.#leading.has(this.#given)) return this.#start(this.#given, ...make());
    const current = globalThis.fetch;
    if (typeof current !== "function" || this.#leading.has(current)) return this.#start(this.#next(), ...make());
    // A call shows whether it leads back here. If it does, this request has passed it before, and goes on as it came.
    const trial = once || this.#fine.has(current) ? undefined : { by: this };
    const answer = this.#start(current, ...make(), trial);
    if (!trial?.back) return answer;
    Promise.resolve(answer).catch(() => {});
    const real = this.#start(this.#next(), ...make());
    trial.back(real);
    return real;
  }

  /** The request of ours that has come to `own`, if it is one. `init`: as `readInit` gives it. */
  find(input, init, action) {
    const { now, marks, open } = shared();
    const sent = init[SENT] ?? marks.get(init.signal) ?? marks.get(input);
    if (sent) return { sent, same: true, sure: true };
    if (now && now.action === action) {
      // A wrapper may also send something else just now.
      const sure = action !== undefined || addressOf(input) === addressOf(now.input);
      return { sent: now, same: sure || triedBy(now, this).at(-1) === globalThis.fetch, sure };
    }
    const like = requestOf(input) && [...open].find((sent) => sent.action === action && this.#mayCome(sent) && isLike(sent, input));
    return like && { sent: like, same: true, sure: false };
  }

  /** Hands a request of ours on as it is. */
  pass({ sent, same, sure }, input, init) {
    const { now, open } = shared();
    const tried = same ? triedBy(sent, this) : [];
    // The one that has not returned yet calls this. Of the others it may be any: a wrapper above, which
    // sends its request once more.
    const inside = same && now === sent ? insideOf(sent, this) : undefined;
    const back = inside ?? tried.at(-1);
    const known = back === first || this.#fine.has(back);
    let learn;
    // A request that a service worker hands back to the page comes from beneath, whatever it was sent with.
    if (inside || (sure && back && (tried.length === 1 || !known))) {
      this.#leading.add(back);
      const { trial } = sent;
      if (trial?.by === this && now === sent) return new Promise((resolve) => (trial.back = (real) => resolve(headOf(real))));
    } else if (!sure && !known && back && back === globalThis.fetch) {
      learn = back; // if it waits for this answer; the page may have built a second one like it
    }
    sent.turns += 1;
    const others = inside ? [] : tried.filter((target) => target === learn || (target !== first && !this.#fine.has(target)));
    if (sent.turns > TURNS) throw leadsBack();
    const target = this.#next([...others, globalThis.fetch]);
    if (same) {
      sent.passed ??= new Map([[sent.by, [sent.target]]]);
      sent.passed.set(this, [...tried.filter((other) => other !== target), target]);
    }
    const answer = call(target, sent, input, init, this);
    const last = () => same && triedBy(sent, this).at(-1) === target;
    Promise.resolve(answer).then(() => {
      if (learn && open.has(sent) && !this.#fine.has(learn)) this.#leading.add(learn);
      if (last()) this.#fine.add(target);
    }, () => {});
    return answer;
  }

  #start(target, input, init, trial, told) {
    if (typeof target !== "function") throw new TypeError("there is no fetch");
    const action = init?.headers?.[NEXT_ACTION] ?? actionOf(input, init ?? {});
    const sent = makeSent(input, init ?? {}, action, this, target, trial);
    const { marks, open } = shared();
    if (init) init[SENT] = sent;
    marks.set(init?.signal ?? input, sent);
    open.add(sent);
    let quiet;
    const over = () => {
      open.delete(sent);
      quiet?.();
    };
    // Some never answer, and do not look at their signal.
    if (!told) quiet = onAbort(init?.signal ?? requestOf(input)?.signal, over);
    try {
      const answer = call(target, sent, input, init, this);
      Promise.resolve(answer).then(() => {
        over();
        if (triedBy(sent, this).length === 1) this.#fine.add(target);
      }, over);
      return answer;
    } catch (error) {
      over();
      throw error;
    }
  }

  /**
   * Whether one under way may be on its way here. A second one of the page's own, as it has built it, may be its like.
   */
  #mayCome(sent) {
    const { init, action } = sent;
    const tried = triedBy(sent, this);
    const last = tried.at(-1);
    if (tried.length > 0 && last !== first && !this.#fine.has(last)) return true;
    return action !== undefined && (tried.length === 0 || init.mode === "same-origin" || hasServiceWorker());
  }

  /** The newest that does not lead back here and is none of `others`; where there is no such, the oldest. */
  #next(others = []) {
    const fit = [this.#given, ...[...this.#known].reverse()].filter((known) => known && !this.#leading.has(known));
    const found = fit.find((known) => !others.includes(known)) ?? fit.at(-1) ?? first;
    if (!found || this.#leading.has(found)) throw leadsBack();
    return found;
  }

  #know(fetch) {
    if (typeof fetch !== "function" || this.#known.at(-1) === fetch || this.#leading.has(fetch)) return;
    this.#known = [...this.#known.filter((known) => known !== fetch), fetch].slice(-KEPT);
  }
}

/** `by`: the dispatcher's `Beneath` that calls it. */
function call(target, sent, input, init, by) {
  const all = shared();
  const { now } = all;
  const outer = sent.inside;
  all.now = sent;
  sent.inside = { by, target, outer };
  try {
    return init ? target(input, init) : target(input);
  } finally {
    all.now = now;
    sent.inside = outer;
  }
}

/** Whether requests of this page pass a service worker, which may hand them back to it. */
const hasServiceWorker = () => Boolean(globalThis.navigator?.serviceWorker?.controller);

function leadsBack() {
  return invalid("fetch: each that is known leads back to this dispatcher; give it the one beneath as its option `fetch`");
}

/** What the wrappers hear of a request that was only to show where they lead: the head of its answer. */
async function headOf(answer) {
  const { status, statusText, headers } = await answer;
  return new Response(null, { status, statusText, headers });
}

function isLike({ input, init }, request) {
  const mode = init.mode ?? requestOf(input)?.mode ?? "cors";
  return request.method === methodOf(input, init) && request.mode === mode && addressOf(request) === addressOf(input);
}

function addressOf(input) {
  const url = requestOf(input)?.url ?? String(input);
  try {
    return new URL(url, ofDocument("baseURI") ?? globalThis.location?.href).href;
  } catch {
    return url;
  }
}
