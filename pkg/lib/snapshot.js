// Gives `snapshot()` its list: the same array while nothing in it has changed, and in the next array the
// same object for each call that has not. React's `useSyncExternalStore` compares by identity, and renders
// for ever where each look gives something new.

import { Map } from "./platform.js";

export class Snapshot {
  #list = [];
  #versions = [];

  /**
   * `versions`: numbers, of which one is another where anything may have changed. Only then `make()` is
   * asked, which gives everything anew.
   */
  read(versions, make) {
    if (versions.every((version, at) => version === this.#versions[at])) return this.#list;
    const before = new Map(this.#list.map((info) => [info.id, info]));
    const list = make().map((info) => (isSame(before.get(info.id), info) ? before.get(info.id) : info));
    if (list.length !== this.#list.length || list.some((info, at) => info !== this.#list[at])) this.#list = list;
    this.#versions = versions;
    return this.#list;
  }
}

/** Of two flat objects. */
function isSame(before, now) {
  const keys = Object.keys(now);
  return before !== undefined && keys.length === Object.keys(before).length && keys.every((key) => before[key] === now[key]);
}
