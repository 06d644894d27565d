// Holds what the methods of one dispatcher share: its parts, and how one of its calls begins and ends on this side.

import { sendable } from "./address.js";
import { mayBeCalledAgain } from "./again.js";
import { basePathOfPage, deploymentOfPage, seeBasePath } from "./app.js";
import { Beneath } from "./beneath.js";
import { OutboxSlot, REMOVED } from "./durable.js";
import { embedderOf } from "./embedder.js";
import { EngineSlot } from "./engine.js";
import { aborted, closed } from "./error.js";
import { Events } from "./events.js";
import { onError } from "./hooks.js";
import { hostOf } from "./host.js";
import { Lanes } from "./lanes.js";
import { onLeaving } from "./leaving.js";
import { onOnline } from "./network.js";
import { Open } from "./open.js";
import { destination, dispatcherOptions, versionOfPage } from "./options.js";
import { owned } from "./owner.js";
import { Map, performance } from "./platform.js";

/** Of so many actions it is remembered how their arguments are written. */
const WIRES = 200;

export class Client {
  #quiet;
  /** What the engine was last told of the server, and what it has said of actions since, by id. */
  #said = {};
  #wires = new Map();

  /** `load()` resolves when the wasm is there, `loadFlight()` promises the codec; `fetch` is the dispatcher's own. */
  constructor({ load, loadFlight }, options, fetch) {
    this.loadWasm = load;
    this.loadFlight = loadFlight;
    this.options = dispatcherOptions(options);
    this.beneath = new Beneath(this.options.fetch, fetch);
    this.events = new Events((any) => this.engine.ask((engine) => engine.listen(any)));
    this.open = new Open(this.events);
    this.host = hostOf(this.options.host ?? "auto", () => this.basePath());
    this.outbox = this.options.outbox && this.#makeOutbox(this.options.outbox);
    const { embedder, lost } = embedderOf(this);
    const loads = this.outbox ? () => this.#loadDurably() : load;
    this.engine = new EngineSlot(loads, { embedder, options: this.options, gather: this.outbox && (() => this.outbox.gather()) }, {
      opened: (engine) => {
        engine.listen(this.events.any);
        this.#said = {};
        this.#wires.clear();
        this.lanes.opened(engine);
        for (const found of this.outbox?.opened() ?? []) this.outbox.replay(this, engine, found);
      },
      failed: (entry, error) => this.refuse(entry, error),
      lost: (makeError) => {
        lost();
        this.#lost(makeError);
      },
    });
    this.lanes = new Lanes(this);
    // Until `close()`: a dispatcher may have calls that nobody waits for.
    const quiet = [
      onOnline(() => this.engine.ask((engine) => engine.online())),
      onLeaving({
        left: () => this.engine.enter((engine) => engine.hidden()),
        returned: () => this.engine.enter((engine) => engine.returned()),
      }),
    ];
    this.#quiet = () => quiet.forEach((end) => end());
    if (typeof document !== "undefined" || typeof WorkerGlobalScope !== "undefined") this.#loadAhead();
  }

