// Loads one wasm module of the package, once per page for all dispatchers and entries; again after a failure; a fresh
// instance after a trap. Knows nothing of what the module does.

import { compileFirst } from "./fetch_wasm.js";
import { WebAssembly, queueMicrotask, take } from "../page/globals.js";
import { onTrap } from "../boundary/guarded_exports.js";

export class Module {
  #name;
  #glue;
  #parts;
  #compiled; // the compiled module, for a fresh instance
  #attempt; // the load in progress, or the one that succeeded
  #live = false; // true while the instance can be trusted
  #awaitsReplacement = false; // true while an instance that trapped waits to be replaced

  /** The number of the instance; a trap gives the next one a higher number. */
  count = 0;

  /**
   * `name`: the name of the module in the package; `glue`: its JavaScript by wasm-bindgen. `setUp(panicked)` runs after
   * each instance is made; `crashed(error)` is called with each failure inside one.
   */
  constructor(name, glue, parts) {
    this.#name = name;
    this.#glue = glue;
    this.#parts = parts;
  }

  /** True if `load()` has succeeded and an instance exists or can be made. */
  get isLoaded() {
    return this.#compiled !== undefined && !this.#awaitsReplacement;
  }

  /** True if the instance can be trusted. */
  get isLive() {
    return this.#live;
  }

  /**
   * Loads the wasm from the first of `places` that has it: see `compileFirst`. One attempt at a time; after a failed
   * one, the next call tries again.
   */
  load(places, hint) {
    take();
    this.#attempt ??= compileFirst(places, (found) => this.#accept(found), hint).catch((error) => {
      this.#attempt = undefined;
      throw error;
    });
    return this.#attempt;
  }

  /** Makes an instance if there is none. Call it after `load()`. */
  instantiate() {
    if (this.#live) return;
    const { crashed, setUp } = this.#parts;
    if (this.count > 0) this.#glue.__wbg_reset_state();
    else this.#glue.initSync({ module: this.#compiled });
    onTrap(this.#name, crashed);
    setUp((message) => crashed(new Error(message)));
    this.#live = true;
    this.count += 1;
  }

  /** Drops an instance that has trapped. The next use gets a fresh one. */
  abandon() {
    this.#live = false;
    this.#awaitsReplacement = true;
    // Delayed, because the instance may be running further up the stack. Once it is replaced, its timers and
    // promises have no effect.
    queueMicrotask(() => {
      this.#awaitsReplacement = false;
      try {
        this.instantiate();
      } catch {
        // The next use tries again.
      }
    });
  }

  #accept({ compiled, where }) {
    // The glue cannot go back once it has a module of another build, so the build is checked first.
    const [build] = WebAssembly.Module.customSections(compiled, SECTION).map((bytes) => String.fromCharCode(...new Uint8Array(bytes)));
    const wanted = `${this.#name} ${this.#glue.BUILD}`;
    if (build !== wanted) throw new Error(`${where} is not the wasm that belongs to this package: it is ${build ?? "none of ours"}, wanted is ${wanted}`);
    this.#compiled = compiled;
    try {
      this.instantiate();
    } catch (error) {
      this.#compiled = undefined;
      throw error;
    }
  }
}

/** The custom section of the wasm that names its build. */
const SECTION = "actionlane";
