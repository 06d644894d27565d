// Warns of a call that holds its lane for long.

import { nameOf } from "./owner.js";
import { performance } from "./platform.js";

/** Says that a call holds its lane for long: `event` is the one that tells it. Also in production, where a lane that hangs is news, too. */
export function warnLate(event) {
  const { lane, state, queuedAt, startedAt, headAt, retryAt, behind } = event;
  const seconds = Math.round((performance.now() - (startedAt ?? queuedAt)) / 1000);
  let what = "no answer has begun";
  if (state === "preparing") what = "a promise or a stream among its arguments is still open";
  else if (retryAt !== undefined) what = "it waits to be sent again";
  else if (headAt !== undefined) what = "an answer has begun, and its value has not come";
  const end = state === "preparing" ? "a deadline" : "a timeout"; // no timeout runs before it is sent
  const waiting = behind > 0 ? `, and ${behind === 1 ? "a call waits" : `${behind} calls wait`} behind it in lane ${JSON.stringify(lane)}` : "";
  console.warn(`actionlane: ${nameOf(event) ?? "a call"}: no value for ${seconds} s: ${what}${waiting}; ${end} would end it`);
}
