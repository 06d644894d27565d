// Holds the leases of lanes that run one call at a time across all tabs: one Web Lock per lane. `web_locks.js` is
// loaded with the first. Must not decide when a lease is needed: the engine does.

import { part } from "../loading/lazy_part.js";
import { Map } from "../page/globals.js";

const load = /* @__PURE__ */ part(() => import("./web_locks.js"), "scope", "NETWORK");

/** Default for `leaseTimeout`: how long, in ms, another tab may hold a lease that is waited for. */
const PATIENCE = 60_000;

let lockModule;

export class Leases {
  #patience;
  #withEngine;
  /** By lane: the lock that is requested or held; a number while `web_locks.js` is loading. */
  #locks = new Map();
  #count = 0;

  /** `withEngine(run)` runs `run` with the current engine. */
  constructor(patience = PATIENCE, withEngine) {
    this.#patience = patience;
    this.#withEngine = withEngine;
  }

  /**
   * Requests the lease of a lane; releases the one that is held. The engine is notified by `leased`,
   * `leaseTaken` or `leaseRefused`.
   */
  async ask(lane) {
    if (lockModule) return this.#requestLock(lane);
    const number = (this.#count += 1);
    this.#locks.set(lane, number);
    const isAsked = () => this.#locks.get(lane) === number;
    try {
      lockModule = await load();
      if (isAsked()) this.#requestLock(lane);
    } catch ({ code, message, cause }) {
      if (isAsked()) this.#refused(lane, code, message, cause);
    }
    return undefined;
  }

  #requestLock(lane) {
    const { Lock, GRANTED, TAKEN } = lockModule;
    const before = this.#locks.get(lane);
    // Dispatchers of all tabs with a lane of this name share the lock.
    this.#locks.set(lane, new Lock(`actionlane:lane:${lane}`, this.#patience, (what, cause) => {
      if (what === GRANTED) return this.#withEngine((engine) => engine.leased(lane));
      if (what === TAKEN) {
        this.#locks.delete(lane);
        return this.#withEngine((engine) => engine.leaseTaken(lane));
      }
      return this.#refused(lane, "INVALID_OPTION", "scope: the browser refuses the lock that all tabs share", cause);
    }));
    before?.giveBack?.();
  }

  #refused(lane, code, message, cause) {
    this.#locks.delete(lane);
    this.#withEngine((engine) => engine.leaseRefused(lane, code === "NETWORK", message, cause));
  }

  /** Releases the lease of a lane, or withdraws the request for it. */
  giveBack(lane) {
    const lock = this.#locks.get(lane);
    this.#locks.delete(lane);
    lock?.giveBack?.();
  }

  /** Releases all leases: their engine is gone. */
  giveAllBack() {
    for (const lane of [...this.#locks.keys()]) this.giveBack(lane);
  }
}
