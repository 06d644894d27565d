/**
 * Types of `actionlane/server/sqlite`: keeps the results of `idempotent` in SQLite. See `docs/stores.md`.
 */

import type { IdempotencyStore } from "../server.js";

/** A database of `node:sqlite` (`DatabaseSync`) or `better-sqlite3` (`Database`). SQLite 3.35 or later. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): {
    run(...values: any[]): { changes: number | bigint };
    get(...values: any[]): any;
  };
}

/** Options of `sqliteStore`. */
export interface SqliteStoreOptions {
  /** Name of the table: letters, digits and `_`. Default `"actionlane_calls"`. */
  table?: string;
  /** Longest record, in bytes of UTF-8. A longer one is `IDEMPOTENCY_LOST`. Default 1 048 576. */
  maxBytes?: number;
  /** Clock, in milliseconds, for tests. Default `Date.now`. */
  now?: () => number;
}

/** A store in SQLite. */
export interface SqliteStore extends IdempotencyStore {
  /** Deletes rows whose time is over, at most `limit` (default 1000), and returns their number. */
  sweep(limit?: number): number;
}

/**
 * Makes a store in a file that every process of one machine may open. Makes the table if it does not exist. A database
 * without a busy timeout gets one of 5 s, because several processes write.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 * const store = sqliteStore(new DatabaseSync("calls.sqlite"));
 * ```
 */
export declare function sqliteStore(db: SqliteDatabase, options?: SqliteStoreOptions): SqliteStore;
