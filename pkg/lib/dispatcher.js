// Defines the class `Dispatcher` as pages see it. Each method calls the file that does the work. Knows neither
// the network nor the DOM.

import { call } from "./dispatcher/call.js";
import { Client } from "./dispatcher/internals.js";
import { bindForms } from "./bind_forms.js";
import { NO_OUTBOX } from "./outbox.js";
import { describe } from "./dispatcher/call_snapshot.js";
import { invalid } from "./error.js";
import { fetchInLane } from "./fetch.js";
import { cancelFilter } from "./options.js";
import { Map, take } from "./page/globals.js";
import { route } from "./route.js";
import { Snapshot } from "./dispatcher/same_snapshot.js";
import { callerOf } from "./error/call_site.js";

/**
 * A dispatcher as the page sees it. Its methods work detached (`const { call } = createDispatcher()`).
 * `internals.js` holds its state.
 */
export class Dispatcher {
  #client;
  #snapshot = new Snapshot();

  /** `loads`: the first argument of `Client`. */
  constructor(loads, options) {
    take();
    this.#client = new Client(loads, options, this.#fetch);
  }

  call = (ref, args, options) => call(this.#client, ref, args, options, this.call);

  bind = (ref, options) => {
    const bound = (...args) => call(this.#client, ref, args, options, bound, ({ idempotencyKey }) => {
      if (typeof idempotencyKey === "string") throw invalid("idempotencyKey: use true; a text would be the same key for every call");
    });
    return bound;
  };

  route = (input, init, options) => this.#route(input, init, options);

  #route(input, init, options) {
    return route(this.#client, (make) => this.#client.send(...make()), callerOf(this.route), input, init, options);
  }

  /** Returns the same function each time. Notes the page's `fetch` first: the page may read this to replace that. */
  get fetch() {
    this.#client.fetcher.note();
    return this.#fetch;
  }

  #fetch = (input, init, options) => fetchInLane(this.#client, this.#fetch, input, init, options);

  /**
   * Does what `fetch` does for an action, but rejects with an `ActionError`. `more`: see `fetchInLane`. For
   * `pkg/next/`, not for pages.
   */
  static send(dispatcher, input, init, options, more) {
    return fetchInLane(dispatcher.#client, dispatcher.#fetch, input, init, options, (error) => error, more);
  }

  bindForms = (root, options) => bindForms(this.#client, root, options);

  /** The durable calls that wait for an answer: lists, resends and removes them. */
  get outbox() {
    return this.#client.outbox?.api ?? NO_OUTBOX;
  }

  lane = (name) => this.#client.lanes.get(name);

  clear = (reason) => this.#client.lanes.clear(undefined, reason);

  pause = () => this.#client.lanes.pause();

  resume = () => this.#client.lanes.resume();

  cancel = (filter, reason) => {
    const wanted = chooser(filter);
    let chosen;
    try {
      chosen = this.snapshot().filter((info) => wanted(info) && info.state !== "draining");
    } catch (cause) {
      throw invalid("cancel: the filter failed", cause);
    }
    const { open } = this.#client;
    return chosen.map(({ id }) => open.get(id)).filter((entry) => entry && this.#client.abortAny(entry, reason)).length;
  };

  idle = () => this.#client.open.idle();

  get pending() {
    return this.#client.open.pending;
  }

  snapshot = () => {
    const { open, engine } = this.#client;
    const revision = engine.ask((engine) => engine.revision());
    return this.#snapshot.read([open.version, revision], () => {
      const known = new Map(this.#client.infos().map((info) => [info.id, info]));
      return [...open.values()].map((entry) => this.#client.shown(known.get(entry.id)) ?? describe(entry));
    });
  };

  subscribe = (listener) => {
    if (typeof listener !== "function") throw invalid("subscribe: expected a function");
    return this.#client.events.subscribe(listener);
  };

  close = () => this.#client.close();
}

/**
 * Returns a function that tells if a call is chosen: `filter` itself, or a comparison of the properties that it has.
 */
function chooser(filter) {
  if (typeof filter === "function") return filter;
  const wanted = cancelFilter(filter);
  return (info) => Object.entries(wanted).every(([key, value]) => info[key] === value);
}
