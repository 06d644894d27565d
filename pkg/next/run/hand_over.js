// Hands an answer to Next's own reducer. The reducer is given a token instead of the action's id; it makes one
// request with it, and a wrapper of `fetch` (`guard.js`) gives it the answer. Nothing runs twice: no server takes the
// token for an id, and the wrapper lets no token reach the network. Must not read the answer.

import { guard, tokens } from "./guard.js";

export class HandOver {
  #count = 0;
  #page = crypto.getRandomValues(new Uint32Array(2)).join("-");

  /**
   * Dispatches the action with the answer. `once` settles with what the reducer says, or `reject` is called with
   * its error; `past()` settles it outside the router instead, if the reducer did not take the answer.
   */
  async give({ internals }, { id, args, once, reject, answer, body, past }) {
    if (!guard()) return past();
    const { dispatch, serverAction, startTransition } = internals;
    // The first two digits of the id say which arguments Next writes.
    const token = `${id.slice(0, 2)}-actionlane-${this.#page}-${++this.#count}`;
    const entry = { answer, body, isTaken: false };
    tokens().set(token, entry);
    once.over.then(() => tokens().delete(token));
    const failed = (error) => {
      if (once.isOver) return;
      if (entry.isTaken) reject(error);
      else past().catch(reject);
    };
    try {
      startTransition(() => dispatch({ type: serverAction, actionId: token, actionArgs: args, resolve: once.resolve, reject: failed }));
    } catch (error) {
      failed(error);
    }
  }
}
