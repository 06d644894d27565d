// The headers of a call, as the page wants them.

import { REMOVED } from "./durable.js";
import { beforeRequest } from "./hooks.js";
import { Headers } from "./platform.js";
import { report } from "./report.js";

/**
 * A function that gives this call's headers, name, value, name, value, … a line each, asked once an attempt; none where
 * nobody may set any. It rejects with `{ message, cause, passing }`: what failed, why, and whether that may be over by
 * itself: for what is kept, whatever the page's own functions fail with.
 */
export function headersOf(client, entry, own) {
  const { headers: common } = client.options;
  if (common === undefined && own === undefined && !entry.hooks && !entry.durable) return undefined;
  return async (attempt, actionId) => {
    if (entry.over) return new Promise(() => {}); // asked by an instance that has failed
    if (entry.durable && !(await client.outbox.holds(entry))) {
      client.abort(entry, REMOVED);
      return new Promise(() => {}); // nobody waits any more
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
      if (passing) report(cause); // nobody else hears of it
      throw { message, cause, passing };
    }
  };
}

/**
 * The same of a request that is built already, whose caller alone may add some: `own` are headers, or a
 * function that gives them.
 */
export function headersOfBuilt(entry, own) {
  if (own === undefined) return undefined;
  return async (attempt) => {
    if (entry.over) return new Promise(() => {}); // asked by an instance that has failed
    try {
      return linesOf(new Headers(typeof own === "function" ? await own(attempt) : own));
    } catch (cause) {
      throw { message: "headers: could not be had", cause, passing: false };
    }
  };
}

/** A line each. The page may have a `Headers` of its own that looks at nothing. */
function linesOf(headers) {
  const lines = [...headers].flat();
  if (lines.some((line) => `${line}`.includes("\n"))) throw new TypeError("a header has no line ends");
  return lines.join("\n");
}
