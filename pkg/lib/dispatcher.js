import { ActionCall } from "./call.js";
import { ActionError, aborted, closed, invalid } from "./error.js";
import { Events } from "./events.js";
import { actionOf, asFetchWould, signalOf } from "./fetch.js";
import { crashed, makeEngine } from "./loading.js";
import { Open, describe } from "./open.js";
import { callOptions, destination, dispatcherOptions, laneName, reference } from "./options.js";
import { route } from "./route.js";
import { anyOf, onAbort } from "./signals.js";

/**
 * One client: the page's side of the engine. It makes promises, keeps what is called before the wasm is there, and hands everything
 * else to Rust, which decides. Its methods can be taken off it (`const { call } = createDispatcher()`).
 */
export class Dispatcher {
  #options;
  #loadWasm;
  #engine; // there once the wasm is
  #kept = []; // what was called before that: { entry?, run(engine) }, in order
  #attempt; // the load under way
  #events = new Events((any) => this.#withEngine((engine) => engine.listen(any)));
  #open = new Open(this.#events);

  /** `loadWasm()` resolves when the wasm is there. */
  constructor(loadWasm, options) {
    this.#options = dispatcherOptions(options);
    this.#loadWasm = loadWasm;
    if (typeof document !== "undefined" || typeof WorkerGlobalScope !== "undefined") this.#load();
  }

