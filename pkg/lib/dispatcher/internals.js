// Holds the state that the methods of one dispatcher share: its parts, and how a call begins and ends on the JavaScript
// side. Must not schedule: the engine decides when a call is sent.

import { sendable } from "../page/url.js";
import { mayBeCalledAgain } from "../error/may_retry.js";
import { basePathOfPage, deploymentOfPage, seeBasePath } from "../page/next_app.js";
import { Fetcher } from "../fetch/page_fetch.js";
import { OutboxSlot, REMOVED } from "../outbox.js";
import { embedderOf } from "./embedder.js";
import { EngineSlot } from "./engine.js";
import { aborted, closed } from "../error.js";
import { Listeners } from "./listeners.js";
import { onError } from "./hooks.js";
import { hostOf } from "../page/router.js";
import { Lanes } from "./lanes.js";
import { onLeaving } from "../page/leaving.js";
import { onOnline } from "../page/network.js";
import { OpenEntries } from "./open_calls.js";
import { destination, dispatcherOptions, versionOfPage } from "../options.js";
import { labelError } from "../error/action_label.js";
import { Map, performance } from "../page/globals.js";

/** Greatest number of actions whose wire format is remembered. */
const WIRES = 200;

export class Client {
  #unlisten;
  /**
   * `#sentVersions`: the version and deployment that the engine was last given. `#wires`: the wire formats that it has
   * returned since, by action id.
   */
  #sentVersions = {};
  #wires = new Map();

  /** `load()` resolves when the wasm is loaded; `loadFlight()` promises the codec; `fetch` is the dispatcher's own. */
  constructor({ load, loadFlight }, options, fetch) {
    this.loadWasm = load;
    this.loadFlight = loadFlight;
    this.options = dispatcherOptions(options);
    this.fetcher = new Fetcher(this.options.fetch, fetch);
    this.events = new Listeners((any) => this.engine.ask((engine) => engine.listen(any)));
    this.open = new OpenEntries(this.events);
    this.host = hostOf(this.options.host ?? "auto", () => this.basePath());
    this.outbox = this.options.outbox && this.#makeOutbox(this.options.outbox);
    const { embedder, lost } = embedderOf(this);
    const loads = this.outbox ? () => this.#loadDurably() : load;
    this.engine = new EngineSlot(loads, { embedder, options: this.options, gather: this.outbox && (() => this.outbox.gather()) }, {
      opened: (engine) => {
        engine.listen(this.events.any);
        this.#sentVersions = {};
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
    // Active until `close()`: a dispatcher may have calls though the page holds no reference to it.
    const removers = [
      onOnline(() => this.engine.ask((engine) => engine.online())),
      onLeaving({
        left: () => this.engine.enter((engine) => engine.hidden()),
        returned: () => this.engine.enter((engine) => engine.returned()),
      }),
    ];
    this.#unlisten = () => removers.forEach((remove) => remove());
    if (typeof document !== "undefined" || typeof WorkerGlobalScope !== "undefined") this.#loadAhead();
  }

  /**
   * Loads the wasm before the first call. For Next.js 14 and earlier also loads the codec, which alone can
   * write their arguments.
   */
  #loadAhead() {
    this.engine.load();
    if (parseInt(this.version(), 10) <= 14) this.loadFlight().catch(() => {}); // a call that needs it reports the error
  }

  /**
   * Loads the wasm, then the codec: a durable call must be stored with any arguments, even if the network has
   * gone by then.
   */
  #loadDurably() {
    this.outbox.begin();
    const loading = this.loadWasm();
    loading.then(this.loadFlight).catch(() => {}); // a call that needs it reports the error
    return loading;
  }

  #makeOutbox(options) {
    return new OutboxSlot(options, {
      replay: (found) => {
        this.engine.enter((engine) => this.outbox.replay(this, engine, found));
        this.engine.load(); // after a trap there is no engine
      },
      emit: ({ actionId, name, lane = "main" }, code) => {
        const entry = this.open.add(lane, "waiting", performance.now());
        Object.assign(entry, { actionId, name, replayed: true });
        this.open.done(entry, code);
      },
      calls: () => [...this.open.values()].filter((entry) => entry.durable && !entry.settled),
      abort: (entry) => this.abort(entry, REMOVED),
      load: this.loadWasm,
    });
  }

  /** Sends a request that the package has made: see `Fetcher.send`. */
  send = (input, init, callsForget) => this.fetcher.send(sendable(input), init, callsForget);

  basePath() {
    return this.options.basePath ?? basePathOfPage();
  }

  /** Prepares the base path before an answer that may redirect is read: see `seeBasePath` of `next_app.js`. */
  seeBasePath() {
    return this.options.basePath === undefined ? seeBasePath() : undefined;
  }

  /** Returns the absolute URL of a call: from its `url`, else the dispatcher's, else the page's address. */
  destination(url) {
    const { url: common } = this.options;
    return destination(url ?? (typeof common === "function" ? common() : common));
  }

  /** Tells the engine the Next.js version and the deployment that the page shows, if they have changed. */
  tellOfServer(engine) {
    const { nextVersion, deploymentId } = this.options;
    const version = nextVersion === undefined ? versionOfPage() : undefined;
    const deployment = deploymentId === undefined ? deploymentOfPage() : undefined;
    if (version === this.#sentVersions.version && deployment === this.#sentVersions.deployment) return;
    this.#sentVersions = { version, deployment };
    this.#wires.clear();
    engine.pageSays(version, deployment);
  }

  /** Returns the version of Next.js: from the options, else from the page; undefined if neither says it. */
  version() {
    return this.options.nextVersion ?? versionOfPage();
  }

  /** Returns the wire format of an action's arguments: see `codes.js`. */
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

  /** Lists the calls that the engine knows. */
  infos() {
    return this.engine.ask((engine) => engine.snapshot()) ?? [];
  }

  /** Adds what only this side knows to the engine's description of a call. */
  shown(info) {
    if (info && this.open.get(info.id)?.replayed) info.replayed = true;
    return info;
  }

  abort(entry, reason) {
    if (entry.over) return false;
    if (entry.entered && this.engine.ask((engine) => engine.abort(entry.id, reason))) return true;
    // The engine has read the call and cannot abort it: it has ended there and settles in a moment. A call not
    // yet read is in no lane.
    if (entry.taken) return false;
    return this.refuse(entry, aborted(reason));
  }

  /** Aborts an action by the engine, or here while there is no engine; aborts a route by its own controller. */
  abortAny(entry, reason) {
    if (!entry.abort) return this.abort(entry, reason);
    entry.abort(reason);
    return true;
  }

  /** Ends a call that is in no lane. Returns false if it had settled already. */
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
      labelError(error, entry, entry.caller);
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
    // The page may hold the call for long, so its arguments are released now.
    entry.free?.();
    entry.find = entry.free = entry.reading = undefined;
    entry.caller = entry.again = entry.settle = entry.controller = entry.quiet = entry.onProgress = undefined;
    if (entry.durable) this.outbox.forget(entry);
  }

  /** Ends the calls of an instance that has trapped. The next call starts a fresh instance. */
  #lost(makeError) {
    const lost = [...this.open.values()].filter((entry) => entry.entered); // neither routes nor calls that it had not begun to read
    for (const { controller, reading } of lost) {
      reading?.leave("INTERNAL");
      if (controller) this.fetcher.forget(controller.signal);
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
    this.#unlisten();
    for (const entry of this.engine.kept) this.refuse(entry, closed());
    this.engine.close();
    this.outbox?.close();
    for (const entry of [...this.open.values()]) entry.close?.();
  }
}
