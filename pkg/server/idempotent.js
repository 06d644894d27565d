// Runs a call once and answers every repetition from the store: the first call claims its id, runs and stores the
// result; later calls get the stored result. Must not run `fn` without a claim, nor return a value that is not stored.
// Knows no HTTP: `route.js` adds that.

import { IdempotencyError } from "./error.js";
import { checkFaithful } from "./storable.js";
import { fingerprintOf, hasKey, idOf } from "./idempotency_key.js";
import { keepLease } from "./lease.js";

const LEASE_MS = 60_000;
const TTL_MS = 24 * 60 * 60_000;

export function idempotent(key, fn, store, options) {
  return runOnce(key, fn, store, options, checkFaithful);
}

/**
 * Runs `fn` once under this key. `toStored(value)` returns the form in which the value of `fn` is stored. If `toStored`
 * fails, the result is lost, because `fn` has run.
 */
export async function runOnce(key, fn, store, options, toStored) {
  const { leaseMs, ttlMs } = readOptions(options);
  const lost = new AbortController();
  const run = { signal: lost.signal };
  if (!hasKey(key)) return fn(undefined, run);
  const [id, fingerprint] = await Promise.all([idOf(key), fingerprintOf(key)]);
  const token = crypto.randomUUID();
  const asked = performance.now();
  const claim = await store.claim(id, { token, fingerprint, leaseMs });
  if (claim.state !== "claimed") return earlierResult(fingerprint, claim, key.action);

  const storeResult = (record) => finish(store, id, { token, fingerprint, ttlMs }, record, key.action);
  let isRunning = true;
  const isRenewed = store.renew && !store.transaction && leaseMs !== Infinity;
  const lose = (cause) => isRunning && lost.abort(lostError(`lost the lease of "${key.action}" while it ran`, cause));
  const stop = isRenewed ? keepLease(() => store.renew(id, token, leaseMs), leaseMs, asked, lose) : () => {};
  try {
    let value;
    try {
      value = await fn(id, run);
    } catch (error) {
      isRunning = false;
      // In the caller's transaction nothing can be stored or released: the error ends it.
      if (store.transaction) throw error;
      const result = resultOf(error);
      if (result) await storeResult(() => result);
      // A claim that cannot be released ends with its lease; the error of `fn` matters more.
      else await ignoreFailure(() => store.release(id, token));
      throw error;
    }
    isRunning = false;
    await storeResult(async () => ({ type: "value", value: await toStored(value) }));
    return value;
  } finally {
    // Until here the lease is renewed: storing the result can take long, too.
    stop();
  }
}

/** Returns or throws the result that an earlier call with this key has stored. */
function earlierResult(wanted, { state, fingerprint = wanted, record }, action) {
  if (fingerprint !== wanted) {
    throw new IdempotencyError("IDEMPOTENCY_MISMATCH", `"${action}" was called with this idempotency key and another payload`);
  }
  if (state === "running") throw new IdempotencyError("IDEMPOTENCY_IN_PROGRESS", `"${action}" is running under this idempotency key`);
  if (record.type === "value") return record.value;
  if (record.type === "digest") throw Object.assign(new Error(record.digest.split(";")[0]), { digest: record.digest });
  throw lostError(`"${action}" has run under this idempotency key, its result could not be stored`);
}

/**
 * Returns the record of an error that is a result: `redirect()` and `notFound()` of Next.js throw, but the action has
 * done its work by then. Returns undefined for every other error.
 */
export function resultOf(error) {
  const digest = typeof error === "object" && error !== null ? error.digest : undefined;
  if (typeof digest !== "string") return undefined;
  const isResult = digest.startsWith("NEXT_REDIRECT;") || digest === "NEXT_HTTP_ERROR_FALLBACK;404" || digest === "NEXT_NOT_FOUND";
  return isResult ? { type: "digest", digest } : undefined;
}

/** Stores the result of `record()`. Throws if it is not stored. */
async function finish(store, id, claim, record, action) {
  const put = async (record) => store.finish(id, { ...claim, record });
  let isStored;
  try {
    isStored = await put(await record());
  } catch (cause) {
    // The caller's transaction ends with this error, and undoes what the action did.
    if (store.transaction) throw cause;
    // The action has run and must not run again.
    await ignoreFailure(() => put({ type: "lost" }));
    throw lostError(`"${action}" has run, but its result cannot be stored`, cause);
  }
  if (isStored === true) return;
  if (store.transaction) throw new IdempotencyError("IDEMPOTENCY_IN_PROGRESS", `"${action}" has run under this idempotency key meanwhile`);
  throw lostError(`"${action}" has run, but its lease was lost: another call has this idempotency key`);
}

function lostError(message, cause) {
  return new IdempotencyError("IDEMPOTENCY_LOST", message, cause === undefined ? undefined : { cause });
}

async function ignoreFailure(work) {
  try {
    await work();
  } catch {
    // The caller throws the error that matters.
  }
}

/** Checks the author's options and fills in the defaults. */
function readOptions(options = {}) {
  if (typeof options !== "object" || options === null) throw new TypeError("idempotent: options is an object");
  const { leaseMs = LEASE_MS, ttlMs = TTL_MS, ...unknown } = options;
  for (const name of Object.keys(unknown)) throw new TypeError(`idempotent: there is no option ${JSON.stringify(name)}`);
  for (const [name, value] of Object.entries({ leaseMs, ttlMs })) {
    if (typeof value !== "number" || !(value > 0)) throw new TypeError(`idempotent: ${name} is a number of milliseconds above 0`);
  }
  return { leaseMs, ttlMs };
}
