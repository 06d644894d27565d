/** A call under way: a promise of the value, with a handle on the call. What derives from it (`then`, …) is a plain promise. */
export class ActionCall extends Promise {
  static get [Symbol.species]() {
    return Promise;
  }

  #client;
  #entry;
  #outcome;
  #result;

  /** Makes the call of an entry, and has the entry settle it. */
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
      // Whoever looks at one of the two need not look at the other.
      promise.catch(() => {});
      super.then(undefined, () => {});
      this.#outcome = { promise, settle };
      if (this.#result) settle();
    }
    return this.#outcome.promise;
  }
}
