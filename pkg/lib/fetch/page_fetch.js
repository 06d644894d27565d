// Chooses the `fetch` that a dispatcher sends with. The dispatcher's own `fetch` may have replaced the page's, behind
// wrappers and other dispatchers. Then its requests come back to it, and must go on to the `fetch` beneath without
// waiting for a lane. Must not change a request.
//
// A request of a dispatcher, also of another copy of this package, is recognised in one of three ways:
// - It comes back before the call of `fetch` has returned, for the same action: from a wrapper that calls on at
//   once, with any arguments.
// - Its `init` has the property `SENT`, which a spread copies; or its signal, or the `Request` itself, is the
//   one that was sent.
// - It is a `Request` like one in progress: the same address, method, action and mode. A wrapper that waits and then
//   makes a `new Request`, or a service worker that hands the request back to the page, keeps no more than that.
//   Next's client sets no mode.

import { invalid } from "../error.js";
import { NEXT_ACTION, SENT, methodOf, requestOf } from "./action_header.js";
import { actionOf, addressOf } from "./request_init.js";
import { Map, Response, Set, WeakMap } from "../page/globals.js";
import { onAbort } from "../abort_signals.js";

/** The page's `fetch` when this module ran. */
const first = globalThis.fetch;

/** Greatest number of functions remembered that were the page's `fetch`. */
const MAX_KNOWN = 8;

/** Greatest number of times that a request is handed on. Some wrappers retry their request, but none so often. */
const MAX_TURNS = 100;

/**
 * Returns the state shared by all copies of this package: the request that is being handed on now, the requests by
 * their marks, the open ones, and the number of requests that a dispatcher has taken over from the page.
 */
function shared() {
  if (!globalThis[SENT]) {
    const value = { now: undefined, marks: new WeakMap(), open: new Set(), taken: 0 };
    Object.defineProperty(globalThis, SENT, { value, configurable: true });
  }
  return globalThis[SENT];
}

/**
 * Makes the state of a request in progress, which all copies of this package can read. `by`: the dispatcher that sends
 * it, with `target`. `passed`: the functions it was sent with, by dispatcher, the last at the end; made when it is
 * handed on. `inside`: the calls of `fetch` with it that have not returned, the innermost first,
 * `{ by, target, outer }`. `turns`: the number of times it was handed on.
 */
const makeSent = (input, init, action, by, target, trial) => ({
  input, init, action, by, target, trial, passed: undefined, inside: undefined, turns: 0,
});

/** Returns the functions with which this dispatcher has sent the request. */
function triedBy({ by, target, passed }, dispatcher) {
  return (passed ? passed.get(dispatcher) : dispatcher === by && [target]) || [];
}

/** Returns the function that this dispatcher is calling with the request now. */
function insideOf({ inside }, dispatcher) {
  let call = inside;
  while (call && call.by !== dispatcher) call = call.outer;
  return call?.target;
}

export class Fetcher {
  #given;
  #own;
  /** The functions that have been the page's `fetch`, the newest last. */
  #pageFetches = [];
  /** `#leadingBack`: the functions that lead back to `own`. `#provenDirect`: those that have answered without that. */
  #leadingBack = new WeakSet();
  #provenDirect = new WeakSet();

  /**
   * `given`: the option `fetch` of the dispatcher, which is used before the page's. `own`: the dispatcher's `fetch`.
   */
  constructor(given, own) {
    this.#given = given;
    this.#own = own;
    this.#leadingBack.add(own);
    this.#remember(first);
    this.note();
  }

  /** Notes the page's current `fetch`, because `own` may be about to replace it. */
  note() {
    this.#remember(globalThis.fetch);
  }

  /**
   * Sends a request of the dispatcher, through all wrappers of the page's `fetch`. `callsForget`: the sender calls
   * `forget` when it aborts, so the signal needs no listener.
   */
  send(input, init, callsForget) {
    this.note();
    const target = this.#given ?? globalThis.fetch;
    return this.#start(target === this.#own ? this.#choose() : target, input, init, undefined, callsForget);
  }

  /** Forgets a request that was sent with this signal and is aborted. */
  forget(signal) {
    const { marks, open } = shared();
    open.delete(marks.get(signal));
  }

