// Holds the leases of lanes that run one call at a time across all tabs: one Web Lock per lane. `lock.js` is loaded
// with the first. Must not decide when a lease is needed: the engine does.

import { part } from "../loading/part.js";
import { Map } from "../page/globals.js";

const load = /* @__PURE__ */ part(() => import("./lock.js"), "scope", "NETWORK");

/** Default for `leaseTimeout`: how long, in ms, another tab may hold a lease that is waited for. */
const PATIENCE = 60_000;

let locks;

export class Leases {
  #patience;
  #tell;
  /** By lane: the lock that is requested or held; a number while `lock.js` is loading. */
  #asked = new Map();
  #count = 0;

  /** `tell(run)` runs `run` with the current engine. */
  constructor(patience = PATIENCE, tell) {
    this.#patience = patience;
    this.#tell = tell;
  }

  /**
   * Requests the lease of a lane; releases the one that is held. The engine is notified by `leased`,
   * `leaseTaken` or `leaseRefused`.
   */
  async ask(lane) {
    if (locks) return this.#lock(lane);
    const number = (this.#count += 1);
    this.#asked.set(lane, number);
    const isAsked = () => this.#asked.get(lane) === number;
    try {
      locks = await load();
      if (isAsked()) this.#lock(lane);
    } catch ({ code, message, cause }) {
      if (isAsked()) this.#refused(lane, code, message, cause);
    }
    return undefined;
  }

  #lock(lane) {
    const { Lock, GRANTED, TAKEN } = locks;
    const before = this.#asked.get(lane);
    // Dispatchers of all tabs with a lane of this name share the lock.
    this.#asked.set(lane, new Lock(`actionlane:lane:${lane}`, this.#patience, (told, cause) => {
      if (told === GRANTED) return this.#tell((engine) => engine.leased(lane));
      if (told === TAKEN) {
        this.#asked.delete(lane);
        return this.#tell((engine) => engine.leaseTaken(lane));
      }
      return this.#refused(lane, "INVALID_OPTION", "scope: the browser refuses the lock that all tabs share", cause);
    }));
    before?.giveBack?.();
  }

  #refused(lane, code, message, cause) {
    this.#asked.delete(lane);
    this.#tell((engine) => engine.leaseRefused(lane, code === "NETWORK", message, cause));
  }

  /** Releases the lease of a lane, or withdraws the request for it. */
  giveBack(lane) {
    const lock = this.#asked.get(lane);
    this.#asked.delete(lane);
    lock?.giveBack?.();
  }

  /** Releases all leases: their engine is gone. */
  giveAllBack() {
    for (const lane of [...this.#asked.keys()]) this.giveBack(lane);
  }
}
