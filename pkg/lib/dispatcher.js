import { sendable } from "./address.js";
import { Beneath } from "./beneath.js";
import { readerOf } from "./body.js";
import { ActionCall } from "./call.js";
import { EngineSlot } from "./engine.js";
import { ActionError, aborted, closed, invalid } from "./error.js";
import { Events } from "./events.js";
import { actionOf, asFetchWould, signalOf } from "./fetch.js";
import { afterResponse, beforeRequest, onError } from "./hooks.js";
import { Open, describe } from "./open.js";
import { hostOf, redirectError } from "./host.js";
import { argumentsOf, bodyNow, isOnce, readInit, targetOf } from "./init.js";
import { warnLate } from "./late.js";
import { checkCall } from "./moot.js";
import { argumentList, callOptions, cancelFilter, checkId, destination, dispatcherOptions, finite, laneName, reference, versionOfPage } from "./options.js";
import { isOffline, onOnline, reachable } from "./network.js";
import { pageNumber } from "./moved.js";
import { basePathOfPage, deploymentOfPage, onLeaving, outlives } from "./page.js";
import { NO_OUTBOX, Outbox, REMOVED } from "./outbox.js";
import { owned } from "./owner.js";
import { givePayload } from "./payload.js";
import { AbortController, Headers, Map, Set, pageText, performance, take } from "./platform.js";
import { makeReference } from "./reference.js";
import { report } from "./report.js";
import { lookForRoom, needRoom } from "./room.js";
import { route } from "./route.js";
import { onAbort, sendWith } from "./signals.js";
import { Snapshot } from "./snapshot.js";
import { callerOf } from "./stack.js";

/**
 * One client: the page's side of the engine. It makes promises, keeps what is called before the wasm is there, and hands everything
 * else to Rust, which decides. Its methods can be taken off it (`const { call } = createDispatcher()`).
 */
export class Dispatcher {
  #options;
  #loadWasm;
  #engine;
  #beneath;
  #page;
  #quiet;
  /** Lanes that are paused, and undefined where all are: a fresh engine is told. */
  #paused = new Set();
  /** What gives the lease of a lane back, while it has one; again and again without harm. */
  #leases = new Map();
  /** How many of its requests may outlive the page. */
  #outliving = 0;
  #outbox;
  #events = new Events((any) => this.#engine.ask((engine) => engine.listen(any)));
  #open = new Open(this.#events);
  #snapshot = new Snapshot();
  /** By name: whoever asks again gets the same object. */
  #lanesAsked = new Map();

