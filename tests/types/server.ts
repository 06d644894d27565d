// The public types of `actionlane/server` as a caller uses them. The compiler checks each `expect`; nothing runs.
import { type Claim, type IdempotencyKey, type IdempotencyRecord, type IdempotencyStore, type Run, IdempotencyError } from "../../pkg/server.js";
import { decodeRecord, encodeRecord, idempotencyKey, idempotent, idempotentRoute, memoryStore } from "../../pkg/server.js";
import { type PostgresStore, postgresStore, retryConflicts } from "../../pkg/server/postgres.js";
import { redisStore } from "../../pkg/server/redis.js";
import { sqliteStore } from "../../pkg/server/sqlite.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expect<Holds extends true>(): Holds;

const store = memoryStore();
expect<Same<typeof store, IdempotencyStore>>();

const key = idempotencyKey({ user: 7n, action: "charge", headers: new Headers(), fingerprint: JSON.stringify([4200]) });
expect<Same<typeof key, IdempotencyKey>>();
idempotencyKey({ user: null, action: "subscribe", headers: new Request("http://x").headers });
// @ts-expect-error: the user is missing; null would do
idempotencyKey({ action: "charge", headers: new Headers() });
// @ts-expect-error: a user is an id or null
idempotencyKey({ user: undefined, action: "charge", headers: new Headers() });
// @ts-expect-error: a fingerprint is a string
idempotencyKey({ user: 1, action: "charge", headers: new Headers(), fingerprint: [4200] });

const receipt = idempotent(key, async () => ({ paid: true }), store, { leaseMs: 120_000, ttlMs: Infinity });
expect<Same<typeof receipt, Promise<{ paid: boolean }>>>();
const number = idempotent({ user: 1, action: "charge", key: "a" }, (id) => (id ?? "").length, store);
expect<Same<typeof number, Promise<number>>>();
void idempotent(undefined, () => 1, store);
void idempotent(key, (id, { signal }) => {
  expect<Same<[typeof id, typeof signal], [string | undefined, Run["signal"]]>>();
}, store);
// @ts-expect-error: the clock is the store's
void idempotent(key, () => 1, store, { now: Date.now });
// @ts-expect-error: no such option
void idempotent(key, () => 1, store, { lease: 5 });
// @ts-expect-error: the store is missing
void idempotent(key, () => 1);

const response = idempotentRoute(key, () => Response.json(1), store);
expect<Same<typeof response, Promise<Response>>>();
// @ts-expect-error: a route answers with a response
void idempotentRoute(key, () => ({ paid: true }), store);

declare const error: IdempotencyError;
expect<Same<typeof error.status, 400 | 409 | 422 | 500>>();
if (error.digest === "IDEMPOTENCY_IN_PROGRESS") expect<Same<typeof error.digest, "IDEMPOTENCY_IN_PROGRESS">>();

const own: IdempotencyStore = {
  async claim(id, { token, fingerprint, leaseMs }): Promise<Claim> {
    expect<Same<[typeof id, typeof token, typeof leaseMs], [string, string, number]>>();
    return fingerprint === null ? { state: "running" } : { state: "running", fingerprint };
  },
  finish(_id, { record, ttlMs }) {
    expect<Same<[typeof record, typeof ttlMs], [IdempotencyRecord, number]>>();
    return decodeRecord(encodeRecord(record, 1_000)).type === record.type;
  },
  release: async () => {},
};
// @ts-expect-error: a store says if it has stored
const silent: IdempotencyStore = { ...own, finish: () => {} };
// @ts-expect-error: the store cannot release a claim
const lacking: IdempotencyStore = { claim: own.claim, finish: own.finish };

declare const nodeRedis: {
  evalSha(sha: string, options?: { keys?: string[]; arguments?: string[] }): Promise<string>;
  eval(script: string, options?: { keys?: string[]; arguments?: string[] }): Promise<string>;
};
declare const upstash: {
  evalsha<A extends unknown[], D>(sha: string, keys: string[], args?: A): Promise<D>;
  eval<A extends unknown[], D>(script: string, keys: string[], args?: A): Promise<D>;
};
expect<Same<ReturnType<typeof redisStore>, IdempotencyStore>>();
redisStore(nodeRedis, { prefix: "calls:", retryMs: 0, maxBytes: 10 });
redisStore(upstash);
// @ts-expect-error: no client of Redis
redisStore({ get: async () => "" });
// @ts-expect-error: no such option
redisStore(upstash, { ttl: 5 });

declare const pool: { query(text: string, values?: unknown[]): Promise<{ rows: { n: number }[] }> };
const calls = postgresStore(pool, { table: "app.calls" });
expect<Same<typeof calls, PostgresStore>>();
expect<Same<[typeof calls.sql, ReturnType<typeof calls.sweep>], [string, Promise<number>]>>();
const inside = retryConflicts(async () => idempotent(key, () => "paid", calls.in(pool)));
expect<Same<typeof inside, Promise<string>>>();
// @ts-expect-error: there is no transaction
calls.in();

declare const db: { exec(sql: string): void; prepare(sql: string): { run(...values: unknown[]): { changes: number }; get(...values: unknown[]): unknown } };
expect<Same<ReturnType<ReturnType<typeof sqliteStore>["sweep"]>, number>>();
sqliteStore(db, { table: "calls" });
