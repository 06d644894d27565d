// The drop-in for `fetch`: an action that somebody else has built waits for its turn, everything else goes at once.

import { exchange } from "./calling.js";
import { closed } from "./error.js";
import { IDEMPOTENCY_KEY, actionOf, argumentsOf, bodyNow, isOnce, isStream, readInit, requestOf, signalOf, targetOf, withHeaders } from "./init.js";
import { checkBuilt } from "./moot.js";
import { fetchOptions } from "./options.js";
import { AbortController, Headers } from "./platform.js";
import { part } from "./part.js";
import { needRoom } from "./room.js";
import { route } from "./route.js";
import { sendWith } from "./signals.js";
import { callerOf } from "./stack.js";

/** Loads what reads an answer along with its caller: see `along.js`. */
export const loadAlong = /* @__PURE__ */ part(() => import("./along.js"), "fetch", "NETWORK");

/** What `fetch` would have rejected with, where the caller of `fetch` expects that. */
function asFetchWould(error) {
  if (error.code === "ABORTED" || error.code === "NETWORK") return error.cause ?? error;
  return error;
}

/** What a dispatcher's `fetch` does. `from`: that function. */
export function answer(client, from, asked, init, options) {
  needRoom();
  const { beneath, open } = client;
  let input, read, id, own, signal, built;
  try {
    input = targetOf(asked);
    read = readInit(init);
    id = actionOf(input, read);
    signal = signalOf(input, read);
    const ours = beneath.find(input, read, id);
    if (ours) return beneath.pass(ours, input, init && read);
    own = fetchOptions(options, id !== undefined);
    if (id !== undefined && !open.closed) built = builtOf(client, input, read, own);
  } catch (error) {
    return Promise.reject(error); // what `fetch` would say of these
  }
  const send = (make, once) => beneath.sendOn(make, once);
  if (open.closed) {
    return sendWith([new AbortController().signal, signal, own.signal], (signal) => send(() => argumentsOf(input, read, signal), true));
  }
  const caller = callerOf(from);
  if (!built) return route(client, send, caller, input, read, own).catch((error) => Promise.reject(asFetchWould(error)));
  return new Promise((resolve, reject) => {
    exchange(client, id, built.own, {
      caller,
      signal,
      settle: (error, outcome) => (error ? reject(asFetchWould(error)) : resolve(outcome.value)),
      send: async (entry, signalOfAttempt, headers) => {
        if (built.own.frees !== "head" && !loadAlong.there) await loadAlong();
        if (!entry.over) return sendWith([signalOfAttempt, signal, own.signal], (signal) => send(() => built.make(signal, headers), built.once));
        throw closed(); // to an instance that has failed
      },
    });
  });
}

/**
 * The request of an action: `make(signal, headers)` gives what to call `fetch` with for one attempt, which can be asked
 * once only if `once`; `own` are its options, seen beside what the request says itself.
 */
function builtOf({ options: common }, input, read, own) {
  read.body = bodyNow(read.body);
  const stream = isStream(read.body);
  checkBuilt(own, stream);
  const again = !stream && (own.retry ?? common.retry)?.limit > 0;
  const headers = read.headers ?? requestOf(input)?.headers;
  return {
    own: { ...besides(new Headers(headers), common, own), ...(stream && { retry: { limit: 0 } }) },
    once: !again && isOnce(input, read),
    make(signal, lines) {
      // The body of a request can be read once.
      const to = again && requestOf(input) ? input.clone() : input;
      return argumentsOf(to, lines ? { ...read, headers: withHeaders(headers, pairs(lines)) } : read, signal);
    },
  };
}

/** What the request says itself stands over what the dispatcher would say. */
function besides(headers, { idempotency }, own) {
  const key = headers.get(idempotency?.header ?? IDEMPOTENCY_KEY);
  let { trace } = own;
  for (const [part, name] of [["traceparent", "traceparent"], ["requestId", "x-request-id"]]) {
    if (headers.has(name)) trace = { [part]: false, ...trace };
  }
  return { ...own, trace, idempotencyKey: own.idempotencyKey ?? (key === null ? undefined : readable(key)) };
}

/** A key that a call could have, too; false for what the server may take for one, and is sent as it is. */
function readable(key) {
  try {
    return fetchOptions({ idempotencyKey: key }, true).idempotencyKey;
  } catch {
    return false;
  }
}

/** Name, value, name, value, … a line each, as pairs. */
function pairs(lines) {
  const all = lines.split("\n");
  return all.flatMap((name, at) => (at % 2 === 0 ? [[name, all[at + 1]]] : []));
}
