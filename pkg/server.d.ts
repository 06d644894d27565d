/**
 * Types of `actionlane/server`: runs an action or a route handler once, however often the client sends it, and gives
 * actions as references with their types, and names the request in logs.
 *
 * Durations are milliseconds. See `docs/idempotency.md`, and `docs/stores.md` for the stores.
 */

import type { Action, TypedRef } from "./index.js";

/** Identity of a call. Two calls are the same if `user`, `action` and `key` are equal. */
export interface IdempotencyKey {
  /**
   * Id of the user, from the session and never from the arguments, so that no user gets another user's result.
   * `null`: everybody who knows the key gets the result. An empty string throws a `TypeError`.
   */
  user: string | number | bigint | null;
  /** Name of your own for the action, not empty. Action ids change with every build. */
  action: string;
  /** Key that the client sent, 1 to 255 characters. Without one, the action runs each time. */
  key: string | null | undefined;
  /**
   * The payload as text, for example `JSON.stringify(args)`. The same key with another payload is refused with
   * `IDEMPOTENCY_MISMATCH`. Only a hash of it is stored. Default: payloads are not compared.
   */
  fingerprint?: string | null | undefined;
}

/**
 * Reads the key from a request's headers: a quoted string as in draft-ietf-httpapi-idempotency-key-header, or a bare
 * one. A header that is neither is refused by `idempotent`, with `IDEMPOTENCY_KEY_INVALID`.
 *
 * @example
 * ```ts
 * const key = idempotencyKey({ user: session.userId, action: "charge", headers: await headers() });
 * ```
 */
export declare function idempotencyKey(from: {
  /** As in `IdempotencyKey`. */
  user: IdempotencyKey["user"];
  /** As in `IdempotencyKey`. */
  action: string;
  /** `await headers()` of `next/headers` in an action, `request.headers` in a route handler. */
  headers: { get(name: string): string | null | undefined };
  /** Name of the header; the client's option is `idempotency: { header }`. Default `"Idempotency-Key"`. */
  header?: string;
  /** As in `IdempotencyKey`. */
  fingerprint?: string | null | undefined;
}): IdempotencyKey;

/** Options of `idempotent` and `idempotentRoute`. An unknown option or a wrong value throws a `TypeError`. */
export interface IdempotencyOptions {
  /**
   * Time after which a process that has stopped answering counts as dead, and the next call runs. The lease is renewed
   * each third of it while `fn` runs, if the store has `renew`; without, choose more than the longest run takes.
   * Default 60 000. `Infinity`: a call whose process died never runs again.
   */
  leaseMs?: number;
  /** Time that a result is stored. Choose more than the client retries for. Default 86 400 000, a day. */
  ttlMs?: number;
}

/** Second argument of `fn`. */
export interface Run {
  /**
   * Aborts, with an `IDEMPOTENCY_LOST` as its reason, when the lease is lost: the store has forgotten the claim or gave
   * it to another call, or it could not be reached for as long as the lease. Pass it on to what `fn` waits for.
   */
  signal: AbortSignal;
}

/**
 * Runs `fn` for the first call under a key, and stores what it returns. Later calls get the stored value, or throw
 * an `IdempotencyError`. Without a key, `fn` runs each time.
 *
 * Cookies and revalidations inside `fn` are not repeated for later calls: put what every answer needs after
 * `idempotent`. `redirect()` and `notFound()` inside `fn` are results, and are stored. After any other error the
 * next call runs `fn` again. An error of `store.claim` is thrown, and `fn` does not run. An error of `store.finish`
 * is the `cause` of an `IDEMPOTENCY_LOST`, which later calls get too; if the store takes not even that, the next call
 * after the lease runs `fn` again. If the lease was lost and another call has the row when `fn` returns, its value
 * cannot be stored: that is an `IDEMPOTENCY_LOST` too.
 *
 * `fn` gets the id that the call is stored under, 64 hexadecimal digits: pass it on as the key of what `fn` calls.
 * Without a key it gets undefined. Its second argument has the `signal` of the lease.
 *
 * @example
 * ```ts
 * const receipt = await idempotent(key, (id, { signal }) => pay(order, { idempotencyKey: id, signal }), store);
 * ```
 */
export declare function idempotent<T>(
  key: IdempotencyKey | null | undefined,
  fn: (id: string | undefined, run: Run) => T | Promise<T>,
  store: IdempotencyStore,
  options?: IdempotencyOptions,
): Promise<T>;

