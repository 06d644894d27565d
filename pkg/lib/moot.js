// Options that do nothing beside the others: an error where that can only be a mistake, a warning where it
// may be meant.

import { invalid } from "./error.js";
import { nameOf } from "./owner.js";
import { warn } from "./warn.js";

const NO_LIMIT = "retry: the limit is missing, without which nothing is sent again";

/** Of a dispatcher. Only durable calls need no `limit`. */
export function checkDispatcher({ retry, outbox }) {
  if (retry && retry.limit === undefined && !outbox) throw invalid(NO_LIMIT);
}

/**
 * Of a call: `own` are its options, `retry` and `keyed` what it comes to with those of the dispatcher,
 * `lanes` those that are named there.
 */
export function checkCall(call, own, { retry, keyed, lanes }) {
  const { actionId, name, lane } = call;
  const { durable } = own;
  if (durable && own.idempotencyKey === false) throw invalid("idempotencyKey: a durable call is sent again and carries one; leave false out");
  if (own.retry && own.retry.limit === undefined && !durable) throw invalid(NO_LIMIT);
  const which = nameOf(call);
  if (durable) {
    const { limit, budget } = own.retry ?? {};
    if (limit > 0 || budget !== undefined) warn((words) => words.durableIsSent(which));
  } else if (retry?.limit > 0 && !keyed && !isCached(actionId)) {
    warn((words) => words.retryWithoutKey(which));
  }
  if (own.skew === "recover" && name === undefined) warn((words) => words.recoverWithoutName(which));
  if (lane !== "main" && lane !== "parallel" && !lanes?.has(lane)) warn((words) => words.unnamedLane(lane));
}

/** Of a request that is built already. `stream`: its body. */
export function checkBuilt({ retry }, stream) {
  if (retry?.limit > 0 && stream) warn((words) => words.streamIsSentOnce());
}

/** Of a route. */
export function checkRoute({ retry }, harmless) {
  if (retry && retry.limit === undefined) throw invalid(NO_LIMIT);
  if (retry?.limit > 0 && !harmless) warn((words) => words.routeIsSentOnce());
}

/** Of a `'use cache'` function, which is harmless to retry: as `protocol/id.rs` reads an id. */
const isCached = (id) => /^[89a-f].{41}$/i.test(id);
