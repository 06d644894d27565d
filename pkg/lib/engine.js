// Holds the engine of a dispatcher, and what waits for it until the wasm is there.

import { ActionError } from "./error.js";
import { crashed, isLoaded, makeEngine } from "./loading.js";
import { queueMicrotask } from "./platform.js";
import { hasRoom } from "./room.js";

/**
 * The engine of one dispatcher, and what is kept for it, in order, while it is not there: before the wasm is loaded, after a trap,
 * and while it reads the arguments of an earlier call.
 */
export class EngineSlot {
  #loadWasm;
  #gather;
  #make;
  #hooks;
  #engine;
  #release;
  #kept = []; // { entry?, run(engine) }
  #draining = false;
  #attempt;
  #closed = false;

  /**
   * `loadWasm()` resolves when the wasm is there; then `gather()`, where there is one, is waited for, once. `embedder` and `options`:
   * see `makeEngine`. `hooks`: `opened(engine)`, `failed(entry, error)` for a kept call whose engine could not be had, `lost(makeError)` when the
   * instance has trapped.
   */
  constructor(loadWasm, { gather, embedder, options }, hooks) {
    this.#loadWasm = loadWasm;
    this.#gather = gather;
    this.#make = (lost) => makeEngine({ embedder, options }, lost);
    this.#hooks = hooks;
  }

  /**
   * Runs something with the engine, in the order of asking. What belongs to a call loads the wasm where it is not there. `room`: what `hasRoom`
   * said a few frames above, if it was asked.
   */
  enter(run, entry, room) {
    if (this.#closed) return;
    if (entry) entry.kept = true;
    this.#kept.push({ entry, run });
    if (!this.#engine) {
      if (entry) this.load();
    } else if (room ?? hasRoom()) {
      this.#drain();
    } else {
      queueMicrotask(() => this.#drain());
    }
  }

  /**
   * Runs something with the engine that is there; undefined where none is. What it throws is a trap: it never throws otherwise, but where the
   * stack is at its end.
   */
  ask(run) {
    if (!this.#engine) return undefined;
    if (!hasRoom()) throw new RangeError("the stack is at its end");
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

  /** Calls that are kept. */
  get kept() {
    return this.#kept.map(({ entry }) => entry).filter((entry) => entry?.kept);
  }

  /** Gets the engine. One attempt at a time; after a failed one the next call tries again. */
  load() {
    if (this.#attempt || this.#engine || this.#closed) return;
    if (isLoaded() && !this.#gather && hasRoom()) {
      try {
        this.#start();
      } catch (error) {
        this.#giveUp(error);
      }
      return;
    }
    // Over before anybody hears of its outcome: whoever calls again then must start another.
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
    if (hasRoom()) end();
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
    if (this.#draining) return; // a getter among the arguments of a call makes another: that one comes after
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

  /** The instance trapped. What it had not seen yet goes to the next one. */
  #lost(makeError) {
    this.#engine = undefined;
    this.#hooks.lost(makeError);
    if (this.kept.length > 0) this.load();
  }
}
