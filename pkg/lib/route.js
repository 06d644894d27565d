// Calls route handlers: at once, without a lane and without wasm. Must not wait for an action.

import { isHarmless, waitBefore } from "./route/retry.js";
import { discard } from "./answer/body.js";
import { ActionError, aborted, closed, invalid } from "./error.js";
import { methodOf, requestOf } from "./fetch/action_header.js";
import { IDEMPOTENCY_KEY, argumentsOf, isOnce, isStream, readInit, signalOf, targetOf, withHeaders } from "./fetch/request_init.js";
import { checkRoute } from "./options/no_effect.js";
import { finite, routeOptions } from "./options.js";
import { labelError } from "./error/action_label.js";
import { AbortController, clearTimeout, crypto, performance, setTimeout } from "./page/globals.js";
import { onAbort, sendWith } from "./abort_signals.js";

/**
 * Sends a request at once. `send(make, once)` calls a `fetch` with the arguments that `make()` returns; with `once`,
 * `make` can be called only once. `caller`: the result of `callerOf`.
 */
export async function route({ open, options: common }, send, caller, input, init, options) {
  const header = common.idempotency?.header ?? IDEMPOTENCY_KEY;
  const { signal, name, own, timeout, retry, keyed, request } = readOptions(input, init, options, header);
  if (open.closed) throw closed();
  const controller = new AbortController();
  const since = performance.now();
  const entry = open.add("route", "running", since);
  Object.assign(entry, { name, startedAt: since, attempt: 1 });
  open.tell(entry);
  let stopError;
  const stop = (error) => {
    stopError ??= error;
    controller.abort(error);
  };
  entry.abort = (reason) => stop(aborted(reason, entry.sent));
  entry.close = () => stop(closed(entry.sent));
  const removers = [];
  // A `fetch` of the page's own may ignore its signal.
  const end = new Promise((_, reject) => controller.signal.addEventListener("abort", () => reject(stopError), { once: true }));
  end.catch(() => {});
  const sendOnce = () => attempt({ entry, timeout, end, send: (timeoutSignal) => sendWith([controller.signal, own, signal, timeoutSignal], request(send)) });
  try {
    for (const one of [signal, own]) removers.push(listen(one, entry.abort));
    if (stopError) throw stopError;
    for (let retries = 0; ; retries += 1) {
      const { response, error } = await sendOnce();
      if (stopError) throw stopError;
      if (!error) {
        checkAnswer(response, retry);
        entry.sent = "yes";
      }
      const wait = retry && waitBefore({ retry, keyed, retries, since, response });
      if (wait === undefined) {
        if (error) throw error;
        entry.headAt = entry.valueAt = performance.now();
        open.done(entry, "ok");
        return response;
      }
      discard(response);
      entry.retryAt = performance.now() + wait;
      open.tell(entry);
      const pause = pauseOf(wait);
      await Promise.race([pause.over, end]).finally(pause.stop);
      entry.retryAt = undefined;
      entry.attempt += 1;
      entry.startedAt = performance.now();
      open.tell(entry);
    }
  } catch (error) {
    if (entry.attempt > 1) error.attempt = entry.attempt;
    open.done(entry, error.code);
    throw labelError(error, entry, caller);
  } finally {
    for (const remove of removers) remove();
  }
}

function listen(signal, abort) {
  try {
    return onAbort(signal, abort);
  } catch (error) {
    throw invalid("signal: it cannot be listened to", error);
  }
}

/**
 * Throws if the answer is no response. A retry also needs its status and headers; without a retry, only the
 * caller reads them.
 */
function checkAnswer(answer, retry) {
  let fits = false;
  let cause;
  try {
    fits = typeof answer === "object" && answer !== null;
    if (fits && retry) fits = typeof answer.status === "number" && typeof answer.headers.get === "function";
  } catch (error) {
    fits = false;
    cause = error;
  }
  if (!fits) throw new ActionError("INVALID_OPTION", "fetch: it gave something that is not a Response", { cause, sent: "unknown" });
}

/**
 * Makes one attempt. Promises `{ response }` or `{ error }`. If `end` rejects, the error is ignored: the caller
 * throws its own.
 */
async function attempt({ entry, timeout, end, send }) {
  const limit = new AbortController();
  let error;
  const timer = timeout && setTimeout(() => limit.abort((error = timeoutError(timeout, entry.sent))), Math.min(timeout, 2 ** 31 - 1));
  const over = new Promise((_, reject) => limit.signal.addEventListener("abort", () => reject(error), { once: true }));
  try {
    if (entry.sent === "no") entry.sent = "unknown";
    return { response: await Promise.race([send(limit.signal), over, end]) };
  } catch (cause) {
    return { error: error ?? new ActionError("NETWORK", "no answer", { cause, sent: entry.sent }) };
  } finally {
    clearTimeout(timer);
  }
}

function pauseOf(ms) {
  let timer;
  const over = new Promise((resolve) => (timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1))));
  return { over, stop: () => clearTimeout(timer) };
}

function timeoutError(timeout, sent) {
  return new ActionError("TIMEOUT", `no answer within ${timeout} ms`, { sent });
}

function readOptions(input, init, options, header) {
  const { signal, timeout, name, retry, idempotencyKey } = routeOptions(options);
  try {
    const read = readInit(init);
    const to = targetOf(input);
    const own = routeOptions({ signal: signalOf(to, read) }).signal;
    const key = idempotencyKey === true ? uuid() : idempotencyKey || undefined;
    const method = methodOf(to, read);
    const harmless = isHarmless(method, key) && !isStream(read.body);
    checkRoute({ retry }, harmless);
    const allowed = retry?.limit > 0 && harmless ? retry : undefined;
    if (key !== undefined) read.headers = withHeaders(read.headers ?? requestOf(to)?.headers, [[header, key]]);
    // A body can be read only once, so each attempt gets a clone.
    const make = (signal) => argumentsOf(allowed && requestOf(to) ? to.clone() : to, read, signal);
    const request = (send) => (signal) => send(() => make(signal), !allowed && isOnce(to, read));
    return { signal, own, timeout: finite(timeout), name: name ?? describe(method, to), retry: allowed, keyed: key !== undefined, request };
  } catch (error) {
    throw error instanceof ActionError ? error : invalid("route: the request cannot be read", error);
  }
}

/** Makes a UUID of version 4. `crypto.randomUUID` is missing on insecure origins. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function describe(method, input) {
  const url = requestOf(input)?.url ?? String(input);
  return `${method} ${url.replace(/^[a-z]+:\/\/[^/]*/i, "").replace(/[?#].*$/, "") || "/"}`;
}
