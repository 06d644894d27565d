// Finds the new ids of actions that the server no longer knows: another build was deployed while the page was open.
// Must not send an action.

import { loadReader } from "../../lib/page/next_app.js";

/** Longest search, in ms. */
const LONGEST = 10_000;

export class NewIds {
  #fetch;
  /** By old id, the promise of the new one. */
  #searches = new Map();
  /** By old id, the new one that was found. */
  #found = new Map();

  /** `fetch(url, init)` loads the page and its scripts. */
  constructor(fetch) {
    this.#fetch = fetch;
  }

  /** Returns the new id that a search has found. */
  known(old) {
    return this.#found.get(old);
  }

  /** Has the next `of(old)` search again, if `found` is still its result. */
  forget(old, found) {
    if (this.#found.get(old) !== found) return;
    this.#found.delete(old);
    this.#searches.delete(old);
  }

  /**
   * Promises the id that the action of this name has in the page at `address` as deployed now; undefined if it cannot
   * be found, or takes other arguments now. Calls at the same time share one search; an id that was found is
   * remembered, a failed search is not.
   */
  of(old, name, address) {
    if (!name) return Promise.resolve(undefined);
    const search = this.#searches.get(old) ?? this.#search(old, name, address);
    this.#searches.set(old, search);
    return search;
  }

  async #search(old, name, address) {
    try {
      const signal = AbortSignal.timeout(LONGEST);
      const { look } = await loadReader();
      const load = (url, accept, mode) => this.#fetch(url, { headers: { Accept: accept }, mode, credentials: "same-origin", signal });
      const { find } = await look(new URL(address, globalThis.document?.baseURI ?? address).href, load);
      const id = find(old, name);
      this.#found.set(old, id);
      return id;
    } catch {
      this.#searches.delete(old);
      return undefined;
    }
  }
}
