// A promise that settles once and says when. Knows no actions.

export class Once {
  isOver = false;
  promise;
  /** Fulfils once the promise has settled. */
  over;
  #resolve;
  #reject;
  #ended;

  /** `ended` runs before the promise settles. */
  constructor(ended) {
    this.#ended = ended;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.over = this.promise.then(() => {}, () => {});
  }

  /**
   * A value that is a promise may still fail in another way, so it is waited for. React's promises call back at once;
   * the caller must not go on before Next's router has taken the page, or its next navigation discards that.
   */
  resolve = (value) => {
    if (typeof value?.then === "function") new Promise((resolve) => resolve(value)).then((value) => this.#end(this.#resolve, value), this.reject);
    else this.#end(this.#resolve, value);
  };

  reject = (error) => this.#end(this.#reject, error);

  #end(act, result) {
    if (this.isOver) return;
    this.isOver = true;
    this.#ended();
    act(result);
  }
}
