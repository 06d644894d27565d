/** A call under way: a promise of the value, with a handle on the call. What derives from it (`then`, …) is a plain promise. */
export class ActionCall extends Promise {
  static get [Symbol.species]() {
    return Promise;
  }

  #handle;
  #outcome;
  #result;

  /** `handle` is `{ id, state(), abort(reason) }`. Gives the call and the function that settles it: `settle(error, outcome)`. */
  static start(handle) {
    let resolve, reject;
    const call = new ActionCall((...functions) => ([resolve, reject] = functions));
    call.#handle = handle;
    const settle = (error, outcome) => {
      call.#result = { error, outcome };
      if (error) reject(error);
      else resolve(outcome.value);
      call.#outcome?.settle();
    };
    return { call, settle };
  }

  get id() {
    return this.#handle.id;
  }

  get state() {
    return this.#handle.state();
  }

  abort(reason) {
    return this.#handle.abort(reason);
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
