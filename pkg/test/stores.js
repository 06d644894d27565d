// Tests what every store must do: the package's own, and yours. The clock is the store's own: a lease that must have
// ended is one of a millisecond, and the test asks until it has.
import assert from "node:assert/strict";
import { test } from "node:test";
import { idempotent } from "../server.js";

const LONG = 60_000;

/**
 * Registers the cases as tests. `make()` promises a world: `store`, which is empty; `other`, the same rows through
 * another connection (default: `store`); and, if the store has it, `renews` (true), `evict(id)` (removes a row as a
 * server without memory does), `bound` (its `maxBytes`) and `ownClock` (true: the clock is not that of the process).
 */
export function testStore(name, make) {
  for (const [holds, run] of CASES) {
    test(`${name}: ${holds}`, async (context) => {
      const world = await make();
      if (run.needs && !world[run.needs]) return context.skip(`the store has no ${run.needs}`);
      await run({ other: world.store, ...world });
    });
  }
}

/** Names of the cases and their functions. `needs` is a member of the world that the case needs. */
export const CASES = [];
function holds(name, run, needs) {
  CASES.push([name, Object.assign(run, { needs })]);
}

const by = (token, leaseMs = LONG) => ({ token, fingerprint: `print of ${token}`, leaseMs });
const result = (token, record, ttlMs = LONG) => ({ token, fingerprint: `print of ${token}`, record, ttlMs });
const value = { type: "value", value: { at: new Date(5), map: new Map([["a", 1n]]), bytes: new Uint8Array([1, 2]), none: undefined, text: "é\0\u{1f600}" } };
const lost = { type: "lost" };