  /** `loadWasm()` resolves when the wasm is there. */
  constructor(loadWasm, options) {
    take();
    this.#options = dispatcherOptions(options);
    this.#loadWasm = loadWasm;
    this.#beneath = new Beneath(this.#options.fetch, this.#fetch);
    this.#page = hostOf(this.#options.host ?? "auto", () => this.#ownBasePath());
    this.#outbox = this.#options.outbox && new Outbox(this.#options.outbox, {
      replay: (found) => {
        this.#engine.enter((engine) => this.#replay(engine, found));
        this.#engine.load(); // after a trap there is none
      },
      tell: ({ actionId, name, lane = "main" }, code) => {
        const entry = this.#open.add({ actionId, name, lane, state: "waiting", queuedAt: performance.now(), replayed: true });
        this.#open.done(entry, code);
      },
      calls: () => [...this.#open.values()].filter((entry) => entry.durable && !entry.settled),
      abort: (entry, reason) => this.#abort(entry, reason),
      load: loadWasm,
    });
    const { maxQueued, offline, scope, leaseTimeout = 60_000 } = this.#options;
    const settings = {
      gather: this.#outbox && (() => this.#outbox.gather()),
      host: this.#host(),
      maxQueued,
      lanes: this.#lanes(),
      failsOffline: offline === "fail",
      leaseTimeout: scope === "origin" ? leaseTimeout : undefined,
    };
    this.#engine = new EngineSlot(loadWasm, settings, {
      opened: (engine) => {
        engine.listen(this.#events.any);
        for (const lane of this.#paused) engine.pause(lane);
        for (const found of this.#outbox?.opened() ?? []) this.#replay(engine, found);
      },
      failed: (entry, error) => this.#refuse(entry, error),
      lost: (makeError) => this.#lost(makeError),
    });
    // Until `close()`: a dispatcher may have calls that nobody waits for.
    const quiet = [
      onOnline(() => this.#engine.ask((engine) => engine.online())),
      onLeaving({
        left: () => this.#engine.enter((engine) => engine.hidden()),
        returned: () => this.#engine.enter((engine) => engine.returned()),
      }),
    ];
    this.#quiet = () => quiet.forEach((end) => end());
    if (typeof document !== "undefined" || typeof WorkerGlobalScope !== "undefined") this.#engine.load();
  }

  call = (ref, args, options) => this.#call(ref, args, options, this.call);

  /** `from`: the function of ours that the page has called, or what `callerOf` gave for it. `rule(options)` throws where a call made by it must not have such. */
  #call(ref, args, options, from, rule) {
    const room = lookForRoom();
    const entry = this.#open.add({ lane: "main", state: "loading", queuedAt: performance.now() });
    entry.caller = typeof from === "function" ? callerOf(from) : from;
    const { call, settle } = ActionCall.start({
      id: entry.id,
      state: () => this.#stateOf(entry),
      abort: (reason) => this.#abort(entry, reason),
    });
    entry.settle = settle;
    entry.hooks = this.#options.hooks;
    entry.again = () => this.#call(ref, args, options, entry.again, rule);
    let list;
    const laneOf = (lane) => {
      list = argumentList(args);
      return typeof lane === "function" ? laneBy(lane, list) : lane;
    };
    this.#enter(entry, (spec, copied) => {
      checkId(spec.action);
      rule?.(copied);
      spec.url = entry.url = this.#destination(copied.url ?? entry.url);
      spec.maxBodyBytes = this.#options.maxBodyBytes;
      spec.nextVersion = this.#options.nextVersion ?? versionOfPage();
      spec.deploymentId = this.#deploymentId();
      Object.assign(spec, this.#options.trace, copied.trace);
      spec.idempotencyKey = keyOf(copied.idempotencyKey ?? this.#options.idempotency?.every);
      spec.idempotencyHeader = this.#options.idempotency?.header;
      checkCall(entry, copied, { retry: spec.retry, keyed: spec.idempotencyKey !== undefined, lanes: this.#options.lanes });
      if (copied.durable) this.#makeDurable(entry, spec, copied);
      const headers = this.#headers(entry, copied.headers);
      return (engine) => engine.call(spec, list, headers);
    }, ref, options, { laneOf, room });
    return call;
  }

  bind = (ref, options) => {
    const bound = (...args) => this.#call(ref, args, options, bound, ({ idempotencyKey }) => {
      if (typeof idempotencyKey === "string") throw invalid("idempotencyKey: true; one text would be the key of every call, whatever its arguments");
    });
    return bound;
  };

  route = (input, init, options) => this.#route(input, init, options);

  #route(input, init, options) {
    return route(this.#routes((make) => this.#send(...make()), callerOf(this.route)), input, init, options);
  }

  /** The same function each time. It may be read to take the place of the page's, so that is looked at. */
  get fetch() {
    this.#beneath.look();
    return this.#fetch;
  }

  #fetch = (asked, init) => this.#answer(asked, init);

