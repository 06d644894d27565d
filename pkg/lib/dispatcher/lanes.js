// Implements the public methods of a dispatcher's lanes. Schedules nothing: the engine does.

import { ActionError, invalid } from "../error.js";
import { laneName } from "../options.js";
import { Map, Set } from "../page/globals.js";

export class Lanes {
  #client;
  /** The paused lanes; undefined stands for all lanes. A fresh engine pauses them again. */
  #paused = new Set();
  /** The objects that `get` has returned, by name, so that a name always gets the same object. */
  #handles = new Map();

  constructor(client) {
    this.#client = client;
  }

  opened(engine) {
    for (const lane of this.#paused) engine.pause(lane);
  }

  /** Returns the object by which the page controls a lane. */
  get(name) {
    const lane = checkLane(name);
    if (!this.#handles.has(lane)) this.#handles.set(lane, this.#handleOf(lane));
    return this.#handles.get(lane);
  }

  #handleOf(lane) {
    const lanes = this;
    return {
      name: lane,
      get size() {
        return lanes.#sizeOf(lane);
      },
      pause: () => this.pause(lane),
      resume: () => this.resume(lane),
      clear: (reason) => this.clear(lane, reason),
    };
  }

  /** Pauses one lane, or all if `lane` is undefined. */
  pause(lane) {
    this.#client.engine.enter((engine) => {
      this.#paused.add(lane);
      engine.pause(lane);
    });
  }

  resume(lane) {
    this.#client.engine.enter((engine) => {
      this.#paused.delete(lane);
      engine.resume(lane);
    });
  }

  clear(lane, reason) {
    const { engine } = this.#client;
    const kept = this.#keptIn(lane);
    for (const entry of kept) this.#client.refuse(entry, new ActionError("CLEARED", "the call was dropped from its lane", { cause: reason }));
    return kept.length + (engine.ask((engine) => engine.clear(lane, reason)) ?? 0);
  }

  #sizeOf(lane) {
    return this.#keptIn(lane).length + (this.#client.engine.ask((engine) => engine.waiting(lane)) ?? 0);
  }

  #keptIn(lane) {
    return this.#client.engine.kept.filter((entry) => lane === undefined || entry.lane === lane);
  }
}

/**
 * Returns the lane of a call. `choice`: a name, a function of the page's that chooses by the arguments, or undefined.
 */
export function laneBy(choice, list) {
  if (typeof choice !== "function") return choice ?? "main";
  let name;
  try {
    name = choice(...list);
  } catch (cause) {
    throw invalid("lane: the function failed", cause);
  }
  return name === undefined ? "main" : checkLane(name);
}

function checkLane(name) {
  try {
    return laneName(name);
  } catch {
    throw invalid("lane: expected a name");
  }
}