  /**
   * Sends a request that came to `own` from the page. It must not pass the wrappers that it may have passed already.
   * `make()` returns the arguments of `fetch`; with `once`, it can be called only once.
   */
  sendOn(make, once) {
    this.note();
    if (this.#given && !this.#leadingBack.has(this.#given)) return this.#start(this.#given, ...make());
    const current = globalThis.fetch;
    if (typeof current !== "function" || this.#leadingBack.has(current)) return this.#start(this.#choose(), ...make());
    // Only a call shows if the function leads back here. If it does, the request has passed it before and
    // continues beneath.
    const trial = once || this.#provenDirect.has(current) ? undefined : { by: this };
    const answer = this.#start(current, ...make(), trial);
    if (!trial?.back) return answer;
    Promise.resolve(answer).catch(() => {});
    const real = this.#start(this.#choose(), ...make());
    trial.back(real);
    return real;
  }

  /**
   * Finds the request of a dispatcher that has come to `own`; undefined if it is another request. Returns
   * `{ sent, same, sure }`. `same`: it is `sent` itself, not another request that a wrapper sends meanwhile. `sure`: it
   * cannot be another one. `init`: the result of `readInit`.
   */
  find(input, init, action) {
    const { now, marks, open } = shared();
    const sent = init[SENT] ?? marks.get(init.signal) ?? marks.get(input);
    if (sent) return { sent, same: true, sure: true };
    if (now && now.action === action) {
      // A wrapper may also send another request meanwhile.
      const sure = action !== undefined || addressOf(input) === addressOf(now.input);
      return { sent: now, same: sure || triedBy(now, this).at(-1) === globalThis.fetch, sure };
    }
    const like = requestOf(input) && [...open].find((sent) => sent.action === action && this.#mayCome(sent) && isLike(sent, input));
    if (like) return { sent: like, same: true, sure: false };
    shared().taken += 1; // tells a wrapper of `fetch` further out that its request waits here: see `pkg/observe/`
    return undefined;
  }

  /** Hands a request of a dispatcher on, unchanged. */
  pass({ sent, same, sure }, input, init) {
    const { now, open } = shared();
    const tried = same ? triedBy(sent, this) : [];
    // A call that has not returned yet is the one that led here. Without such a call, the last function tried is
    // assumed: any of them may have led here, because a wrapper may send its request once more.
    const inside = same && now === sent ? insideOf(sent, this) : undefined;
    const back = inside ?? tried.at(-1);
    const known = back === first || this.#provenDirect.has(back);
    let learn;
    // A request that a service worker hands back comes from beneath; that says nothing about the function it
    // was sent with.
    if (inside || (sure && back && (tried.length === 1 || !known))) {
      this.#leadingBack.add(back);
      const { trial } = sent;
      if (trial?.by === this && now === sent) return new Promise((resolve) => (trial.back = (real) => resolve(headOf(real))));
    } else if (!sure && !known && back && back === globalThis.fetch) {
      learn = back; // leads back only if its call waits for this answer: the page may have built a second request like it
    }
    sent.turns += 1;
    const others = inside ? [] : tried.filter((target) => target === learn || (target !== first && !this.#provenDirect.has(target)));
    if (sent.turns > MAX_TURNS) throw leadsBackError();
    const target = this.#choose([...others, globalThis.fetch]);
    if (same) {
      sent.passed ??= new Map([[sent.by, [sent.target]]]);
      sent.passed.set(this, [...tried.filter((other) => other !== target), target]);
    }
    const answer = call(target, sent, input, init, this);
    const last = () => same && triedBy(sent, this).at(-1) === target;
    Promise.resolve(answer).then(() => {
      if (learn && open.has(sent) && !this.#provenDirect.has(learn)) this.#leadingBack.add(learn);
      if (last()) this.#provenDirect.add(target);
    }, () => {});
    return answer;
  }

  #start(target, input, init, trial, callsForget) {
    if (typeof target !== "function") throw new TypeError("there is no fetch");
    const action = init?.headers?.[NEXT_ACTION] ?? actionOf(input, init ?? {});
    const sent = makeSent(input, init ?? {}, action, this, target, trial);
    const { marks, open } = shared();
    if (init) init[SENT] = sent;
    marks.set(init?.signal ?? input, sent);
    open.add(sent);
    let unlisten;
    const over = () => {
      open.delete(sent);
      unlisten?.();
    };
    // Some functions never answer and ignore their signal.
    if (!callsForget) unlisten = onAbort(init?.signal ?? requestOf(input)?.signal, over);
    try {
      const answer = call(target, sent, input, init, this);
      Promise.resolve(answer).then(() => {
        over();
        if (triedBy(sent, this).length === 1) this.#provenDirect.add(target);
      }, over);
      return answer;
    } catch (error) {
      over();
      throw error;
    }
  }

  /** True if a request in progress may come here. The page may have built a second request like it. */
  #mayCome(sent) {
    const { init, action } = sent;
    const tried = triedBy(sent, this);
    const last = tried.at(-1);
    if (tried.length > 0 && last !== first && !this.#provenDirect.has(last)) return true;
    return action !== undefined && (tried.length === 0 || init.mode === "same-origin" || hasServiceWorker());
  }

  /**
   * Returns the function to send with: the option `fetch`, else the newest, that does not lead back here and is none of
   * `others`; if there is none, the oldest that does not lead back.
   */
  #choose(others = []) {
    const fit = [this.#given, ...[...this.#pageFetches].reverse()].filter((known) => known && !this.#leadingBack.has(known));
    const found = fit.find((known) => !others.includes(known)) ?? fit.at(-1) ?? first;
    if (!found || this.#leadingBack.has(found)) throw leadsBackError();
    return found;
  }

  #remember(fetch) {
    if (typeof fetch !== "function" || this.#pageFetches.at(-1) === fetch || this.#leadingBack.has(fetch)) return;
    this.#pageFetches = [...this.#pageFetches.filter((known) => known !== fetch), fetch].slice(-MAX_KNOWN);
  }
}

/** Calls `target` with a request, and notes that while it runs. `by`: the `Fetcher` that calls it. */
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

/** True if the page's requests pass a service worker, which may hand them back to the page. */
const hasServiceWorker = () => Boolean(globalThis.navigator?.serviceWorker?.controller);

function leadsBackError() {
  return invalid("fetch: every known one leads back to this dispatcher; pass the one beneath as option `fetch`");
}

/** Promises a response with the head alone: for wrappers whose request was sent only to see if they lead back. */
async function headOf(answer) {
  const { status, statusText, headers } = await answer;
  return new Response(null, { status, statusText, headers });
}

function isLike({ input, init }, request) {
  const mode = init.mode ?? requestOf(input)?.mode ?? "cors";
  return request.method === methodOf(input, init) && request.mode === mode && addressOf(request) === addressOf(input);
}
