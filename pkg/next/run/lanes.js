// Sends actions of a Next app through lanes. Loaded late, with the dispatcher. `call` walks an action from its
// arguments to the promise of its caller; must not commit anything to the page: Next's router does.

import { createDispatcher, ready } from "../../index.js";
import { Dispatcher } from "../../lib/dispatcher.js";
import { aborted } from "../../lib/error.js";
import { onAbort } from "../../lib/abort_signals.js";
import { visit } from "../../lib/page/moved_on.js";
import { canBeReadOnce } from "./arguments.js";
import { decode, hasPage, headOf, isPlain } from "./answer.js";
import { brokenBy, watched } from "./watched_body.js";
import { Freshness } from "./freshness.js";
import { guard } from "./guard.js";
import { HandOver } from "./hand_over.js";
import { Once } from "./once.js";
import { page } from "./page.js";
import { requestOf, SKIP_RENDER } from "./request.js";
import { settleApart } from "./apart.js";

/** Makes the dispatcher and loads its wasm. Rejects if the page forbids it or a file is missing. */
export async function open(options) {
  const dispatcher = createDispatcher({ ...options });
  await ready();
  return new Lanes(dispatcher, options);
}

class Lanes {
  dispatcher;
  #maxBodyBytes;
  #freshness = new Freshness();
  #handOver = new HandOver();
  /** By lane, the last call that prepares its request: calls enter the lane in the order in which they were made. */
  #preparing = new Map();

  /** Next's, since the first call. */
  #internals;

  constructor(dispatcher, options) {
    this.dispatcher = dispatcher;
    this.#maxBodyBytes = options?.maxBodyBytes;
    page().observe = () => this.#observe();
    guard();
  }

  /** Notes an action that Next sends itself. Returns the function to call with its answer, if there is one. */
  #observe() {
    const ticket = {};
    this.#freshness.sent(ticket);
    return (response) => {
      const isRevalidated = response !== undefined && headOf(response).isRevalidated;
      if (isRevalidated) this.#freshness.arrived(ticket);
      // Next commits its page, which may be older than one that came meanwhile.
      this.#freshness.end(ticket, isRevalidated && ticket.isStale && this.#internals && refresher(this.#internals));
    };
  }

  /** Calls the action `id` by a lane. `options`: those of its policy and of `withOptions`. `begun`: see `page.js`. */
  call(home, { id, name, args, options, begun }) {
    const ticket = { isStale: false };
    const once = new Once(() => this.#freshness.end(ticket));
    this.#run(home, { id, name, args, options, begun, ticket, once }).catch(once.reject);
    return once.promise;
  }

  async #run(home, call) {
    const { internals } = home;
    this.#internals = internals;
    const { id, name, args, ticket, once } = call;
    const visitOfCall = visit();
    const { render, ...options } = call.options;
    if (typeof options.lane === "function") options.lane = options.lane(...args);
    const sent = await this.#inOrder(options.lane, requestOf(internals, id, args, this.#maxBodyBytes));
    const { url, refs, headers } = sent;
    const send = (more) => {
      const init = { method: "POST", headers: { ...headers, ...more }, body: sent.body };
      // Runs when the lane is free. `options.headers` may be a function, too.
      const headersOfAttempt = (attempt) => {
        if (!once.isOver) this.#freshness.sent(ticket);
        return typeof options.headers === "function" ? options.headers(attempt) : (options.headers ?? {});
      };
      const told = call.begun && ((number) => call.begun(this.dispatcher, number));
      return Dispatcher.send(this.dispatcher, url, init, { name, ...options, headers: headersOfAttempt }, told);
    };
    let response = await send(render === "skip" ? SKIP_RENDER : undefined);
    let head = headOf(response);
    // The page does not own the action, and refuses to pass it on unrendered. It did not run.
    if (head.isUnknown && render === "skip") {
      response = await send();
      head = headOf(response);
    }
    if (head.isUnknown) throw unrecognized(internals, id);

    // The answer has said that data is stale; if its page does not arrive, another must be asked for.
    const fail = (error) => {
      if (!once.isOver && head.isRevalidated) this.#freshness.end(ticket, refresher(internals));
      once.reject(error);
    };
    const body = watched(response, (error) => fail(brokenBy(error, options.signal)));
    // The dispatcher is done once the value is there; in Next's queue the call may wait for longer.
    const unlisten = onAbort(options.signal, (reason) => fail(aborted(reason, "yes")));
    once.promise.catch(() => {}).finally(unlisten);
    const answer = { head, response: body.response, url, refs, headers };
    const apart = () => settleApart(home, answer, () => this.#freshness.end(ticket, refresher(internals))).then(once.resolve);
    // Next discards a pending action when the user navigates, also if that ends at the same address.
    const isElsewhere = visit() !== visitOfCall || internals.getState().canonicalUrl !== url;
    if (isPlain(head)) {
      const result = await decode(home, answer);
      if (hasPage(result)) this.#freshness.end(ticket, refresher(internals));
      once.resolve(result.a);
      return;
    }
    // Another answer has come since this one was asked for, or another page: what was rendered into it may be older
    // than what is shown.
    const isOld = ticket.isStale && head.isRevalidated && !head.redirect;
    if (head.isRevalidated) this.#freshness.arrived(ticket);
    if (isElsewhere || isOld || (render === "skip" && head.isRevalidated && !head.redirect)) return apart();
    if (head.redirect && ticket.isStale) once.promise.catch(() => {}).finally(() => this.#freshness.owe(refresher(internals)));
    await this.#handOver.give(home, { id, args: canBeReadOnce(args) ? [] : args, once, answer, body, apart });
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

/** Returns a function that has the page rendered again. */
const refresher = ({ startTransition, router }) => () => startTransition(() => router.refresh());

function unrecognized({ UnrecognizedActionError }, id) {
  const more = "https://nextjs.org/docs/messages/failed-to-find-server-action";
  return new UnrecognizedActionError(`Server Action "${id}" was not found on the server. \nRead more: ${more}`);
}
