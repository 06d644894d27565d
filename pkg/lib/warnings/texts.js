// Holds the texts of warnings for the developer of the page; `warnings.js` loads it with the first warning. Must not
// change what the package does.

import { nearest } from "../options/did_you_mean.js";
import { nameOf } from "../error/action_label.js";
import { Set } from "../page/globals.js";

export { dispatcherWith as home } from "../exports.js"; // see `lazy_part.js`

const KEY = "give it idempotencyKey: true and have the server honour the key, or leave retry out";

const warned = new Set();

/** Greatest number of warnings: some contain a name that the page makes up for each call. */
const MAX_WARNINGS = 100;

/** Warns of each message once per page. */
export function warnOnce(message) {
  if (warned.size >= MAX_WARNINGS || warned.has(message)) return;
  warned.add(message);
  console.warn(`actionlane: ${message}`);
}

/** `name`: that of the call, if it has one. */
export const durableIsSent = (name = "a call") => {
  warnOnce(`${name}: retry: a durable call is sent until it is answered; limit and budget do nothing`);
};

export const retryWithoutKey = (name = "a call") => {
  warnOnce(`${name}: retry does nothing without an idempotency key, as what may have run is not sent again; ${KEY}`);
};

export const recoverWithoutName = (name = "a call") => {
  warnOnce(`${name}: skew: "recover" looks an action up by its name, and this one has none; call it as { id, name }`);
};

export const streamIsSentOnce = () => warnOnce("fetch: retry does nothing for a stream, which can be sent once");

export const routeIsSentOnce = () => {
  warnOnce(`route: retry does nothing for a stream, which can be sent once, nor for a request that changes something without a key; ${KEY}`);
};

const seenLanes = new Set();

/**
 * Warns of a lane whose name the options do not contain and that looks like a misspelled "main" or "parallel": any name
 * makes a lane, one call at a time.
 */
export function unnamedLane(lane) {
  if (seenLanes.size > 100 || seenLanes.has(lane)) return;
  seenLanes.add(lane);
  const word = lane.toLowerCase() === "main" ? "main" : nearest(lane, ["parallel"]);
  if (!word) return;
  const [given, other] = [lane, word].map((name) => JSON.stringify(name));
  warnOnce(`lane: ${given} is a lane of its own, one at a time, and not ${other}; if it is meant, name it in the dispatcher's lanes`);
}

/**
 * Warns of a call that has held its lane for long. `event`: the event that reports it; `now`: the time at which
 * it came.
 */
export function late(event, now) {
  const { lane, state, queuedAt, startedAt, headAt, retryAt, behind } = event;
  const seconds = Math.round((now - (startedAt ?? queuedAt)) / 1000);
  let what = "no answer has begun";
  if (state === "preparing") what = "a promise or a stream among its arguments is still open";
  else if (retryAt !== undefined) what = "it waits to be sent again";
  else if (headAt !== undefined) what = "an answer has begun, and its value has not come";
  const end = state === "preparing" ? "a deadline" : "a timeout"; // no timeout runs before it is sent
  const waiting = behind > 0 ? `, and ${behind === 1 ? "a call waits" : `${behind} calls wait`} behind it in lane ${JSON.stringify(lane)}` : "";
  console.warn(`actionlane: ${nameOf(event) ?? "a call"}: no value for ${seconds} s: ${what}${waiting}; ${end} would end it`);
}
