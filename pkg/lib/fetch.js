// Implements the drop-in for `fetch`: an action that other code has built waits for its lane; every other request goes
// at once. Must not read the answer's value: the caller does.

import { exchange } from "./dispatcher/call.js";
import { closed } from "./error.js";
import { requestOf } from "./fetch/action_header.js";
import { IDEMPOTENCY_KEY, actionOf, argumentsOf, bodyNow, isOnce, isStream, readInit, signalOf, targetOf, withHeaders } from "./fetch/request_init.js";
import { checkBuilt } from "./options/no_effect.js";
import { fetchOptions } from "./options.js";
import { AbortController, Headers } from "./page/globals.js";
import { part } from "./loading/lazy_part.js";
import { requireStackRoom } from "./boundary/stack_room.js";
import { route } from "./route.js";
import { sendWith } from "./abort_signals.js";
import { callerOf } from "./error/call_site.js";

/** Loads the part that reads an answer along with its caller: see `prebuilt.js`. */
export const loadAlong = /* @__PURE__ */ part(() => import("./fetch/prebuilt.js"), "fetch", "NETWORK");

/** Returns the error that `fetch` would have rejected with, because callers of `fetch` expect that. */
function errorOfFetch(error) {
  if (error.code === "ABORTED" || error.code === "NETWORK") return error.cause ?? error;
  return error;
}

/**
 * Implements a dispatcher's `fetch`. `from`: that function. `asOfFetch(error)` returns the error to reject with, for an
 * `ActionError`. `prepare(response)`, if given, promises the response of an action that the attempt ends with.
 * `begun(id)`, if given, is called with the id of the call, once it is in its lane.
 */
export function fetchInLane(client, from, resource, init, options, asOfFetch = errorOfFetch, { prepare, begun } = {}) {
  requireStackRoom();
  const { fetcher, open } = client;
  let input, read, id, own, signal, built;
  try {
    input = targetOf(resource);
    read = readInit(init);
    id = actionOf(input, read);
    signal = signalOf(input, read);
    const ours = fetcher.find(input, read, id);
    if (ours) return fetcher.pass(ours, input, init && read);
    own = fetchOptions(options, id !== undefined);
    if (id !== undefined && !open.closed) built = builtOf(client, input, read, own);
  } catch (error) {
    return Promise.reject(error); // as `fetch` rejects these
  }
  const send = (make, once) => fetcher.sendOn(make, once);
  if (open.closed) {
    return sendWith([new AbortController().signal, signal, own.signal], (signal) => send(() => argumentsOf(input, read, signal), true));
  }
  const caller = callerOf(from);
  if (!built) return route(client, send, caller, input, read, own).catch((error) => Promise.reject(asOfFetch(error)));
  return new Promise((resolve, reject) => {
    const callId = exchange(client, id, built.own, {
      caller,
      signal,
      settle: (error, outcome) => (error ? reject(asOfFetch(error)) : resolve(outcome.value)),
      send: async (entry, signalOfAttempt, headers) => {
        if (built.own.frees !== "head" && !loadAlong.there) await loadAlong();
        if (!entry.over) return sendWith([signalOfAttempt, signal, own.signal], (signal) => {
          const sent = send(() => built.make(signal, headers), built.once);
          return prepare ? sent.then(prepare) : sent;
        });
        throw closed(); // seen only by an instance that has failed
      },
    });
    begun?.(callId);
  });
}

/**
 * Returns the request of an action. `make(signal, headers)` returns the arguments of `fetch` for one attempt; with
 * `once`, it can be called only once. `own`: the options, combined with what the request itself says.
 */
function builtOf({ options: common }, input, read, own) {
  read.body = bodyNow(read.body);
  const stream = isStream(read.body);
  checkBuilt(own, stream);
  const again = !stream && (own.retry ?? common.retry)?.limit > 0;
  const headers = read.headers ?? requestOf(input)?.headers;
  return {
    own: { ...withRequestHeaders(new Headers(headers), common, own), ...(stream && { retry: { limit: 0 } }) },
    once: !again && isOnce(input, read),
    make(signal, lines) {
      // A body can be read only once, so each attempt gets a clone.
      const to = again && requestOf(input) ? input.clone() : input;
      return argumentsOf(to, lines ? { ...read, headers: withHeaders(headers, pairs(lines)) } : read, signal);
    },
  };
}

/** Combines the options with the request's headers, which take precedence over those that the dispatcher would add. */
function withRequestHeaders(headers, { idempotency }, own) {
  const key = headers.get(idempotency?.header ?? IDEMPOTENCY_KEY);
  let { trace } = own;
  for (const [part, name] of [["traceparent", "traceparent"], ["requestId", "x-request-id"]]) {
    if (headers.has(name)) trace = { [part]: false, ...trace };
  }
  return { ...own, trace, idempotencyKey: own.idempotencyKey ?? (key === null ? undefined : checkedKey(key)) };
}

/**
 * Returns a key in the form that a call's may have; false for any other, which is sent unchanged for the server
 * to judge.
 */
function checkedKey(key) {
  try {
    return fetchOptions({ idempotencyKey: key }, true).idempotencyKey;
  } catch {
    return false;
  }
}

/** Splits lines of name, value, name, value, … into pairs. */
function pairs(lines) {
  const all = lines.split("\n");
  return all.flatMap((name, at) => (at % 2 === 0 ? [[name, all[at + 1]]] : []));
}
