/**
 * Actionlane, on the server: an action or a route that is sent twice is done once.
 *
 * Times are milliseconds. Instants are on the clock of `Date.now()`.
 */

/** What makes two calls the same one. */
export interface IdempotencyKey {
  /** Who calls, by the session and never by what the client says: nobody is given another's result. `null`: whoever knows the key. */
  user: string | number | bigint | null;
  /** A name of your own: action ids change with every build. */
  action: string;
  /** As the client sent it, 1 to 255 characters. Without one the action simply runs. */
  key: string | null | undefined;
  /**
   * The payload as text, such as `JSON.stringify(args)`: the same key with another is refused. Only its hash is stored. Default: not
   * looked at.
   */
  fingerprint?: string | null | undefined;
}

/**
 * The key that a request's header says: a quoted string as in draft-ietf-httpapi-idempotency-key-header, or bare.
 * `headers` is `await headers()` of `next/headers`, or `request.headers`. A header that is neither is refused when the action runs.
 */
export declare function idempotencyKey(from: {
  user: IdempotencyKey["user"];
  action: string;
  headers: { get(name: string): string | null | undefined };
  /** Its name, the client's `idempotency: { header }`. Default `"Idempotency-Key"`. */
  header?: string;
  fingerprint?: string | null | undefined;
}): IdempotencyKey;

export interface IdempotencyOptions {
  /**
   * How long a run is believed to be under way; above the longest it may take. Then its process is taken to be dead, and the next
   * call runs. Default 60 000. `Infinity`: a call that died is never run again.
   */
  leaseMs?: number;
  /** How long a result is kept. Default 24 h; above how long the client retries. */
  ttlMs?: number;
  /** Default `Date.now`. */
  now?: () => number;
}

/**
 * The first call under a key runs `fn` and stores what it returns; later ones return what is stored, or throw an `IdempotencyError`. What
 * `fn` sets beside its value (cookies, revalidation) is not repeated: what every answer needs belongs after `idempotent`.
 *
 * `redirect()` and `notFound()` inside `fn` are results as values are. Anything else thrown ends the claim: the next call runs. An error of
 * `store.claim` is thrown and `fn` is not run; one of `store.finish` is the `cause` of an `IDEMPOTENCY_LOST`, which later calls get too.
 *
 * `fn` gets the id it is stored under, 64 hexadecimal digits: a key for what it calls in turn. Without a key it gets none.
 */
export declare function idempotent<T>(
  key: IdempotencyKey | null | undefined,
  fn: (id?: string) => T | Promise<T>,
  store: IdempotencyStore,
  options?: IdempotencyOptions,
): Promise<T>;

/**
 * The same for a route handler: an `IdempotencyError` is answered with its status, as `application/problem+json`; 409 says
 * `Retry-After: 1`. One with a `cause` is thrown. A stored response has its status, headers and body (read whole), no cookies, and
 * `Idempotent-Replayed: true`; one that cannot be read is an `IDEMPOTENCY_LOST`. A response of 401, 403, 408, 425, 429 or from 500 on is given
 * and not stored.
 */
export declare function idempotentRoute(
  key: IdempotencyKey | null | undefined,
  fn: (id?: string) => Response | Promise<Response>,
  store: IdempotencyStore,
  options?: IdempotencyOptions,
): Promise<Response>;

/**
 * Why a call was neither run nor answered. `digest` reaches the client of a Server Action, in production too (with the status 500);
 * `status` is what `idempotentRoute` answers.
 */
export declare class IdempotencyError extends Error {
  readonly digest:
    /** 400: the header is no key. */
    | "IDEMPOTENCY_KEY_INVALID"
    /** 409: the first call is running; ask again. */
    | "IDEMPOTENCY_IN_PROGRESS"
    /** 422: the key was used with another payload. */
    | "IDEMPOTENCY_MISMATCH"
    /** 500: it has run, and what it gave could not be stored. */
    | "IDEMPOTENCY_LOST";
  readonly status: 400 | 409 | 422 | 500;
}

/** What is kept of a call. Opaque to a store, which gives back what it was given. */
export type IdempotencyRecord =
  /**
   * What both `structuredClone` and `node:v8`'s `serialize` copy as it is: plain objects, arrays, dates, maps, sets, bigints, typed arrays.
   * Anything else does not get this far: `idempotent` throws an `IDEMPOTENCY_LOST` and stores that.
   */
  | { type: "value"; value: unknown }
  /** What Next.js throws for `redirect()` and `notFound()`. */
  | { type: "digest"; digest: string }
  | { type: "lost" };

/** Where it is kept: a table of one row an id. A row whose `until` is not above `now` counts as none. Every method may throw. */
export interface IdempotencyStore {
  /**
   * In one step, of any number of calls at once for exactly one: where there is no row, puts one `{ token, fingerprint, until }` and says
   * `"claimed"`. Otherwise changes nothing and says what is there.
   */
  claim(id: string, claim: { token: string; fingerprint: string | null; now: number; until: number }): Claim | Promise<Claim>;
  /** Gives the row a record and a new `until`; nothing if the row has another token, or a record. */
  finish(id: string, token: string, record: IdempotencyRecord, until: number): void | Promise<void>;
  /** Removes the row; nothing if it has another token, or a record. */
  release(id: string, token: string): void | Promise<void>;
}

export type Claim =
  | { state: "claimed" }
  | { state: "running"; fingerprint: string | null }
  | { state: "done"; fingerprint: string | null; record: IdempotencyRecord };

/** A store that lives and dies with the process, for tests. */
export declare function memoryStore(): IdempotencyStore;
