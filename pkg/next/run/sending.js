// Sends the request of a call through its lane, and once more where the server has refused it without running it. Must
// not read the answer beyond its head, nor act on it.

import { Dispatcher } from "../../lib/dispatcher.js";
import { headOf } from "./answer.js";
import { NewIds } from "./new_ids.js";
import { requestOf, SKIP_RENDER } from "./request.js";

/** Retries of a call that is `idempotent` and says no number. */
const RETRIES = 2;

export class Sending {
  #dispatcher;
  #options;
  /** By lane, the last call that prepares its request: calls enter the lane in the order in which they were made. */
  #preparing = new Map();
  #newIds = new NewIds((...request) => fetch(...request));

  /** `options`: those of the dispatcher. */
  constructor(dispatcher, options = {}) {
    this.#dispatcher = dispatcher;
    this.#options = options;
  }

  /**
   * Promises `{ response, head, url, refs, headers, isRecovered }`. `isRecovered`: another build than the page's has
   * answered. `onAttempt()` runs before each request.
   */
  async send({ internals }, { id, name, args, options: { render, skew = this.#options.skew ?? "recover", ...given }, onAttempt }) {
    const options = optionsOf(given, args);
    const known = this.#newIds.known(id);
    const request = await this.#inOrder(options.lane, this.#requestOf(internals, known ?? id, args));
    const answer = await this.#attempts(request, { name, render, options, onAttempt });
    const isLost = answer.head.isUnknown;
    if (isLost && skew === "reload") location.reload();
    if (!isLost || skew !== "recover" || !name) return { ...answer, isRecovered: known !== undefined };

    // A second deployment.
    if (known !== undefined) this.#newIds.forget(id);
    const search = this.#newIds.of(id, name, request.url).then((found) => found && this.#requestOf(internals, found, args));
    const again = await this.#inOrder(options.lane, search);
    return again ? { ...(await this.#attempts(again, { name, render, options, onAttempt })), isRecovered: true } : answer;
  }

  #requestOf(internals, id, args) {
    return requestOf(internals, id, args, this.#options.maxBodyBytes);
  }

  async #attempts({ url, headers, body, refs }, { name, render, options, onAttempt }) {
    // Runs when the lane is free. The headers of the options may be a function, too.
    const headersOfAttempt = (attempt) => {
      onAttempt();
      return typeof options.headers === "function" ? options.headers(attempt) : (options.headers ?? {});
    };
    const whole = isRetried(options.retry ?? this.#options.retry) ? (await import("./until_value.js")).untilValue : undefined;
    const send = async (more) => {
      const init = { method: "POST", headers: { ...headers, ...more }, body };
      const response = await Dispatcher.send(this.#dispatcher, url, init, { name, ...options, headers: headersOfAttempt }, whole);
      return { response, head: headOf(response), url, refs, headers };
    };
    const answer = await send(render === "skip" ? SKIP_RENDER : undefined);
    // The page does not own the action, and refuses to pass it on unrendered. It did not run.
    return answer.head.isUnknown && render === "skip" ? send() : answer;
  }

  /** Waits for `request` and for the calls of the lane that were made before. */
  async #inOrder(lane, request) {
    const before = this.#preparing.get(lane);
    const turn = Promise.allSettled([before, request]);
    this.#preparing.set(lane, turn);
    await turn;
    if (this.#preparing.get(lane) === turn) this.#preparing.delete(lane);
    return request;
  }
}

/** Returns the options as the dispatcher takes them. */
function optionsOf({ idempotent, ...options }, args) {
  if (idempotent) {
    options.retry ??= RETRIES;
    options.idempotencyKey ??= true;
  }
  if (typeof options.lane === "function") options.lane = options.lane(...args);
  return options;
}

const isRetried = (retry) => (typeof retry === "object" ? retry?.limit : retry) > 0;
