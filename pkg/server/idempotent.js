// Runs a call once and answers every repetition from the store: the first call claims its id, runs and stores the
// result; later calls get the stored result. Must not run `fn` without a claim. Knows no HTTP: `route.js` adds that.

import { IdempotencyError } from "./error.js";
import { checkFaithful } from "./storable.js";
import { fingerprintOf, hasKey, idOf } from "./idempotency_key.js";

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
  const { leaseMs, ttlMs, now } = readOptions(options);
  if (!hasKey(key)) return fn();
  const [id, fingerprint] = await Promise.all([idOf(key), fingerprintOf(key)]);
  const token = crypto.randomUUID();
  const start = now();
  const claim = await store.claim(id, { token, fingerprint, now: start, until: start + leaseMs });
  if (claim.state !== "claimed") return earlierResult(claim, fingerprint, key.action);

  const storeResult = (record) => finish(store, id, token, record, () => now() + ttlMs, key.action);
  let value;
  try {
    value = await fn(id);
  } catch (error) {
    const result = resultOf(error);
    if (result) await storeResult(() => result);
    // A claim that cannot be released ends with its lease; the error of `fn` matters more.
    else await ignoreFailure(() => store.release(id, token));
    throw error;
  }
  await storeResult(async () => ({ type: "value", value: await toStored(value) }));
  return value;
}

/** Returns or throws the result that an earlier call with this key has stored. */
function earlierResult({ state, fingerprint, record }, wanted, action) {
  if (fingerprint !== wanted) {
    throw new IdempotencyError("IDEMPOTENCY_MISMATCH", `"${action}" was called with this idempotency key and another payload`);
  }
  if (state === "running") throw new IdempotencyError("IDEMPOTENCY_IN_PROGRESS", `"${action}" is running under this idempotency key`);
  if (record.type === "value") return record.value;
  if (record.type === "digest") throw Object.assign(new Error(record.digest.split(";")[0]), { digest: record.digest });
  throw new IdempotencyError("IDEMPOTENCY_LOST", `"${action}" has run under this idempotency key, its result could not be stored`);
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

/** Stores the result of `record()` until `until()`. */
async function finish(store, id, token, record, until, action) {
  try {
    await store.finish(id, token, await record(), until());
  } catch (cause) {
    // The action has run and must not run again.
    await ignoreFailure(() => store.finish(id, token, { type: "lost" }, until()));
    throw new IdempotencyError("IDEMPOTENCY_LOST", `"${action}" has run, but its result cannot be stored`, { cause });
  }
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
  const { leaseMs = LEASE_MS, ttlMs = TTL_MS, now = Date.now, ...unknown } = options;
  for (const name of Object.keys(unknown)) throw new TypeError(`idempotent: there is no option ${JSON.stringify(name)}`);
  for (const [name, value] of Object.entries({ leaseMs, ttlMs })) {
    if (typeof value !== "number" || !(value > 0)) throw new TypeError(`idempotent: ${name} is a number of milliseconds above 0`);
  }
  if (typeof now !== "function") throw new TypeError("idempotent: now is a function");
  return { leaseMs, ttlMs, now };
}
