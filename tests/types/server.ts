// The public types of `actionlane/server` as a caller uses them. The compiler checks each `expect`; nothing runs.
import { type Claim, type IdempotencyKey, type IdempotencyRecord, type IdempotencyStore, IdempotencyError, idempotencyKey, idempotent, idempotentRoute, memoryStore } from "../../pkg/server.js";

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
  async claim(id, { token, fingerprint, now, until }): Promise<Claim> {
    expect<Same<[typeof id, typeof token, typeof now, typeof until], [string, string, number, number]>>();
    return { state: "running", fingerprint };
  },
  finish: (_id, _token, record) => void expect<Same<typeof record, IdempotencyRecord>>(),
  release: async () => {},
};
// @ts-expect-error: the store cannot release a claim
const lacking: IdempotencyStore = { claim: own.claim, finish: own.finish };
