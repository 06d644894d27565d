// Sends the request of a call through its lane, and once more where the server has refused it without running it. Must
// not read the answer beyond its head, nor act on it.

import { Dispatcher } from "../../lib/dispatcher.js";
import { laneBy } from "../../lib/dispatcher/lanes.js";
import { ActionError } from "../../lib/error.js";
import { part } from "../../lib/loading/lazy_part.js";
import { headOf } from "./answer.js";
import { NewIds } from "./new_ids.js";
import { requestOf, SKIP_RENDER } from "./request.js";

/** Retries of a call that is `idempotent` and says no number. */
const RETRIES = 2;

const loadUntilValue = part(() => import("./until_value.js"), "retry", "NETWORK");

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
   * answered. `once`: the promise of the call, `limits`: those that end it; a call that is over does not hold its lane.
   * `onAttempt()` runs before each request, `onHead(head)` when a head has arrived.
   */
  async send({ internals }, call) {
    const { id, name, args, once } = call;
    const { render, skew = this.#options.skew ?? "recover", ...given } = call.options;
    const options = optionsOf(given, args);
    const how = { ...call, render, options };
    const isKeyed = options.idempotencyKey ?? this.#options.idempotency ?? internals.infoOf(id).type === "use-cache";
    const isRetried = isKeyed && limitOf(options.retry ?? this.#options.retry) > 0;
    const known = this.#newIds.known(id);
    const request = await this.#inOrder(options.lane, once, this.#requestOf(internals, id, args, known), isRetried && loadUntilValue());
    how.prepare = this.#preparer(call, isRetried);
    const answer = await this.#attempts(request, how).catch((error) => Promise.reject(this.#clearer(error, internals, request.leastSize, call)));
    if (answer.head.status >= 400 && this.#isTooLarge(internals, request.leastSize)) {
      answer.response.body?.cancel().catch(() => {});
      throw tooLarge(request.leastSize, internals, { status: answer.head.status, actionId: id });
    }
    const isLost = answer.head.isUnknown;
    if (isLost && skew === "reload") location.reload();
    if (!isLost || skew !== "recover" || !name) return { ...answer, isRecovered: known !== undefined };

    // A second deployment.
    if (known !== undefined) this.#newIds.forget(id, known);
    const search = this.#newIds.of(id, name, request.url).then((found) => found && this.#requestOf(internals, id, args, found));
    const again = await this.#inOrder(options.lane, once, search);
    if (!again) return answer;
    return { ...(await this.#attempts(again, how)), isRecovered: true };
  }

  /** True if the body is larger than the configuration of the app lets the server take. */
  #isTooLarge({ settings }, size) {
    return this.#options.maxBodyBytes === undefined && size > settings.maxBodyBytes;
  }

  /** Returns an error that says more: servers cut the connection of a body that is too large. */
  #clearer(error, internals, size, { id, name }) {
    if (error.code === "NETWORK" && this.#isTooLarge(internals, size)) return tooLarge(size, internals, { actionId: id, sent: error.sent, cause: error });
    if (error.code === "INVALID_OPTION") error.message = error.message.replace(/^(?:\w+: )?fetch: /, `options of ${name ? JSON.stringify(name) : "an action"}: `);
    return error;
  }

  /** `newId`: the action's id in another deployment than the page's. */
  async #requestOf(internals, id, args, newId) {
    const request = await requestOf(internals, newId ?? id, args, this.#options.maxBodyBytes);
    if (newId !== undefined) delete request.headers["x-deployment-id"];
    return request;
  }

  async #attempts({ url, headers, body, refs }, { name, render, options, limits, onAttempt, prepare, begun }) {
    // Runs when the lane is free. The headers of the options may be a function, too.
    const headersOfAttempt = (attempt) => {
      onAttempt();
      return typeof options.headers === "function" ? options.headers(attempt) : (options.headers ?? {});
    };
    const more = { prepare, begun: begun && ((number) => begun(this.#dispatcher, number)) };
    const send = async (added) => {
      const init = { method: "POST", headers: { ...headers, ...added }, body };
      const own = { name, ...options, headers: headersOfAttempt, signal: limits.signal, deadline: limits.timeLeft() };
      const response = await limits.during(() => Dispatcher.send(this.#dispatcher, url, init, own, more));
      return { response, head: headOf(response), url, refs, headers };
    };
    const answer = await send(render === "skip" ? SKIP_RENDER : undefined);
    // The page does not own the action, and refuses to pass it on unrendered. It did not run.
    return answer.head.isUnknown && render === "skip" ? send() : answer;
  }

  /** Returns the function that is given each response before the dispatcher has it. */
  #preparer({ options, onHead }, isRetried) {
    const stallTimeout = options.stallTimeout ?? this.#options.stallTimeout;
    return (response) => {
      const head = headOf(response);
      onHead(head);
      return isRetried && head.isFlight && response.body ? loadUntilValue.there.untilValue(response, stallTimeout) : response;
    };
  }

  /** Waits for `request` and for the calls of the lane that were made before. A call that is over waits no longer. */
  async #inOrder(lane = "main", once, request, more) {
    const before = this.#preparing.get(lane);
    const own = Promise.race([Promise.all([request, more]), once.over]);
    const turn = Promise.allSettled([before, own]);
    this.#preparing.set(lane, turn);
    await turn;
    if (this.#preparing.get(lane) === turn) this.#preparing.delete(lane);
    const [found] = (await own) ?? [];
    // The promise of the call has settled, and no one waits for this one.
    return once.isOver ? new Promise(() => {}) : found;
  }
}

/** Returns the options as the dispatcher takes them. */
function optionsOf({ idempotent, signal, deadline, ...options }, args) {
  if (idempotent) {
    options.retry ??= RETRIES;
    options.idempotencyKey ??= true;
  }
  options.lane = laneBy(options.lane, args);
  return options;
}

function tooLarge(size, { settings }, more) {
  return new ActionError("BODY_TOO_LARGE", `the server takes ${settings.maxBodyBytes} bytes (serverActions.bodySizeLimit), and the arguments take ${size}`, { sent: "yes", ...more });
}

const limitOf = (retry) => (typeof retry === "object" ? retry?.limit : retry);
