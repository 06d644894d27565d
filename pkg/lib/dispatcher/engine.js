// Holds the engine of a dispatcher, and the work that waits for it until the wasm is loaded. Must run that work in the
// order in which it was requested. Of a call it only marks that the engine waits for it or has begun to read it.

import { ActionError } from "../error.js";
import { crashed, isLoaded, makeEngine } from "../loading/dispatcher_wasm.js";
import { queueMicrotask } from "../page/globals.js";
import { hasStackRoom } from "../boundary/stack_room.js";

/**
 * The engine of one dispatcher, and the queue of work for it. Work waits before the wasm is loaded, after a trap, and
 * while the engine reads the arguments of an earlier call.
 */
export class EngineSlot {
  #loadWasm;
  #gather;
  #make;
  #hooks;
  #engine;
  #release;
  #kept = []; // `{ entry?, run(engine) }`
  #draining = false;
  #attempt;
  #closed = false;

  /**
   * `loadWasm()` resolves when the wasm is loaded; then `gather()`, if given, is awaited once. `embedder` and
   * `options`: see `makeEngine`. `hooks`: `opened(engine)`; `failed(entry, error)` for a waiting call if the engine
   * cannot be loaded; `lost(makeError)` when the instance has trapped.
   */
  constructor(loadWasm, { gather, embedder, options }, hooks) {
    this.#loadWasm = loadWasm;
    this.#gather = gather;
    this.#make = (lost) => makeEngine({ embedder, options }, lost);
    this.#hooks = hooks;
  }

  /**
   * Runs work with the engine, in the order of requests. Work of a call (`entry`) loads the wasm if needed. `room`: the
   * result of `hasStackRoom()` a few frames above, if that was called.
   */
  enter(run, entry, room) {
    if (this.#closed) return;
    if (entry) entry.kept = true;
    this.#kept.push({ entry, run });
    if (!this.#engine) {
      if (entry) this.load();
    } else if (room ?? hasStackRoom()) {
      this.#drain();
    } else {
      queueMicrotask(() => this.#drain());
    }
  }

  /**
   * Runs a query with the engine at once; returns undefined if there is no engine. An exception is treated as a trap,
   * because the engine itself never throws. If too little stack is left, throws a `RangeError` without running.
   */
  ask(run) {
    if (!this.#engine) return undefined;
    if (!hasStackRoom()) throw new RangeError("the stack is at its end");
    return this.#run(run);
  }

  #run(run, engine = this.#engine) {
    try {
      return run(engine);
    } catch (error) {
      crashed(error);
      return undefined;
    }
  }

  /** The calls that wait for the engine. */
  get kept() {
    return this.#kept.map(({ entry }) => entry).filter((entry) => entry?.kept);
  }

  /** Loads the engine: one attempt at a time. After a failed attempt the next call tries again. */
  load() {
    if (this.#attempt || this.#engine || this.#closed) return;
    if (isLoaded() && !this.#gather && hasStackRoom()) {
      try {
        this.#start();
      } catch (error) {
        this.#giveUp(error);
      }
      return;
    }
    // Runs before callers are notified: a call made by one of them must start another attempt.
    const over = () => (this.#attempt = undefined);
    this.#attempt = this.#loadWasm()
      .then(() => this.#gather?.())
      .then(() => {
        this.#gather = undefined;
        over();
        this.#start();
      })
      .catch((error) => {
        over();
        this.#giveUp(error);
      });
  }

  close() {
    this.#closed = true;
    const engine = this.#engine;
    const end = () => this.#run((engine) => engine?.close(), engine);
    if (hasStackRoom()) end();
    else queueMicrotask(end);
    this.#engine = undefined;
    this.#release?.();
    this.#kept = [];
  }

  #start() {
    if (this.#closed) return;
    const { engine, release } = this.#make((makeError) => this.#lost(makeError));
    this.#engine = engine;
    this.#release = release;
    this.#run(this.#hooks.opened);
    this.#drain();
  }

  #drain() {
    if (this.#draining) return; // a getter among the arguments of a call has made another call: that one runs next
    this.#draining = true;
    while (this.#engine && this.#kept.length > 0) {
      const { entry, run } = this.#kept.shift();
      if (entry?.over) continue;
      if (entry) {
        entry.kept = false;
        entry.entered = true;
      }
      this.#run(run);
    }
    this.#draining = false;
  }

  #giveUp(cause) {
    const error = cause instanceof ActionError ? cause : new ActionError("WASM_LOAD", "the wasm could not be started", { cause });
    const kept = this.#kept;
    this.#kept = kept.filter(({ entry }) => !entry); // a paused lane stays paused
    for (const { entry } of kept) {
      if (entry) this.#hooks.failed(entry, new ActionError(error.code, error.message, { cause: error.cause }));
    }
  }

  /** Drops an instance that has trapped. Work that it has not seen goes to the next one. */
  #lost(makeError) {
    this.#engine = undefined;
    this.#hooks.lost(makeError);
    if (this.kept.length > 0) this.load();
  }
}