  call = (ref, args, options) => {
    const entry = this.#open.add({ lane: "main", state: "loading", queuedAt: performance.now() });
    const { call, settle } = ActionCall.start({
      id: entry.id,
      state: () => this.#stateOf(entry),
      abort: (reason) => this.#abort(entry, reason),
    });
    entry.settle = settle;
    this.#enter(entry, (spec, copied) => {
      spec.url = this.#destination(copied.url ?? entry.url);
      const list = args === undefined ? [] : args;
      if (!Array.isArray(list)) throw invalid("args: expected an array");
      const headers = this.#headers(copied.headers);
      return (engine) => engine.call(spec, list, headers);
    }, ref, options);
    return call;
  };

  bind = (ref, options) => (...args) => this.call(ref, args, options);

  route = (input, init, options) => route(this.#open, this.#send, input, init, options);

  fetch = (input, init) => {
    const id = actionOf(input, init);
    if (id === undefined) return this.route(input, init).catch((error) => Promise.reject(asFetchWould(error)));
    const entry = this.#open.add({ lane: "main", state: "loading", queuedAt: performance.now() });
    const answer = new Promise((resolve, reject) => {
      entry.settle = (error, outcome) => (error ? reject(asFetchWould(error)) : resolve(outcome.value));
    });
    const own = signalOf(input, init);
    const send = (signal) => this.#send(input, { ...init, signal: anyOf([signal, own]) });
    this.#enter(entry, (spec) => (engine) => engine.exchange(spec, send), id, own && { signal: own });
    return answer;
  };

  lane = (name) => {
    const lane = check(name);
    const dispatcher = this;
    return {
      name: lane,
      get size() {
        return dispatcher.#sizeOf(lane);
      },
      pause: () => this.#withEngine((engine) => engine.pause(lane)),
      resume: () => this.#withEngine((engine) => engine.resume(lane)),
      clear: (reason) => this.#clear(lane, reason),
    };
  };

  clear = (reason) => this.#clear(undefined, reason);

  idle = () => this.#open.idle();

  get pending() {
    return this.#open.pending;
  }

  snapshot = () => {
    const known = new Map((this.#guard((engine) => engine.snapshot()) ?? []).map((info) => [info.id, info]));
    return [...this.#open.values()].map((entry) => known.get(entry.id) ?? describe(entry));
  };

  subscribe = (listener) => {
    if (typeof listener !== "function") throw invalid("subscribe: expected a function");
    return this.#events.subscribe(listener);
  };

  close = () => {
    if (this.#open.closed) return;
    this.#open.closed = true;
    for (const { entry } of this.#kept.splice(0)) if (entry) this.#refuse(entry, closed());
    this.#guard((engine) => engine.close());
    for (const entry of [...this.#open.values()]) entry.close?.();
  };

  /** Reads what the caller gave; `prepare(spec, options)` gives what the engine is to do. Whatever throws rejects the call. */
  #enter(entry, prepare, ref, options) {
    let run;
    try {
      const { id, name, url } = reference(ref);
      Object.assign(entry, { actionId: id, name, url });
      const copied = callOptions(options);
      Object.assign(entry, { name: copied.name ?? name, lane: copied.lane ?? "main" });
      if (this.#open.closed) throw closed();
      const spec = {
        id: entry.id,
        action: id,
        name: entry.name,
        lane: entry.lane,
        timeout: copied.timeout ?? this.#options.timeout,
        queuedAt: entry.queuedAt,
      };
      run = prepare(spec, copied);
      entry.quiet = onAbort(copied.signal, (reason) => this.#abort(entry, reason));
    } catch (error) {
      this.#refuse(entry, error instanceof ActionError ? error : invalid("the call's options cannot be read", error));
      return;
    }
    if (!entry.settled) this.#withEngine(run, entry);
  }

  #destination(url) {
    const { url: common } = this.#options;
    return destination(url ?? (typeof common === "function" ? common() : common));
  }

  /** A function that gives this call's headers as pairs, asked once an attempt; none where nobody set any. */
  #headers(own) {
    const { headers: common } = this.#options;
    if (common === undefined && own === undefined) return undefined;
    return async () => {
      const merged = new Headers(typeof common === "function" ? await common() : common);
      for (const [name, value] of own ?? []) merged.set(name, value);
      return [...merged];
    };
  }

  #send = (url, init) => (this.#options.fetch ?? globalThis.fetch)(url, init);

  #stateOf(entry) {
    if (entry.kept) return "loading";
    return (entry.over ? undefined : this.#guard((engine) => engine.state(entry.id))) ?? "done";
  }

  #abort(entry, reason) {
    if (entry.over) return false;
    if (entry.entered && this.#engine) return this.#guard((engine) => engine.abort(entry.id, reason)) ?? false;
    this.#refuse(entry, aborted(reason));
    return true;
  }

  #clear(lane, reason) {
    let count = 0;
    for (const { entry } of [...this.#kept]) {
      if (!entry || entry.over || (lane !== undefined && entry.lane !== lane)) continue;
      this.#refuse(entry, new ActionError("CLEARED", "the call was dropped from its lane", { cause: reason }));
      count += 1;
    }
    return count + (this.#guard((engine) => engine.clear(lane, reason)) ?? 0);
  }

  #sizeOf(lane) {
    const kept = this.#kept.filter(({ entry }) => entry && !entry.over && entry.lane === lane).length;
    return kept + (this.#guard((engine) => engine.waiting(lane)) ?? 0);
  }

  /** Ends a call that the engine has not seen, or has lost. */
  #refuse(entry, error) {
    if (!this.#open.settle(entry)) return;
    if (entry.actionId) error.actionId ??= entry.actionId;
    if (entry.name) error.actionName ??= entry.name;
    entry.settle(error);
    this.#forget(entry);
    entry.state = "done";
    this.#open.tell(entry, error.code);
  }

  #forget(entry) {
    entry.over = true;
    entry.kept = false;
    entry.quiet?.();
    this.#open.remove(entry);
  }

  /** Runs something with the engine: now, or when it is there. */
  #withEngine(run, entry) {
    if (this.#engine) {
      this.#run(run, entry);
      return;
    }
    if (entry) entry.kept = true;
    this.#kept.push({ entry, run });
    if (entry) this.#load();
  }

  /** Runs something with the engine that is there. What it throws is a trap: it never throws otherwise. */
  #guard(run) {
    if (!this.#engine) return undefined;
    try {
      return run(this.#engine);
    } catch (error) {
      crashed(error);
      return undefined;
    }
  }

  #load() {
    this.#attempt ??= this.#loadWasm()
      .then(() => this.#start(), (error) => this.#giveUp(error))
      .finally(() => (this.#attempt = undefined));
  }

  #start() {
    if (this.#open.closed) return;
    this.#engine = makeEngine(this.#host(), this.#options.maxQueued, (makeError) => this.#lost(makeError));
    if (this.#events.any) this.#guard((engine) => engine.listen(true));
    // What is called from inside a getter while this runs goes behind: the engine takes it in the order it comes.
    for (const { entry, run } of this.#kept.splice(0)) {
      if (entry?.over) continue;
      this.#run(run, entry);
    }
  }

  #run(run, entry) {
    if (entry) entry.kept = false;
    this.#guard(run);
    if (!entry) return;
    entry.entered = true;
    // A getter among the arguments gave the call up while they were read.
    if (entry.over) this.#guard((engine) => engine.abort(entry.id));
  }

  #giveUp(error) {
    const kept = this.#kept;
    this.#kept = kept.filter(({ entry }) => !entry); // a paused lane stays paused
    for (const { entry } of kept) {
      if (entry) this.#refuse(entry, new ActionError(error.code, error.message, { cause: error.cause }));
    }
  }

  /** The instance trapped: its calls fail, the next call starts a fresh one. */
  #lost(makeError) {
    this.#engine = undefined;
    for (const entry of [...this.#open.values()]) {
      if (entry.close) continue; // a route: Rust never had it
      if (entry.settled) this.#forget(entry);
      else this.#refuse(entry, makeError());
    }
  }

  /** What the engine asks of this side. */
  #host() {
    return {
      credentials: this.#options.credentials,
      fetch: this.#send,
      settle: (id, error, outcome) => {
        const entry = this.#open.get(id);
        if (!entry || !this.#open.settle(entry)) return;
        if (error && outcome) error.outcome = outcome;
        entry.settle(error, outcome);
      },
      forget: (id) => {
        const entry = this.#open.get(id);
        if (entry) this.#forget(entry);
      },
      emit: (event) => this.#events.emit(event),
    };
  }
}

function check(name) {
  try {
    return laneName(name);
  } catch {
    throw invalid("lane: expected a name");
  }
}