/**
 * Does the same for a route handler. Responds to an `IdempotencyError` with its status, as
 * `application/problem+json`; 409 carries `Retry-After: 1`. Throws an error that has a `cause`, so that Next.js logs
 * it.
 *
 * A stored response keeps its status, its headers without cookies, and its whole body, and carries
 * `Idempotent-Replayed: true`. A response that cannot be read is an `IDEMPOTENCY_LOST`. A response of status 401,
 * 403, 408, 425, 429 or 5xx is returned and not stored, so the next call runs `fn` again.
 *
 * @example
 * ```ts
 * export async function POST(request: Request) {
 *   const key = idempotencyKey({ user: await userId(request), action: "charge", headers: request.headers });
 *   return idempotentRoute(key, async () => Response.json(await charge(request)), store);
 * }
 * ```
 */
export declare function idempotentRoute(
  key: IdempotencyKey | null | undefined,
  fn: (id: string | undefined, run: Run) => Response | Promise<Response>,
  store: IdempotencyStore,
  options?: IdempotencyOptions,
): Promise<Response>;

/** The error of a call that was not run and has no result to return. */
export declare class IdempotencyError extends Error {
  /** Code. It reaches the client of a Server Action as `error.digest`, in production too, with status 500. */
  readonly digest:
    /** 400: the header is not a key. */
    | "IDEMPOTENCY_KEY_INVALID"
    /** 409: the first call is still running. Ask again. */
    | "IDEMPOTENCY_IN_PROGRESS"
    /** 422: the key was used with another payload. */
    | "IDEMPOTENCY_MISMATCH"
    /** 500: it has run, but its result could not be stored, or the lease was lost while it ran. */
    | "IDEMPOTENCY_LOST";
  /** HTTP status that `idempotentRoute` responds with. */
  readonly status: 400 | 409 | 422 | 500;
}

/** Result of a call, as stored. A store returns it as it got it, and need not look inside. */
export type IdempotencyRecord =
  /**
   * A value that `encodeRecord` and `structuredClone` copy unchanged: plain objects, arrays, dates, maps, sets,
   * bigints, typed arrays. For any other value `idempotent` throws `IDEMPOTENCY_LOST`, and stores `{ type: "lost" }`.
   */
  | { type: "value"; value: unknown }
  /** The digest that Next.js throws for `redirect()` and `notFound()`. */
  | { type: "digest"; digest: string }
  /** The call has run, and its result is lost. */
  | { type: "lost" };

/**
 * Store of results: a table with one row for each id. A row has a token, a fingerprint, the end of its time, and a
 * record once the call has run. A row whose time is over counts as absent. Durations travel, not instants: the clock is
 * the store's own. Every method may throw. Stores for Redis, PostgreSQL and SQLite are in `docs/stores.md`;
 * `docs/idempotency.md` shows the statements in SQL.
 */
export interface IdempotencyStore {
  /**
   * Claims an id for `leaseMs`. If there is no row, or the row has this token and no record (the answer to an earlier
   * claim was lost), sets `{ token, fingerprint }` and returns `"claimed"`. Otherwise changes nothing and returns
   * what is there. Must be atomic: of calls at the same time, in all processes, exactly one gets `"claimed"`.
   * `leaseMs` may be `Infinity`.
   */
  claim(
    id: string,
    claim: { token: string; fingerprint: string | null; leaseMs: number },
  ): Claim | Promise<Claim>;
  /**
   * Gives the row `leaseMs` from now and returns true. Returns false, and changes nothing, if the row is absent, has
   * another token or a record: the lease is lost. Without this method a lease is not renewed. It is never called with
   * `Infinity`.
   */
  renew?(id: string, token: string, leaseMs: number): boolean | Promise<boolean>;
  /**
   * Says if the result is stored. If the row has this token and no record, or is absent, sets `{ token, fingerprint,
   * record }` for `ttlMs` and returns true. Changes nothing and returns true if the row has a record of this token (the
   * answer to an earlier `finish` was lost). Returns false if the row has another token. `ttlMs` may be `Infinity`.
   */
  finish(
    id: string,
    result: { token: string; fingerprint: string | null; record: IdempotencyRecord; ttlMs: number },
  ): boolean | Promise<boolean>;
  /** Removes the row. Does nothing if it has another token, or a record. */
  release(id: string, token: string): void | Promise<void>;
  /**
   * True for a store in the caller's own transaction: what fails is undone by its end. Nothing is released, and errors
   * of the store are thrown as they are, so that the transaction can be repeated. Default false.
   */
  readonly transaction?: boolean;
}