/** Claims an id as soon as its row is absent. */
async function claimed(store, id, claim) {
  for (;;) {
    const found = await store.claim(id, claim);
    if (found.state === "claimed") return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

holds("of fifty claims at once exactly one is granted", async ({ store, other }) => {
  const states = await Promise.all(Array.from({ length: 50 }, async (_, i) => (i % 2 ? other : store).claim("a", by(`t${i}`))));
  assert.deepEqual(states.map(({ state }) => state).sort(), ["claimed", ...Array(49).fill("running")]);
  const winner = states.findIndex(({ state }) => state === "claimed");
  assert.deepEqual(await other.claim("a", by("late")), { state: "running", fingerprint: `print of t${winner}` });
  assert.deepEqual(await other.claim("b", by("other")), { state: "claimed" });
});

holds("of many ids each is granted to one claim only", async ({ store, other }) => {
  const ids = Array.from({ length: 40 }, (_, i) => `id${i}`);
  const granted = async (through, token) => {
    const mine = [];
    for (const id of ids) if ((await through.claim(id, by(token))).state === "claimed") mine.push(id);
    return mine;
  };
  const all = await Promise.all([granted(store, "s"), granted(other, "o"), granted(store, "t"), granted(other, "p")]);
  assert.deepEqual(all.flat().sort(), ids.toSorted());
});

holds("a record is returned whole, as a copy of its own each time", async ({ store, other }) => {
  await store.claim("a", by("t"));
  assert.equal(await store.finish("a", result("t", value)), true);
  const first = await other.claim("a", by("u"));
  assert.deepEqual(first, { state: "done", fingerprint: "print of t", record: value });
  first.record.value.map.clear();
  assert.deepEqual((await store.claim("a", by("u"))).record, value);
});

holds("a record ends with its time to live", async ({ store }) => {
  await store.claim("a", by("t"));
  await store.finish("a", result("t", value, 1));
  await claimed(store, "a", by("u"));
  assert.deepEqual(await store.claim("a", by("v")), { state: "running", fingerprint: "print of u" });
});

holds("a claim ends with its lease, and its holder can change nothing afterwards", async ({ store, other }) => {
  await store.claim("a", by("dead", 1));
  await claimed(other, "a", by("next"));
  assert.equal(await store.finish("a", result("dead", value)), false);
  assert.equal(await store.renew?.("a", "dead", LONG) ?? false, false);
  await store.release("a", "dead");
  assert.deepEqual(await store.claim("a", by("third")), { state: "running", fingerprint: "print of next" });
  assert.equal(await other.finish("a", result("next", lost)), true);
  assert.equal(await store.finish("a", result("dead", value)), false);
  assert.deepEqual(await store.claim("a", by("third")), { state: "done", fingerprint: "print of next", record: lost });
});

holds("an endless lease and an endless record never end", async ({ store }) => {
  await store.claim("a", by("t", Infinity));
  await store.claim("b", by("t", 1));
  await store.finish("b", result("t", value, Infinity));
  await store.claim("control", by("t", 1));
  await claimed(store, "control", by("u"));
  assert.equal((await store.claim("a", by("u", Infinity))).state, "running");
  assert.equal((await store.claim("b", by("u"))).state, "done");
});

holds("a released claim is free for the next, and a record cannot be released", async ({ store, other }) => {
  await store.claim("a", by("t"));
  await store.release("a", "t");
  await store.release("a", "t");
  assert.equal((await other.claim("a", by("u"))).state, "claimed");
  await other.finish("a", result("u", lost));
  await other.release("a", "u");
  assert.deepEqual((await store.claim("a", by("v"))).record, lost);
});

holds("a call without a fingerprint has none", async ({ store }) => {
  await store.claim("a", { token: "t", fingerprint: null, leaseMs: LONG });
  assert.deepEqual(await store.claim("a", by("u")), { state: "running", fingerprint: null });
  await store.finish("a", { token: "t", fingerprint: null, record: lost, ttlMs: LONG });
  assert.deepEqual(await store.claim("a", by("u")), { state: "done", fingerprint: null, record: lost });
});

holds("a claim whose answer was lost is granted to the same token again", async ({ store, other }) => {
  await store.claim("a", by("t"));
  assert.deepEqual(await other.claim("a", by("t")), { state: "claimed" });
  assert.equal((await store.claim("a", by("u"))).state, "running");
});

holds("a finish whose answer was lost is confirmed, and the first record stays", async ({ store, other }) => {
  await store.claim("a", by("t"));
  await store.finish("a", result("t", value));
  assert.equal(await other.finish("a", result("t", lost)), true);
  assert.deepEqual((await store.claim("a", by("u"))).record, value);
});

holds("a renewed lease outlives its first time", async ({ store, other }) => {
  await store.claim("a", by("t", 300));
  assert.equal(await store.renew("a", "t", LONG), true);
  await store.claim("control", by("t", 300));
  await claimed(other, "control", by("u"));
  assert.equal((await other.claim("a", by("u"))).state, "running");
  assert.equal(await store.renew("a", "t", 1), true);
  await claimed(other, "a", by("u"));
}, "renews");

holds("a lease that is lost, over or done is not renewed", async ({ store }) => {
  assert.equal(await store.renew("absent", "t", LONG), false);
  await store.claim("a", by("t"));
  assert.equal(await store.renew("a", "u", LONG), false);
  await store.finish("a", result("t", value));
  assert.equal(await store.renew("a", "t", 1), false);
  assert.equal((await store.claim("a", by("u"))).state, "done");
}, "renews");

holds("a claim that the server has forgotten is not renewed, and its result is stored", async ({ store, other, evict }) => {
  await store.claim("a", by("t"));
  await evict("a");
  assert.equal(await store.renew("a", "t", LONG), false);
  assert.equal(await store.finish("a", result("t", value)), true);
  assert.deepEqual(await other.claim("a", by("u")), { state: "done", fingerprint: "print of t", record: value });
}, "evict");

holds("a claim that the server has forgotten and given to another call cannot be finished", async ({ store, other, evict }) => {
  await store.claim("a", by("t"));
  await evict("a");
  await other.claim("a", by("u"));
  assert.equal(await store.finish("a", result("t", value)), false);
  assert.deepEqual(await store.claim("a", by("v")), { state: "running", fingerprint: "print of u" });
}, "evict");

holds("a record that is too long is refused, and the claim stays", async ({ store, bound }) => {
  await store.claim("a", by("t"));
  await assert.rejects(async () => store.finish("a", result("t", { type: "value", value: "é".repeat(bound / 2) })), RangeError);
  assert.equal((await store.claim("a", by("u"))).state, "running");
  assert.equal(await store.finish("a", result("t", { type: "value", value: "e".repeat(bound - 200) })), true);
}, "bound");

holds("clocks of the processes that differ by an hour change nothing", async ({ store, other }) => {
  const { now } = Date;
  try {
    Date.now = () => now() - 3_600_000;
    await store.claim("a", by("t"));
    await store.claim("b", by("t"));
    await store.finish("b", result("t", value));
    await store.claim("c", by("dead", 1));
    Date.now = () => now() + 3_600_000;
    assert.equal((await other.claim("a", by("u"))).state, "running");
    assert.equal((await other.claim("b", by("u"))).state, "done");
    Date.now = () => now() - 7_200_000;
    await claimed(other, "c", by("u"));
  } finally {
    Date.now = now;
  }
}, "ownClock");

const key = { user: "ada", action: "charge", key: "8e03978e", fingerprint: "[4200]" };
const is = (digest) => ({ name: "IdempotencyError", digest });

holds("of twenty calls one runs, the others are refused meanwhile, and later calls get its value", async ({ store, other }) => {
  let runs = 0;
  let release;
  const gate = new Promise((resolve) => (release = resolve));
  const charge = async () => {
    runs += 1;
    await gate;
    return value.value;
  };
  const calls = Array.from({ length: 20 }, (_, i) => idempotent(key, charge, i % 2 ? other : store));
  const refused = calls.map((call) => call.then(() => "ran", (error) => error.digest));
  // All others have an answer while the first still runs.
  const settled = await new Promise((resolve) => {
    const ends = [];
    for (const call of refused) call.then((end) => ends.push(end) === 19 && resolve(ends));
  });
  assert.deepEqual([...new Set(settled)], ["IDEMPOTENCY_IN_PROGRESS"]);
  release();
  assert.equal((await Promise.all(refused)).filter((end) => end === "ran").length, 1);
  assert.deepEqual(await idempotent(key, charge, other), value.value);
  await assert.rejects(idempotent({ ...key, fingerprint: "[9900]" }, charge, store), is("IDEMPOTENCY_MISMATCH"));
  assert.equal(runs, 1);
});

holds("a call that throws leaves nothing, and the next runs", async ({ store, other }) => {
  const down = new Error("down");
  await assert.rejects(idempotent(key, () => Promise.reject(down), store), (error) => error === down);
  assert.equal(await idempotent(key, () => "paid", other), "paid");
});

holds("a long run keeps its lease: no other call runs", async ({ store, other }) => {
  let renewals = 0;
  const counting = { ...store, renew: async (...args) => ((renewals += 1), store.renew(...args)) };
  let enough;
  const long = new Promise((resolve) => (enough = resolve));
  const run = idempotent(key, async (id) => {
    // As many renewals as take twice the lease.
    while (renewals < 4) {
      await assert.rejects(idempotent(key, () => assert.fail("ran twice"), other), is("IDEMPOTENCY_IN_PROGRESS"));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    enough(id);
    return "slow";
  }, counting, { leaseMs: 1_500 });
  await long;
  assert.equal(await run, "slow");
  assert.equal(await idempotent(key, () => "again", other), "slow");
}, "renews");

holds("a run that loses its lease to another call is told by its signal, and ends in IDEMPOTENCY_LOST", async ({ store, other, evict }) => {
  let told;
  // The timers of a lease keep no process alive.
  const alive = setInterval(() => {}, 1_000);
  const first = idempotent(key, async (id, { signal }) => {
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    await evict(id);
    assert.equal(await idempotent(key, () => "second", other), "second");
    await aborted;
    told = signal.reason;
    return "first";
  }, store, { leaseMs: 60 });
  await assert.rejects(first, is("IDEMPOTENCY_LOST"));
  assert.equal(told.digest, "IDEMPOTENCY_LOST");
  clearInterval(alive);
  assert.equal(await idempotent(key, () => "third", store), "second");
}, "evict");
