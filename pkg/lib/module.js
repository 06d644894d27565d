// One wasm module of the package, by name: loaded once a page, whatever number of dispatchers and entries; again after a failure; anew
// after a trap.

import { compileFirst } from "./compile.js";
import { WebAssembly, queueMicrotask, take } from "./platform.js";
import { onTrap } from "./trap.js";

export class Module {
  #name;
  #glue;
  #parts;
  #compiled; // kept for a fresh instance
  #attempt; // the load under way, or the one that succeeded
  #live = false; // whether the instance can be trusted
  #fallen = false; // whether one that cannot is still to be replaced

  /** Names the instance: another one after each trap. */
  count = 0;

  /**
   * `name`: which of the package's it is; `glue`: what wasm-bindgen has written for it. `setUp(panicked)` follows each instance that is made, and
   * `crashed(error)` hears of what fails inside one.
   */
  constructor(name, glue, parts) {
    this.#name = name;
    this.#glue = glue;
    this.#parts = parts;
  }

  /** Whether `load()` has succeeded: there is an instance, or one can be made. */
  get isLoaded() {
    return this.#compiled !== undefined && !this.#fallen;
  }

  /** Whether the instance can be trusted. */
  get isLive() {
    return this.#live;
  }

  /** Resolves when the wasm is there, from one of `places`: see `compileFirst`. One attempt at a time; a failed one is forgotten. */
  load(places, hint) {
    take();
    this.#attempt ??= compileFirst(places, (found) => this.#accept(found), hint).catch((error) => {
      this.#attempt = undefined;
      throw error;
    });
    return this.#attempt;
  }

  /** Sees to it that there is an instance. After `load()`. */
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

  /** The instance can no longer be trusted: the next to use it gets a fresh one. */
  abandon() {
    this.#live = false;
    this.#fallen = true;
    // Not at once: it may be running below this. Once it is replaced, none of its timers and promises reaches it any more.
    queueMicrotask(() => {
      this.#fallen = false;
      try {
        this.instantiate();
      } catch {
        // The next to need it tries again.
      }
    });
  }

  #accept({ compiled, where }) {
    // The glue cannot take back a module that it was not made for, so that is looked at first.
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

/** The section of the wasm that says which build it is of. */
const SECTION = "actionlane";