/** Result of `claim`. */
export type Claim =
  /** Run the call. */
  | { state: "claimed" }
  /** Another call is running. `fingerprint` is absent if the store cannot see it, as that of an open transaction. */
  | { state: "running"; fingerprint?: string | null }
  /** Another call has a result. */
  | { state: "done"; fingerprint: string | null; record: IdempotencyRecord };

/** Makes a store in memory, which ends with the process. For tests. */
export declare function memoryStore(options?: {
  /** Clock, in milliseconds. Default `Date.now`. */
  now?: () => number;
}): IdempotencyStore;

/**
 * Returns a record as text, for stores of your own. The first character is the version of the encoding, `"1"`. Throws
 * a `TypeError` for a value that would come back changed, and a `RangeError` for a text of more than `maxBytes` bytes
 * in UTF-8, by default 1 048 576.
 */
export declare function encodeRecord(record: IdempotencyRecord, maxBytes?: number): string;

/** Returns the record in a text of `encodeRecord`. Throws a `TypeError` for a text of another version. */
export declare function decodeRecord(text: string): IdempotencyRecord;

/** The id and the trace of a request. */
export interface Correlation {
  /**
   * The request's `x-request-id`, if it has 1 to 128 letters, digits and `_ . : / + = @ ~ -`. Otherwise the id of its
   * trace or, without one, a new UUID.
   */
  readonly id: string;
  /**
   * The request's `traceparent`, as version 00 of W3C Trace Context: pass it on to the services that you call. A new
   * one, sampled, if the request has none or one that cannot be read.
   */
  readonly traceparent: string;
}

/**
 * Runs `fn` for a request: `correlationId()`, `traceparent()` and `sqlComment()` then know the request, in all code
 * that `fn` calls and awaits. Returns what `fn` returns. Inside another `withCorrelation`, the inner one counts.
 *
 * Needs `AsyncLocalStorage`: Node.js from 20.16 on, and both runtimes of Next.js, have it. Elsewhere `fn` runs as
 * well, and its argument is the only way to the correlation. In the client, the option `trace` sends the headers. See
 * `docs/correlation.md`.
 *
 * @example
 * ```ts
 * return withCorrelation(await headers(), () => placeOrder(cart));
 * ```
 */
export declare function withCorrelation<T>(
  headers: { get(name: string): string | null | undefined },
  fn: (correlation: Correlation) => T,
): T;

/** Returns the id of the request that the caller runs for. Outside of `withCorrelation`: undefined. */
export declare function correlationId(): string | undefined;

/** Returns the `traceparent` of the request that the caller runs for. Outside of `withCorrelation`: undefined. */
export declare function traceparent(): string | undefined;

/**
 * Returns the statement with a comment at its end, in the form of sqlcommenter: `request_id`, `traceparent` and your
 * own `tags`, of which 255 characters are kept. Every value is encoded, so none can end the comment. Returns the
 * statement unchanged if it seems to have a comment, or if there is nothing to say.
 *
 * Each request makes another text: do not use it for statements that your client prepares by their text.
 *
 * @example
 * ```ts
 * await pool.query(sqlComment("INSERT INTO orders (sku) VALUES ($1)", { action: "placeOrder" }), [sku]);
 * ```
 */
export declare function sqlComment(sql: string, tags?: Record<string, string | number | null | undefined>): string;

/** References to actions, by name. */
export type Refs<T> = { readonly [K in keyof T]: T[K] extends Action ? TypedRef<T[K]> : never };

/**
 * Returns references to Server Actions for Client Components, by name: `d.call` infers arguments and result from them.
 * Runs in Server Components and route handlers, where the id of an action can be read. See `docs/references.md`.
 *
 * The key becomes the name, so give each action under its own: `skew: "recover"` finds it by that. Keys that begin with
 * `$$` are the compiler's, and left out. Throws a `TypeError` that names the key for what is no Server Action, and for
 * an action with bound arguments, which an id does not carry.
 *
 * @example
 * ```tsx
 * return <Checkout actions={refs({ saveTokens, createPaymentSession })} />;
 * ```
 */
export declare function refs<T extends Record<string, Action>>(actions: T): Refs<T>;
