// Keeps the results of `snapshot()` identical while nothing changes: the same array, and in a new array the same object
// for each call that has not changed. React's `useSyncExternalStore` compares by identity, and would render forever
// otherwise. Knows nothing of calls.

import { Map } from "../page/globals.js";

export class Snapshot {
  #list = [];
  #versions = [];

  /**
   * Returns the list. `versions`: numbers, at least one of which changes whenever the list may have changed. Only then
   * `make()` is called, which makes all objects again.
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

/** True if two flat objects have the same properties. */
function isSame(before, now) {
  const keys = Object.keys(now);
  return before !== undefined && keys.length === Object.keys(before).length && keys.every((key) => before[key] === now[key]);
}
