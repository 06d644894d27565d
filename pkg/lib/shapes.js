// The objects of one exchange, each made at once: one crossing from Rust in the place of one for each property.

import { record } from "./init.js";

/** The second argument of `fetch`, fresh for each attempt. `headers`: name, value, name, value, … */
export function init(headers, body, credentials, signal, keepalive) {
  const pairs = [];
  for (let at = 0; at < headers.length; at += 2) pairs.push([headers[at], headers[at + 1]]);
  const made = { method: "POST", headers: record(pairs), body, mode: "same-origin", referrerPolicy: "same-origin", credentials, signal };
  if (keepalive) made.keepalive = true;
  return made;
}

/** What the head of an answer says, whatever it is of. */
export function said(status, headers) {
  return { status, headers, rendered: false };
}

/** An outcome as the page gets it, which may do with it as it likes. Of the times, those are left out that are undefined. */
export function settled(outcome, attempts, queuedAt, startedAt, headAt, valueAt, settledAt) {
  const timings = { queuedAt };
  if (startedAt !== undefined) timings.startedAt = startedAt;
  if (headAt !== undefined) timings.headAt = headAt;
  if (valueAt !== undefined) timings.valueAt = valueAt;
  if (settledAt !== undefined) timings.settledAt = settledAt;
  return { ...outcome, attempts, timings };
}