  /** A server of Next.js 14 takes no arguments but the codec's. */
  #loadAhead() {
    this.engine.load();
    if (parseInt(this.version(), 10) <= 14) this.loadFlight().catch(() => {}); // who needs it hears of it
  }

  /** A durable call is to be kept whatever its arguments are, and wherever the network is then. */
  #loadDurably() {
    this.outbox.begin();
    const loading = this.loadWasm();
    loading.then(this.loadFlight).catch(() => {}); // who needs it hears of it
    return loading;
  }

  #makeOutbox(options) {
    return new OutboxSlot(options, {
      replay: (found) => {
        this.engine.enter((engine) => this.outbox.replay(this, engine, found));
        this.engine.load(); // after a trap there is none
      },
      tell: ({ actionId, name, lane = "main" }, code) => {
        const entry = this.open.add(lane, "waiting", performance.now());
        Object.assign(entry, { actionId, name, replayed: true });
        this.open.done(entry, code);
      },
      calls: () => [...this.open.values()].filter((entry) => entry.durable && !entry.settled),
      abort: (entry) => this.abort(entry, REMOVED),
      load: this.loadWasm,
    });
  }

  /** Sends a request of its own making: see `Beneath.send`. */
  send = (input, init, told) => this.beneath.send(sendable(input), init, told);

  basePath() {
    return this.options.basePath ?? basePathOfPage();
  }

  /** Before an answer is read, which may lead elsewhere: see `app.js`. */
  seeBasePath() {
    return this.options.basePath === undefined ? seeBasePath() : undefined;
  }

  /** Where a call goes that says so, or does not. */
  destination(url) {
    const { url: common } = this.options;
    return destination(url ?? (typeof common === "function" ? common() : common));
  }

  /** Tells the engine what the page says of its server, where that has changed. */
  tellOfServer(engine) {
    const { nextVersion, deploymentId } = this.options;
    const version = nextVersion === undefined ? versionOfPage() : undefined;
    const deployment = deploymentId === undefined ? deploymentOfPage() : undefined;
    if (version === this.#said.version && deployment === this.#said.deployment) return;
    this.#said = { version, deployment };
    this.#wires.clear();
    engine.pageSays(version, deployment);
  }

  /** The version of the server, as far as anything says it. */
  version() {
    return this.options.nextVersion ?? versionOfPage();
  }

  /** How the arguments of an action are written: see `numbers.js`. */
  wireOf(engine, actionId) {
    let wire = this.#wires.get(actionId);
    if (wire === undefined) {
      wire = engine.wireOf(actionId);
      if (this.#wires.size >= WIRES) this.#wires.clear();
      this.#wires.set(actionId, wire);
    }
    return wire;
  }

  stateOf(entry) {
    if (entry.kept) return "loading";
    return (entry.over ? undefined : this.engine.ask((engine) => engine.state(entry.id))) ?? "done";
  }

  /** Lists the calls that the engine has. */
  infos() {
    return this.engine.ask((engine) => engine.snapshot()) ?? [];
  }

  /** What the engine says of a call, and what only this side knows. */
  shown(info) {
    if (info && this.open.get(info.id)?.replayed) info.replayed = true;
    return info;
  }

  abort(entry, reason) {
    if (entry.over) return false;
    if (entry.entered && this.engine.ask((engine) => engine.abort(entry.id, reason))) return true;
    // The engine has taken it in and cannot abort it: it has ended there, and settles in a moment. Before that it is in no lane.
    if (entry.taken) return false;
    return this.refuse(entry, aborted(reason));
  }

  /** Actions are given up by the engine, or while it is not there; a route by its own signal. */
  abortAny(entry, reason) {
    if (!entry.abort) return this.abort(entry, reason);
    entry.abort(reason);
    return true;
  }

  /** Ends a call that is in no lane. False if it was over. */
  refuse(entry, error) {
    if (!this.open.settle(entry)) return false;
    this.settle(entry, error);
    this.forget(entry);
    entry.state = "done";
    this.open.tell(entry, error.code);
    return true;
  }

  /** Settles the promise of a call. */
  settle(entry, error, outcome) {
    if (error) {
      owned(error, entry, entry.caller);
      if (mayBeCalledAgain(error)) error.keep(entry.again);
      if (entry.hooks) onError(entry.hooks, entry, error);
    }
    entry.settle(error, outcome);
  }

  forget(entry) {
    entry.over = true;
    entry.kept = false;
    this.open.remove(entry);
    entry.quiet?.();
    entry.ended?.();
    // The page may keep the call for long: its arguments go now.
    entry.free?.();
    entry.find = entry.free = entry.reading = undefined;
    entry.caller = entry.again = entry.settle = entry.controller = entry.quiet = undefined;
    if (entry.durable) this.outbox.forget(entry);
  }

  /** The instance trapped: the calls it had fail, the next call starts a fresh one. */
  #lost(makeError) {
    const lost = [...this.open.values()].filter((entry) => entry.entered); // no route, nor a call it has not seen
    for (const { controller, reading } of lost) {
      reading?.leave("INTERNAL");
      if (controller) this.beneath.forget(controller.signal);
      controller?.abort(makeError());
    }
    for (const entry of lost) {
      if (entry.settled) this.forget(entry);
      else this.refuse(entry, makeError());
    }
  }

  close() {
    if (this.open.closed) return;
    this.open.closed = true;
    this.#quiet();
    for (const entry of this.engine.kept) this.refuse(entry, closed());
    this.engine.close();
    this.outbox?.close();
    for (const entry of [...this.open.values()]) entry.close?.();
  }
}
