// Options that do nothing beside the others: an error where that can only be a mistake, a warning where it may be meant.

import { invalid } from "./error.js";
import { nearest } from "./nearest.js";
import { nameOf } from "./owner.js";
import { Set } from "./platform.js";
import { warnOnce } from "./warn.js";

const KEY = "give it idempotencyKey: true, and have the server keep its promise, or leave retry out";
const NO_LIMIT = "retry: the limit is missing, without which nothing is sent again";

/** Of a dispatcher. Only durable calls need no `limit`. */
export function checkDispatcher({ retry, outbox }) {
  if (retry && retry.limit === undefined && !outbox) throw invalid(NO_LIMIT);
}

/** Of a call: `own` are its options, `retry` and `keyed` what it comes to with those of the dispatcher, `lanes` those that are named there. */
export function checkCall(call, own, { retry, keyed, lanes }) {
  const { actionId, name, lane } = call;
  const { durable } = own;
  if (durable && own.idempotencyKey === false) throw invalid("idempotencyKey: a durable call is sent again and carries one; leave false out");
  if (own.retry && own.retry.limit === undefined && !durable) throw invalid(NO_LIMIT);
  const which = () => nameOf(call) ?? "a call";
  if (durable) {
    const { limit, budget } = own.retry ?? {};
    if (limit > 0 || budget !== undefined) warnOnce(`${which()}: retry: a durable call is sent until it is answered; limit and budget do nothing`);
  } else if (retry?.limit > 0 && !keyed && !isCached(actionId)) {
    warnOnce(`${which()}: retry does nothing without an idempotency key, as what may have run is not sent again; ${KEY}`);
  }
  if (own.skew === "recover" && name === undefined) {
    warnOnce(`${which()}: skew: "recover" looks an action up by its name, and this one has none; call it as { id, name }`);
  }
  if (lane !== "main" && lane !== "parallel" && !lanes?.has(lane)) checkLane(lane);
}

/** Of a request that is built already. `stream`: its body. */
export function checkBuilt({ retry }, stream) {
  if (retry?.limit > 0 && stream) warnOnce("fetch: retry does nothing for a stream, which can be sent once");
}

/** Of a route. */
export function checkRoute({ retry }, harmless) {
  if (retry && retry.limit === undefined) throw invalid(NO_LIMIT);
  if (retry?.limit > 0 && !harmless) {
    warnOnce(`route: retry does nothing for a stream, which can be sent once, nor for a request that changes something without a key; ${KEY}`);
  }
}

const seen = new Set();

/** Any name makes a lane, which is one at a time: also one that was to be "parallel". */
function checkLane(lane) {
  if (seen.size > 100 || seen.has(lane)) return;
  seen.add(lane);
  const word = lane.toLowerCase() === "main" ? "main" : nearest(lane, ["parallel"]);
  if (!word) return;
  const [given, other] = [lane, word].map((name) => JSON.stringify(name));
  warnOnce(`lane: ${given} is a lane of its own, one at a time, and not ${other}; if it is meant, name it in the dispatcher's lanes`);
}

/** Of a `'use cache'` function, which is harmless to retry: as `protocol/id.rs` reads an id. */
const isCached = (id) => /^[89a-f].{41}$/i.test(id);
