// Records, in order, all that a page can observe of a dispatcher. Its `fetch` waits until a test gives the answer.
import assert from "node:assert/strict";
import { loadAlong } from "../lib/fetch.js";
import { createDispatcher } from "../node.js";
import { ID } from "./server.js";
import { trapInPromise } from "./traps.js";

// Loads two parts at once: the order of the first `fetch` of an action and of the first unknown action would depend
// on their arrival.
await Promise.all([loadAlong(), import("../lib/skew/lookup.js")]);

export const APP = "http://app.example/";
export const FLIGHT = { "content-type": "text/x-component" };
/** An answer whose value is "v". `OPEN`: one whose value holds a promise, which `LATE` settles. */
export const VALUE = '0:{"a":"$@1"}\n1:"v"\n';
export const OPEN = '0:{"a":"$@1"}\n1:{"late":"$@2"}\n';
export const LATE = '2:"late"\n';
export const THREW = '0:{"a":"$@1"}\n1:E{"digest":"7"}\n';

/** Resolves once everything has happened that waits for no timer and no network. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));

export class Log {
  lines = [];
  /** The last request of each call, by the call's name. */
  sent = {};
  #dispatchers = [];
  #acts = new Map();

  say = (line) => {
    this.lines.push(line);
    const act = this.#acts.get(line);
    this.#acts.delete(line);
    return act?.();
  };

  /**
   * Runs `act` once, when this line is logged, inside of the callback that logs it. `beforeRequest` returns its
   * result.
   */
  when(line, act) {
    this.#acts.set(line, act);
  }

  /** Waits for what is under way, logs `what`, does it, and waits for its consequences. */
  async step(what, act) {
    await turn();
    this.say(`> ${what}`);
    act();
    await turn();
  }

  dispatcher(options) {
    const { say } = this;
    const d = createDispatcher({
      fetch: (url, init) => this.#fetch(url, init),
      host: {
        redirect: (url, type) => void say(`redirect ${url.replace(APP, "/")} ${type}`),
        refresh: (kind) => void say(`refresh ${kind}`),
      },
      hooks: {
        beforeRequest: ({ name, attempt }) => say(`before ${name}${again(attempt)}`),
        afterResponse: ({ name, status }) => void say(`after ${name} ${status}`),
        onError: ({ code }, { name }) => void say(`onError ${name} ${code}`),
      },
      ...options,
    });
    this.#dispatchers.push(d);
    d.subscribe(({ id, name = `#${id}`, state, attempt, retryAt, code }) => {
      say(`${name}: ${state}${again(attempt)}${retryAt === undefined ? "" : " to retry"}${code ? ` ${code}` : ""}`);
    });
    return d;
  }

  call(d, name, options, args = [name]) {
    const call = d.call({ id: ID, name }, args, { url: APP + name, ...options });
    this.follow(d, name, call);
    call.outcome.then(() => this.say(`${name} outcome`), () => this.say(`${name} no outcome`));
    this.say(`made ${name}`);
    return call;
  }

  /** Logs the settling of a promise of the dispatcher's, with the states at that time. */
  follow(d, name, promise) {
    const seen = () => `(${promise.state ? `${promise.state}, ` : ""}${d.pending} pending)`;
    promise.then(
      (value) => {
        this.say(`${name} then ${value instanceof Response ? value.status : JSON.stringify(value)} ${seen()}`);
        value?.late?.then((late) => this.say(`${name} late ${late}`), (error) => this.say(`${name} late catch ${describeError(error)}`));
      },
      (error) => this.say(`${name} catch ${describeError(error)} ${seen()}`),
    );
  }

  /** Returns a promise that resolves after `idle` has been logged. */
  idle(d, which = "") {
    return d.idle().then(() => this.say(`idle${which} (${d.pending} pending)`));
  }

  /** Makes a caller's signal that logs its listeners. */
  signal() {
    const controller = new AbortController();
    const { signal } = controller;
    for (const [name, said] of [["addEventListener", "listens"], ["removeEventListener", "listens no more"]]) {
      const own = signal[name];
      signal[name] = (...args) => (this.say(said), own.apply(signal, args));
    }
    return controller;
  }

  #fetch(url, { signal }) {
    const name = decodeURIComponent(new URL(url).pathname.slice(1));
    const request = new Sent(name, this.say);
    signal.addEventListener("abort", () => {
      const { reason } = signal;
      this.say(`signal ${name} ${reason instanceof DOMException ? reason.name : reason?.code ?? reason}`);
    });
    this.sent[name] = request;
    this.say(`fetch ${name}`);
    return request.answer;
  }

  /** Compares the whole log, and closes the dispatchers. */
  is(expected) {
    const lines = this.lines.slice();
    for (const d of this.#dispatchers) d.close();
    assert.deepEqual(lines, expected);
  }
}

/** A request that waits for its answer: a head, then chunks of the body, each given by the test. */
class Sent {
  #give;

  constructor(name, say) {
    Object.assign(this, { name, say });
    this.answer = new Promise((resolve, reject) => {
      this.#give = resolve;
      this.fail = reject;
    });
  }

  /** Answers with anything but a `Response` of the browser's. */
  give(answer) {
    this.#give(answer);
  }

  head(headers, status = 200) {
    let pulls = 0;
    const body = new ReadableStream({
      start: (stream) => (this.stream = stream),
      pull: () => void this.say(`pull ${this.name} ${++pulls}`),
      cancel: () => void this.say(`cancel ${this.name}`),
    }, { highWaterMark: 0 });
    this.#give(new Response(body, { status, headers: { ...FLIGHT, ...headers } }));
  }

  chunk(text) {
    this.stream.enqueue(new TextEncoder().encode(text));
  }

  end(text) {
    if (text) this.chunk(text);
    this.stream.close();
  }

  cut() {
    this.stream.error(new Error("cut"));
  }

  /** Answers completely, at once. */
  whole(text = VALUE, headers, status) {
    this.head(headers, status);
    this.end(text);
  }

  /** Sends bytes on which the wasm traps. */
  trap() {
    trapInPromise();
    this.stream.enqueue(new TextEncoder().encode(VALUE));
  }
}

function describeError(error) {
  if (typeof error !== "object") return String(error); // a signal's reason
  const { code, name, message, sent, outcome, attempt, cause, retryAfter } = error;
  const why = typeof cause === "string" ? cause : cause?.message;
  const parts = [code ?? (name === "Error" ? message : name), sent && `sent ${sent}`, outcome?.status && `of ${outcome.status}`];
  parts.push(attempt > 1 && `attempt ${attempt}`, retryAfter !== undefined && `retry after ${retryAfter}`, why && `for ${why}`);
  return parts.filter(Boolean).join(" ");
}

const again = (attempt) => (attempt > 1 ? ` ${attempt}` : "");
