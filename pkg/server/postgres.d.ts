/**
 * Types of `actionlane/server/postgres`: keeps the results of `idempotent` in PostgreSQL. See `docs/stores.md`.
 */

import type { IdempotencyStore } from "../server.js";

/**
 * A connection, a pool, or an open transaction: of `pg` (and drivers made like it), `postgres`, Prisma or Drizzle.
 * Drizzle needs the option `sql`.
 */
export type PostgresClient =
  /** `pg`: a Pool or a Client. */
  | { query(text: string, values: unknown[]): Promise<{ rows: any[] }> }
  /** `postgres`: `sql`, or the `sql` of `sql.begin`. */
  | { unsafe(text: string, values: any[]): PromiseLike<any> }
  /** Prisma: the client, or the `tx` of `$transaction`. */
  | { $queryRawUnsafe(text: string, ...values: any[]): PromiseLike<any> }
  /** Drizzle: `db`, or the `tx` of `db.transaction`. */
  | { execute(query: any): PromiseLike<any> };

/** Options of `postgresStore`. */
export interface PostgresStoreOptions {
  /**
   * Name of the table, with or without its schema: letters, digits, `_` and one `.`, each part at most 63 characters.
   * Default `"actionlane_calls"`.
   */
  table?: string;
  /** Longest record, in bytes of UTF-8. A longer one is `IDEMPOTENCY_LOST`. Default 1 048 576. */
  maxBytes?: number;
  /**
   * Time for which a statement is repeated while the server cannot be reached, or after a conflict of transactions
   * (`40001`, `40P01`), in milliseconds. Each statement may be repeated safely. Inside a transaction none is. A driver
   * may wait for its connection besides. Default 10 000; 0: never.
   */
  retryMs?: number;
  /** Drizzle only: `sql` of `drizzle-orm`. */
  sql?: (strings: TemplateStringsArray, ...values: any[]) => unknown;
}

/** A store in PostgreSQL. */
export interface PostgresStore extends IdempotencyStore {
  /** Statements that make the table and its index if they do not exist, for your own migrations. */
  readonly sql: string;
  /** Makes the table and its index if they do not exist. Processes may call it at the same time. */
  migrate(): Promise<void>;
  /**
   * Deletes rows whose time is over, at most `limit` (default 1000), and promises their number. Call it from time to
   * time, again at once if it gives `limit`. Processes may call it at the same time.
   */
  sweep(limit?: number): Promise<number>;
  /**
   * Returns the store inside your own transaction: the effect and its record are committed together, or neither.
   * `tx` is of the same driver. The claim is a lock that ends with the transaction: another call under this id gets
   * `IDEMPOTENCY_IN_PROGRESS` at once and does not wait. Throw out of the transaction what `idempotent` throws, so
   * that it is rolled back. `leaseMs` has no effect.
   *
   * @example
   * ```ts
   * await sql.begin((tx) => idempotent(key, () => tx`UPDATE accounts SET …`, store.in(tx)));
   * ```
   */
  in(tx: PostgresClient): IdempotencyStore;
}

/**
 * Makes a store in PostgreSQL 12 or later. Each statement is one query without a name, so it works behind PgBouncer
 * with transaction pooling. The clock is the database's.
 *
 * @example
 * ```ts
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL }).on("error", console.error);
 * const store = postgresStore(pool);
 * await store.migrate();
 * ```
 */
export declare function postgresStore(client: PostgresClient, options?: PostgresStoreOptions): PostgresStore;

/**
 * Runs `transaction` again, at most 5 times in all, when it ends with a conflict (`40001`, `40P01`): for transactions
 * of the levels `REPEATABLE READ` and `SERIALIZABLE`. Any other error is thrown at once.
 *
 * @example
 * ```ts
 * const run = () => sql.begin("isolation level serializable", (tx) => idempotent(key, fn, store.in(tx)));
 * await retryConflicts(run);
 * ```
 */
export declare function retryConflicts<T>(transaction: () => PromiseLike<T>): Promise<T>;
