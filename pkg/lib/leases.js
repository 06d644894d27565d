// The leases of lanes that are one at a time over all tabs: a Web Lock for each lane. What holds locks is loaded with the first.

import { part } from "./part.js";
import { Map } from "./platform.js";

const load = /* @__PURE__ */ part(() => import("./lock.js"), "scope", "NETWORK");

/** So long another tab may keep a lease that is waited for, in ms, where the options do not say. */
const PATIENCE = 60_000;

let locks;

export class Leases {
  #patience;
  #tell;
  /** By lane: what is asked for or held; of one that is being loaded, a number. */
  #asked = new Map();
  #count = 0;

  /** `tell(run)` runs something with the engine that has asked. */
  constructor(patience = PATIENCE, tell) {
    this.#patience = patience;
    this.#tell = tell;
  }

  /** Asks for the lease of a lane. One that is held is given back then. The engine hears of it by `leased`, `leaseTaken` or `leaseRefused`. */
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
    // Dispatchers of all tabs that have a lane of this name meet here.
    this.#asked.set(lane, new Lock(`actionlane:lane:${lane}`, this.#patience, (told, cause) => {
      if (told === GRANTED) return this.#tell((engine) => engine.leased(lane));
      if (told === TAKEN) {
        this.#asked.delete(lane);
        return this.#tell((engine) => engine.leaseTaken(lane));
      }
      return this.#refused(lane, "INVALID_OPTION", "scope: the browser gives no lock to be one at a time over all tabs", cause);
    }));
    before?.giveBack?.();
  }

  #refused(lane, code, message, cause) {
    this.#asked.delete(lane);
    this.#tell((engine) => engine.leaseRefused(lane, code === "NETWORK", message, cause));
  }

  /** Gives the lease of a lane back, or asks for it no longer. */
  giveBack(lane) {
    const lock = this.#asked.get(lane);
    this.#asked.delete(lane);
    lock?.giveBack?.();
  }

  /** All of them: whoever has asked is gone. */
  giveAllBack() {
    for (const lane of [...this.#asked.keys()]) this.giveBack(lane);
  }
}
