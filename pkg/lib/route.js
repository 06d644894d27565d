import { ActionError, aborted, closed, invalid } from "./error.js";
import { signalOf } from "./fetch.js";
import { finite, routeOptions } from "./options.js";
import { onAbort, sendWith } from "./signals.js";

/** Sends at once, past every lane and without wasm. `open` is the dispatcher's list of what is under way. */
export async function route(open, send, input, init, options) {
  const { signal, name, own, timeout } = readOptions(input, init, options);
  if (open.closed) throw closed();
  const controller = new AbortController();
  const now = performance.now();
  const entry = open.add({ name, lane: "route", state: "running", queuedAt: now, startedAt: now });
  let stopped;
  const stop = (error) => {
    stopped ??= error;
    controller.abort(error);
  };
  entry.abort = (reason) => stop(aborted(reason, entry.sent));
  entry.close = () => stop(closed(entry.sent));
  const quiet = [onAbort(signal, entry.abort), onAbort(own, entry.abort)];
  const timer = timeout && setTimeout(() => stop(late(timeout, entry.sent)), Math.min(timeout, 2 ** 31 - 1));
  try {
    if (stopped) throw stopped;
    entry.sent = "unknown";
    // A `fetch` of the page's own may not look at its signal.
    const end = new Promise((_, reject) => controller.signal.addEventListener("abort", () => reject(stopped), { once: true }));
    const response = await Promise.race([sendWith([controller.signal, own, signal], (signal) => send(input, { ...init, signal })), end]);
    entry.headAt = entry.valueAt = performance.now();
    open.done(entry, "ok");
    return response;
  } catch (cause) {
    const error = stopped ?? new ActionError("NETWORK", "no answer", { cause, sent: entry.sent });
    open.done(entry, error.code);
    throw error;
  } finally {
    clearTimeout(timer);
    for (const remove of quiet) remove();
  }
}

function late(timeout, sent) {
  return new ActionError("TIMEOUT", `no answer within ${timeout} ms`, { sent });
}

function readOptions(input, init, options) {
  const { signal, timeout, name } = routeOptions(options);
  try {
    const own = routeOptions({ signal: signalOf(input, init) }).signal;
    return { signal, own, timeout: finite(timeout), name: name ?? describe(input, init) };
  } catch (error) {
    throw error instanceof ActionError ? error : invalid("route: the request cannot be read", error);
  }
}

function describe(input, init) {
  const request = typeof Request === "function" && input instanceof Request ? input : undefined;
  const method = init?.method ?? request?.method ?? "GET";
  const url = request?.url ?? String(input);
  return `${String(method).toUpperCase()} ${url.replace(/^[a-z]+:\/\/[^/]*/i, "").replace(/[?#].*$/, "") || "/"}`;
}
