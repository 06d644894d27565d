// Finds options that have no effect beside the others: an error if that can only be a mistake, a warning if it may be
// intended. Must not change an option.

import { invalid } from "../error.js";
import { nameOf } from "../error/action_label.js";
import { warn } from "../warnings.js";

const NO_LIMIT = "retry: the limit is missing, without which nothing is sent again";

/** Checks the options of a dispatcher. Only durable calls are retried without a `limit`. */
export function checkDispatcher({ retry, outbox }) {
  if (retry && retry.limit === undefined && !outbox) throw invalid(NO_LIMIT);
}

/**
 * Checks the options of a call. `own` are its options; `retry` and `keyed` include those of the dispatcher;
 * `lanes` are the dispatcher's.
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

/** Checks the options of a request that is already built. `stream`: true if its body is a stream. */
export function checkBuilt({ retry }, stream) {
  if (retry?.limit > 0 && stream) warn((words) => words.streamIsSentOnce());
}

/** Checks the options of a route. */
export function checkRoute({ retry }, harmless) {
  if (retry && retry.limit === undefined) throw invalid(NO_LIMIT);
  if (retry?.limit > 0 && !harmless) warn((words) => words.routeIsSentOnce());
}

/**
 * True for the id of a `'use cache'` function, which may be retried without a key; `protocol/id.rs` reads ids
 * in the same way.
 */
const isCached = (id) => /^[89a-f].{41}$/i.test(id);
