// Collects the headers that the page sets for a call. Knows no header by its name.

import { REMOVED } from "../outbox.js";
import { beforeRequest } from "../dispatcher/hooks.js";
import { Headers } from "../page/globals.js";
import { report } from "../error/report.js";

/**
 * Returns a function that promises the headers of one attempt, as lines: name, value, name, value, … For a durable call
 * it first checks that the record still exists. Returns undefined for a call that needs neither.
 *
 * The promise rejects with `{ message, cause, passing }`: what failed, why, and if it may succeed later. `passing` is
 * true if a function of the page failed for a durable call.
 */
export function headersOf(client, entry, own) {
  const { headers: common } = client.options;
  if (common === undefined && own === undefined && !entry.hooks && !entry.durable) return undefined;
  return async (attempt, actionId) => {
    if (entry.over) return new Promise(() => {}); // called by an instance that has failed
    if (entry.durable && !(await client.outbox.holds(entry))) {
      client.abort(entry, REMOVED);
      return new Promise(() => {}); // the call was aborted
    }
    Object.assign(entry, { attempt, actionId });
    let message = "headers: could not be had";
    let passing = entry.durable === true;
    try {
      const given = typeof common === "function" ? await common() : common;
      passing = false;
      const merged = new Headers(given);
      for (const [name, value] of own ?? []) merged.set(name, value);
      message = "hooks.beforeRequest: it failed";
      passing = entry.durable === true;
      if (entry.hooks) await beforeRequest(entry.hooks, entry, merged);
      return linesOf(merged);
    } catch (cause) {
      if (passing) report(cause); // nothing else reports it
      throw { message, cause, passing };
    }
  };
}

/**
 * Returns the same for a request that is already built, whose caller alone may add headers. `own`: headers, or
 * a function that returns them.
 */
export function headersOfBuilt(entry, own) {
  if (own === undefined) return undefined;
  return async (attempt) => {
    if (entry.over) return new Promise(() => {}); // called by an instance that has failed
    try {
      return linesOf(new Headers(typeof own === "function" ? await own(attempt) : own));
    } catch (cause) {
      throw { message: "headers: could not be had", cause, passing: false };
    }
  };
}

/** Writes headers as lines. A page may have replaced `Headers` by a class that checks nothing. */
function linesOf(headers) {
  const lines = [...headers].flat();
  if (lines.some((line) => `${line}`.includes("\n"))) throw new TypeError("a header has no line ends");
  return lines.join("\n");
}