  #answer(asked, init) {
    needRoom();
    let input, read, id, own, ours, once;
    try {
      input = targetOf(asked);
      read = readInit(init);
      id = actionOf(input, read);
      own = signalOf(input, read);
      ours = this.#beneath.find(input, read, id);
      if (ours) return this.#beneath.pass(ours, input, init && read);
      if (id !== undefined && !this.#open.closed) {
        read.body = bodyNow(read.body);
        once = isOnce(input, read);
      }
    } catch (error) {
      return Promise.reject(error); // what `fetch` would say of these
    }
    const send = (make, once) => this.#beneath.sendOn(make, once);
    if (this.#open.closed) return sendWith([new AbortController().signal, own], (signal) => send(() => argumentsOf(input, read, signal), true));
    const caller = callerOf(this.#fetch);
    if (id === undefined) return route(this.#routes(send, caller), input, read).catch((error) => Promise.reject(asFetchWould(error)));
    const entry = this.#open.add({ lane: "main", state: "loading", queuedAt: performance.now() });
    entry.caller = caller;
    const answer = new Promise((resolve, reject) => {
      entry.settle = (error, outcome) => (error ? reject(asFetchWould(error)) : resolve(outcome.value));
    });
    const exchange = async (signal) => {
      if (!entry.over) return sendWith([signal, own], (signal) => send(() => argumentsOf(input, read, signal), once));
      throw closed(); // to an instance that has failed
    };
    this.#enter(entry, (spec) => (engine) => engine.exchange(spec, exchange), id, own && { signal: own });
    return answer;
  }

  #routes(send, caller) {
    return { open: this.#open, send, header: this.#options.idempotency?.header, caller };
  }

  /** What is kept until it is answered: reads, resends and empties it. */
  get outbox() {
    return this.#outbox?.shown ?? NO_OUTBOX;
  }

  lane = (name) => {
    const lane = check(name);
    if (!this.#lanesAsked.has(lane)) this.#lanesAsked.set(lane, this.#laneOf(lane));
    return this.#lanesAsked.get(lane);
  };

  #laneOf(lane) {
    const dispatcher = this;
    return {
      name: lane,
      get size() {
        return dispatcher.#sizeOf(lane);
      },
      pause: () => this.#pause(lane),
      resume: () => this.#resume(lane),
      clear: (reason) => this.#clear(lane, reason),
    };
  }

  clear = (reason) => this.#clear(undefined, reason);

  pause = () => this.#pause();

  resume = () => this.#resume();

  cancel = (filter, reason) => {
    const wanted = chooser(filter);
    let chosen;
    try {
      chosen = this.snapshot().filter((info) => wanted(info) && info.state !== "draining");
    } catch (cause) {
      throw invalid("cancel: the filter failed", cause);
    }
    return chosen.map(({ id }) => this.#open.get(id)).filter((entry) => entry && this.#abortAny(entry, reason)).length;
  };

  idle = () => this.#open.idle();

  get pending() {
    return this.#open.pending;
  }

  snapshot = () => {
    const revision = this.#engine.ask((engine) => engine.revision());
    return this.#snapshot.read([this.#open.version, revision], () => {
      const known = new Map((this.#engine.ask((engine) => engine.snapshot()) ?? []).map((info) => [info.id, info]));
      return [...this.#open.values()].map((entry) => this.#shown(known.get(entry.id)) ?? describe(entry));
    });
  };

  subscribe = (listener) => {
    if (typeof listener !== "function") throw invalid("subscribe: expected a function");
    return this.#events.subscribe(listener);
  };

  close = () => {
    if (this.#open.closed) return;
    this.#open.closed = true;
    this.#quiet();
    for (const entry of this.#engine.kept) this.#refuse(entry, closed());
    this.#engine.close();
    this.#outbox?.close();
    for (const entry of [...this.#open.values()]) entry.close?.();
  };

  /** Reads what the caller gave; `prepare(spec, options)` gives what the engine is to do. Whatever throws rejects the call. */
  #enter(entry, prepare, ref, options, { laneOf = (lane) => lane, room } = {}) {
    let run;
    try {
      const { id, name, url } = reference(ref);
      Object.assign(entry, { actionId: id, name, url });
      const copied = callOptions(options);
      Object.assign(entry, { name: copied.name ?? name, lane: laneOf(copied.lane) ?? "main" });
      if (this.#open.closed) throw closed();
      const spec = {
        ...this.#common(entry, copied),
        id: entry.id,
        action: id,
        strategy: copied.strategy ?? this.#options.lanes?.get(entry.lane)?.strategy,
        key: copied.key,
        page: pageNumber(),
      };
      run = prepare(spec, copied);
      if (entry.over) return; // by its own url()
      entry.quiet = onAbort(copied.signal, (reason) => this.#abort(entry, reason));
    } catch (error) {
      this.#refuse(entry, error instanceof ActionError ? error : invalid("the call's options cannot be read", error));
      return;
    }
    if (entry.over) return;
    this.#engine.enter(run, entry, room);
    if (entry.kept) this.#open.tell(entry);
    else if (!entry.entered) this.#refuse(entry, closed()); // by its own url()
  }

  /** What a call says of itself, or the dispatcher for it. */
  #common({ name, lane, queuedAt }, own = {}) {
    const or = (option) => own[option] ?? this.#options[option];
    return {
      name,
      lane,
      queuedAt,
      timeout: finite(or("timeout")),
      stallTimeout: finite(or("stallTimeout")),
      deadline: finite(or("deadline")),
      retry: or("retry"),
      redirect: or("redirect"),
      render: or("render"),
      skew: or("skew"),
      keepalive: or("keepalive") ?? true,
      limits: (own.limits || this.#options.limits) && { ...this.#options.limits, ...own.limits },
    };
  }

  #makeDurable(entry, spec, { durable: { owner, ttl = DAY }, deadline, headers = [] }) {
    if (!this.#outbox) throw invalid("durable: the dispatcher needs an outbox: { owner }");
    if ((owner ?? this.#outbox.owner) !== this.#outbox.owner) throw invalid("durable: the dispatcher's outbox is of another owner");
    if (deadline !== undefined) throw invalid("durable: give it a ttl in the place of a deadline");
    if (spec.strategy === "join") throw invalid('durable: "join" shares an answer and is not kept');
    entry.durable = true;
    spec.idempotencyKey ??= "";
    // Asked once it is known what is left.
    const outbox = this.#outbox;
    spec.durable = { owner: outbox.owner, ttl, headers, replayed: false, get now() { return outbox.now(); } };
  }

  /** Makes a call of what another page has left. */
  #replay(engine, found) {
    const { key, lane, actionId, name, left, headers } = found;
    if (this.#open.closed) return;
    const entry = this.#open.add({ lane, actionId, name, state: "waiting", queuedAt: performance.now(), replayed: true, durable: true });
    Object.assign(entry, { entered: true, hooks: this.#options.hooks, again: () => this.outbox.flush() });
    entry.settle = (error, outcome) => this.#outbox.settled(found, entry, error, outcome);
    this.#outbox.adopt(entry, key);
    try {
      entry.url = destination(found.url);
      const spec = {
        ...this.#common(entry),
        id: entry.id,
        action: actionId,
        url: entry.url,
        page: -1, // nobody is sent along its redirect
        deploymentId: this.#deploymentId(),
        ...this.#options.trace,
        idempotencyKey: found.idempotencyKey,
        idempotencyHeader: found.header,
        durable: { owner: this.#outbox.owner, ttl: left, now: 0, headers, replayed: true },
      };
      engine.replay(spec, found.body, this.#headers(entry, headers));
    } catch (error) {
      if (!(error instanceof ActionError)) throw error; // a trap
      this.#outbox.fate(entry, "fails", error.code);
      this.#refuse(entry, error);
    }
  }

  #deploymentId() {
    return (this.#options.deploymentId ?? deploymentOfPage()) || undefined;
  }

  /** What the engine says of a call, and what only this side knows. */
  #shown(info) {
    if (info && this.#open.get(info.id)?.replayed) info.replayed = true;
    return info;
  }

  #destination(url) {
    const { url: common } = this.#options;
    return destination(url ?? (typeof common === "function" ? common() : common));
  }

  /**
   * A function that gives this call's headers as pairs, asked once an attempt; none where nobody may set any. It rejects with what failed, why,
   * and whether that may be over by itself: for what is kept, whatever the page's own functions fail with.
   */
  #headers(entry, own) {
    const { headers: common } = this.#options;
    if (common === undefined && own === undefined && !entry.hooks && !entry.durable) return undefined;
    return async (attempt, actionId) => {
      if (entry.over) return new Promise(() => {}); // asked by an instance that has failed
      if (entry.durable && !(await this.#outbox.holds(entry))) {
        this.#abort(entry, REMOVED);
        return new Promise(() => {}); // nobody waits any more
      }
      Object.assign(entry, { attempt, actionId });
      let failed = "headers: could not be had";
      let passing = entry.durable === true;
      try {
        const given = typeof common === "function" ? await common() : common;
        passing = false;
        const merged = new Headers(given);
        for (const [name, value] of own ?? []) merged.set(name, value);
        failed = "hooks.beforeRequest: it failed";
        passing = entry.durable === true;
        if (entry.hooks) await beforeRequest(entry.hooks, entry, merged);
        return [...merged];
      } catch (cause) {
        if (passing) report(cause); // nobody else hears of it
        throw [failed, cause, passing];
      }
    };
  }

  #ownBasePath() {
    return this.#options.basePath ?? basePathOfPage();
  }

  #send = (input, init) => this.#beneath.send(sendable(input), init);

  #stateOf(entry) {
    if (entry.kept) return "loading";
    return (entry.over ? undefined : this.#engine.ask((engine) => engine.state(entry.id))) ?? "done";
  }

  #abort(entry, reason) {
    if (entry.over) return false;
    if (entry.entered && this.#engine.ask((engine) => engine.abort(entry.id, reason))) return true;
    // What the engine has taken in and cannot abort has ended there: it settles in a moment. While its arguments are read, it is in no lane yet.
    if (entry.taken) return false;
    return this.#refuse(entry, aborted(reason));
  }

  /** Actions are given up by the engine, or while it is not there; a route by its own signal. */
  #abortAny(entry, reason) {
    if (!entry.abort) return this.#abort(entry, reason);
    entry.abort(reason);
    return true;
  }

  #lanes() {
    return [...(this.#options.lanes ?? [])].filter(([, lane]) => lane.concurrency).map(([name, lane]) => [name, lane.concurrency]);
  }

  #pause(lane) {
    this.#engine.enter((engine) => {
      this.#paused.add(lane);
      engine.pause(lane);
    });
  }

  #resume(lane) {
    this.#engine.enter((engine) => {
      this.#paused.delete(lane);
      engine.resume(lane);
    });
  }

  #clear(lane, reason) {
    const kept = this.#keptIn(lane);
    for (const entry of kept) this.#refuse(entry, new ActionError("CLEARED", "the call was dropped from its lane", { cause: reason }));
    return kept.length + (this.#engine.ask((engine) => engine.clear(lane, reason)) ?? 0);
  }

  #sizeOf(lane) {
    return this.#keptIn(lane).length + (this.#engine.ask((engine) => engine.waiting(lane)) ?? 0);
  }

  #keptIn(lane) {
    return this.#engine.kept.filter((entry) => lane === undefined || entry.lane === lane);
  }

  /** Ends a call that is in no lane. False if it was over. */
  #refuse(entry, error) {
    if (!this.#open.settle(entry)) return false;
    this.#settle(entry, error);
    this.#forget(entry);
    entry.state = "done";
    this.#open.tell(entry, error.code);
    return true;
  }

  #settle(entry, error, outcome) {
    if (error) owned(error, entry, entry.caller);
    if (error?.sent === "no" && AGAIN.includes(error.code)) error.keep(entry.again);
    if (error && entry.hooks) onError(entry.hooks, entry, error);
    entry.settle(error, outcome);
  }

  #forget(entry) {
    entry.over = true;
    entry.kept = false;
    entry.caller = undefined;
    this.#open.remove(entry);
    entry.quiet?.();
    entry.ended?.();
    if (entry.durable) this.#outbox.forget(entry);
  }

  /** The instance trapped: the calls it had fail, the next call starts a fresh one. */
  #lost(makeError) {
    for (const letGo of this.#leases.values()) letGo();
    this.#leases.clear();
    outlives(-this.#outliving);
    this.#outliving = 0;
    const lost = [...this.#open.values()].filter((entry) => entry.entered); // no route, nor a call it has not seen
    for (const { controller } of lost) controller?.abort(makeError());
    for (const entry of lost) {
      if (entry.settled) this.#forget(entry);
      else this.#refuse(entry, makeError());
    }
  }

  /** What the engine asks of this side. */
  #host() {
    const ownBasePath = () => this.#ownBasePath();
    return {
      credentials: this.#options.credentials ?? "same-origin",
      get basePath() {
        return ownBasePath();
      },
      fetch: this.#send,
      reader: readerOf,
      controller: (id) => {
        const controller = new AbortController();
        const entry = this.#open.get(id);
        if (entry) entry.controller = controller;
        return controller;
      },
      outlives: (change) => {
        this.#outliving += change;
        outlives(change);
      },
      binder: (url, call) => {
        const bind = (id, bound) => makeReference(id, bound, (id, args, caller) => this.#call({ id, url }, args, undefined, caller));
        const { actionId, name } = this.#open.get(call) ?? {}; // it may be over when what is left of its value fails
        bind.own = (error) => owned(error, { actionId, name }, this.#open.get(call)?.caller);
        return bind;
      },
      settle: (id, error, outcome, answered) => {
        const entry = this.#open.get(id);
        if (!entry || !this.#open.settle(entry)) return;
        if (outcome) {
          const owner = this.#open.get(answered) ?? entry;
          owner.answerEnds ??= new Promise((resolve) => (owner.ended = resolve));
          givePayload(outcome, owner.answerEnds, this.#loadWasm);
        }
        if (error && outcome) {
          error.outcome = outcome;
          error.status ??= outcome.status;
          error.attempt = outcome.attempts;
          if (outcome.idempotencyKey) error.idempotencyKey = outcome.idempotencyKey;
        }
        this.#settle(entry, error, outcome);
      },
      answered: (id, outcome) => {
        const entry = this.#open.get(id);
        if (entry?.hooks) afterResponse(entry.hooks, entry, outcome);
      },
      refuse: (id, error) => {
        const entry = this.#open.get(id);
        if (entry?.replayed) this.#outbox.fate(entry, "fails", error.code); // as it would be each time it is tried
        if (entry) this.#refuse(entry, error);
      },
      over: (id) => {
        const entry = this.#open.get(id);
        if (entry) entry.taken = true;
        return entry === undefined;
      },
      keep: (id, record, body) => {
        const entry = this.#open.get(id);
        if (!entry) throw ["the call is over"];
        return this.#outbox.keep(entry, record.slice(), body); // it lies in memory that is used again
      },
      fate: (id, fate, code) => {
        const entry = this.#open.get(id);
        if (entry) this.#outbox.fate(entry, fate, code);
      },
      forget: (id) => {
        const entry = this.#open.get(id);
        if (entry) this.#forget(entry);
      },
      emit: (event) => {
        if (event.behind !== undefined) warnLate(event);
        this.#events.emit(this.#shown(event));
      },
      page: pageNumber,
      pageText,
      leased: (lane, letGo) => this.#leases.set(lane, letGo),
      unleased: (lane) => this.#leases.delete(lane),
      redirect: ({ redirect: { url, type } }, refresh) => this.#page.redirect(url, type, refresh),
      redirectError: ({ redirect }) => redirectError(redirect, this.#ownBasePath()),
      offline: isOffline,
      probe: () => reachable(this.#options.probe, this.#send),
      refresh: (what) => this.#page.refresh(what),
      reload: () => this.#page.reload(),
    };
  }
}

const DAY = 86_400_000;

/** Where the action certainly did not run, and the same call may go through another time. */
const AGAIN = ["ACTION_NOT_FOUND", "OFFLINE", "QUEUE_FULL", "DROPPED", "CLEARED", "WASM_LOAD"];

/** The lane that a function of the page's own chooses by the arguments. */
function laneBy(choose, list) {
  let name;
  try {
    name = choose(...list);
  } catch (cause) {
    throw invalid("lane: the function failed", cause);
  }
  return name === undefined ? undefined : check(name);
}

/** A key of the caller's, "" for one that is made, undefined for none. */
function keyOf(choice) {
  return choice === true ? "" : choice || undefined;
}

/** Tells by a function, or by properties that must be equal, whether a call is meant. */
function chooser(filter) {
  if (typeof filter === "function") return filter;
  const wanted = cancelFilter(filter);
  return (info) => Object.entries(wanted).every(([key, value]) => info[key] === value);
}

function check(name) {
  try {
    return laneName(name);
  } catch {
    throw invalid("lane: expected a name");
  }
}
