// Defines the promise that `call()` returns. Knows nothing of lanes or requests: the client settles it.

/**
 * A call in progress: a promise of the value, with a handle on the call. Promises derived from it (by `then`,
 * …) are plain promises.
 */
export class ActionCall extends Promise {
  static get [Symbol.species]() {
    return Promise;
  }

  #client;
  #entry;
  #outcome;
  #result;

  /** Makes the promise of an entry, and sets the entry's `settle`. */
  static start(client, entry) {
    let resolve, reject;
    const call = new ActionCall((...functions) => ([resolve, reject] = functions));
    call.#client = client;
    call.#entry = entry;
    entry.settle = (error, outcome) => {
      call.#result = { error, outcome };
      if (error) reject(error);
      else resolve(outcome.value);
      call.#outcome?.settle();
    };
    return call;
  }

  get id() {
    return this.#entry.id;
  }

  get state() {
    return this.#client.stateOf(this.#entry);
  }

  abort(reason) {
    return this.#client.abort(this.#entry, reason);
  }

  get outcome() {
    if (!this.#outcome) {
      let settle;
      const promise = new Promise((resolve, reject) => {
        settle = () => (this.#result.error ? reject(this.#result.error) : resolve(this.#result.outcome));
      });
      // A page that handles one of the two promises need not handle the other.
      promise.catch(() => {});
      super.then(undefined, () => {});
      this.#outcome = { promise, settle };
      if (this.#result) settle();
    }
    return this.#outcome.promise;
  }
}
