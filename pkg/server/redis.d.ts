/**
 * Types of `actionlane/server/redis`: keeps the results of `idempotent` in Redis. See `docs/stores.md`.
 */

import type { IdempotencyStore } from "../server.js";

/**
 * A client of Redis 6.2 or later, or of Valkey: of `redis` (node-redis) 5 or 6, `ioredis` 5 or 6, `@upstash/redis` or
 * `@vercel/kv`, for one server or for a cluster. Only its methods for scripts are used.
 */
export type RedisClient =
  /** node-redis. */
  | {
      evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
      eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
    }
  /** ioredis. */
  | {
      defineCommand: Function;
      evalsha(sha: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>;
      eval(script: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>;
    }
  /** `@upstash/redis`, `@vercel/kv`: over HTTP, also in edge runtimes. */
  | {
      evalsha(sha: string, keys: string[], values: string[]): Promise<unknown>;
      eval(script: string, keys: string[], values: string[]): Promise<unknown>;
    };

/** Options of `redisStore`. */
export interface RedisStoreOptions {
  /** Beginning of each key. Default `"actionlane:"`. */
  prefix?: string;
  /** Longest record, in bytes of UTF-8. A longer one is `IDEMPOTENCY_LOST`. Default 1 048 576. */
  maxBytes?: number;
  /**
   * Time for which a statement is repeated while the server cannot be reached, in milliseconds. Each statement may be
   * repeated safely. A client may wait for its connection besides. Default 10 000; 0: never.
   */
  retryMs?: number;
}

/**
 * Makes a store in Redis. Each statement is one script on one key, so it works in a cluster; rows expire by Redis's own
 * clock. The client must be connected, or connect by itself.
 *
 * The server must not evict keys: with a `maxmemory-policy` other than `noeviction` a claim may be forgotten, and the
 * first statement warns of it once. A server that refuses `CONFIG GET` is not asked again. A failover with asynchronous
 * replication may forget the newest claims too.
 *
 * @example
 * ```ts
 * import { createClient } from "redis";
 * const client = createClient({ url: process.env.REDIS_URL }).on("error", console.error);
 * const store = redisStore(await client.connect());
 * ```
 */
export declare function redisStore(client: RedisClient, options?: RedisStoreOptions): IdempotencyStore;
