// Sends actions of a Next app through lanes. Loaded late, with the dispatcher. `call` walks an action from its
// arguments to the promise of its caller; must not commit anything to the page: Next's router does.

import { createDispatcher, ready } from "../../index.js";
import { loadAlong } from "../../lib/fetch.js";
import { argumentsAgain } from "./arguments.js";
import { decode, hasPage, headOf, isPlain } from "./answer.js";
import { brokenBy, watched } from "./watched_body.js";
import { Freshness } from "./freshness.js";
import { guard } from "./guard.js";
import { HandOver } from "./hand_over.js";
import { Limits } from "./limits.js";
import { Once } from "./once.js";
import { page } from "./page.js";
import { Sending } from "./sending.js";
import { settleApart } from "./apart.js";

/** Makes the dispatcher and loads all that a first call needs. Rejects if the page forbids it or a file is missing. */
export async function open(options) {
  const dispatcher = createDispatcher({ ...options });
  try {
    await Promise.all([ready(), loadAlong()]);
  } catch (error) {
    dispatcher.close();
    throw error;
  }
  return new Lanes(dispatcher, options);
}

class Lanes {
  dispatcher;
  #options;
  #sending;
  #freshness = new Freshness();
  #handOver = new HandOver();

  /** Next's, since the first call. */
  #internals;

  constructor(dispatcher, options) {
    this.dispatcher = dispatcher;
    this.#options = options;
    this.#sending = new Sending(dispatcher, options);
    const state = page();
    state.observe = () => this.#observe();
    // The router renders the page again: those that are on their way may be older.
    state.refreshed = () => this.#freshness.arrived();
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
    const limits = new Limits(once, { signal: options.signal, deadline: options.deadline ?? this.#options?.deadline });
    // An answer has said that data is stale; if no page arrives, another must be asked for.
    const fail = (error) => {
      if (!once.isOver && ticket.isRevalidated) this.#freshness.end(ticket, refresher(home.internals));
      once.reject(error);
    };
    this.#run(home, { id, name, args, options, begun, ticket, once, limits, fail }).catch(fail);
    return once.promise;
  }

  async #run(home, call) {
    const { id, args, options, ticket, once, limits, fail } = call;
    const { internals } = home;
    this.#internals = internals;
    let moves;
    const onAttempt = () => {
      moves ??= page().moves;
      if (!once.isOver) this.#freshness.sent(ticket);
    };
    // At once: the lane may be free in a moment, and what is sent then is newer.
    const onHead = ({ isRevalidated }) => {
      if (!isRevalidated) return;
      ticket.isRevalidated = true;
      this.#freshness.arrived(ticket);
    };
    const sent = await this.#sending.send(home, { ...call, onAttempt, onHead });
    const { response, head, url } = sent;
    if (head.isUnknown) throw unrecognized(internals, id);

    const body = watched(response, (error) => fail(brokenBy(error, limits.signal)));
    // The dispatcher is done once the value is there; in Next's queue the call may wait for longer.
    limits.answered(fail);
    const answer = { ...sent, response: body.response };
    const owe = () => this.#freshness.end(ticket, refresher(internals));
    const apart = () => settleApart(home, answer, owe).then(once.resolve);
    // Next discards an action that is running when the user moves on, also if that ends at the same address. One that
    // was called while a navigation was pending it sends after that, and follows its redirect.
    const isDiscarded = () => page().moves !== moves;
    const isElsewhere = isDiscarded() || (!head.redirect && internals.getState().canonicalUrl !== url);
    if (isPlain(head)) {
      const result = await decode(home, answer);
      if (hasPage(result) || ticket.isRevalidated) owe();
      once.resolve(result.a);
      return;
    }
    // Another answer has come since this one was asked for, or another page: what was rendered into it may be older
    // than what is shown.
    const isOld = ticket.isStale && head.isRevalidated && !head.redirect;
    if (isElsewhere || isOld || (options.render === "skip" && head.isRevalidated && !head.redirect)) return apart();
    /** Settles a call that the router cannot or must not take. */
    const past = () => {
      if (head.redirect && !isDiscarded()) follow(internals, head.redirect, url);
      return apart();
    };
    // The router of this page cannot show a page of another build.
    if (sent.isRecovered) return past();
    if (head.redirect && ticket.isStale) once.over.then(() => this.#freshness.owe(refresher(internals)));
    const reject = head.redirect ? once.reject : fail;
    await this.#handOver.give(home, { id, args: argumentsAgain(args), once, reject, answer, body, past });
  }
}

/** Returns a function that has the page rendered again. */
const refresher = ({ startTransition, router }) => () => startTransition(() => router.refresh());

function unrecognized({ UnrecognizedActionError }, id) {
  const more = "https://nextjs.org/docs/messages/failed-to-find-server-action";
  return new UnrecognizedActionError(`Server Action "${id}" was not found on the server. \nRead more: ${more}`);
}

/** Follows a redirect by loading the document. */
function follow({ assignLocation }, redirect, url) {
  const [address, type] = redirect.split(";");
  const { href, protocol } = assignLocation(address, new URL(url, document.baseURI));
  if (!/^https?:$/.test(protocol)) return;
  if (type === "replace") location.replace(href);
  else location.assign(href);
}
