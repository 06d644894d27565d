// A lease is renewed while its call runs, and a lost one is told. The timers are the test's: no case waits.
import assert from "node:assert/strict";
import { test } from "node:test";
import { idempotent, idempotentRoute, memoryStore } from "../server.js";

const key = { user: "ada", action: "charge", key: "8e03978e" };
const LOST = { name: "IdempotencyError", digest: "IDEMPOTENCY_LOST", status: 500 };

/** Lets everything run that is ready. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Starts a call on a store, whose `fn` ends when `end()` is called. `renewals` is a list of what `renew` answers. */
async function running(t, { answers = [], leaseMs = 30_000, claimMs = 0, call = idempotent, value = "paid", ...changes } = {}) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let now = 0;
  t.mock.method(performance, "now", () => now);
  const inner = memoryStore();
  const it = { renewals: 0 };
  const renew = async (...args) => {
    it.renewals += 1;
    const answer = answers.shift() ?? "held";
    if (answer instanceof Error) throw answer;
    return answer === "held" ? inner.renew(...args) : answer;
  };
  const claim = (...args) => {
    now += claimMs;
    return inner.claim(...args);
  };
  it.store = { ...inner, claim, renew, ...changes };
  let began;
  const inside = new Promise((resolve) => (began = resolve));
  const over = new Promise((resolve, reject) => Object.assign(it, { end: resolve, fail: reject }));
  it.call = call(key, async (id, { signal }) => {
    Object.assign(it, { id, signal });
    began();
    await over;
    return value;
  }, it.store, { leaseMs });
  it.call.catch(() => {});
  await inside;
  it.tick = async (ms) => {
    now += ms;
    t.mock.timers.tick(ms);
    await settled();
  };
  return it;
}

test("a lease is renewed each third of it, until the call has ended", async (t) => {
  const it = await running(t);
  await it.tick(9_999);
  assert.equal(it.renewals, 0);
  await it.tick(1);
  assert.equal(it.renewals, 1);
  for (let n = 0; n < 10; n += 1) await it.tick(10_000);
  assert.equal(it.renewals, 11);
  it.end();
  assert.equal(await it.call, "paid");
  await it.tick(100_000);
  assert.deepEqual([it.renewals, it.signal.aborted], [11, false]);
});

test("a lease is renewed while the result is stored, and a lost one is not told after the run", async (t) => {
  let store;
  const finish = () => new Promise((resolve) => (store = () => resolve(true)));
  const it = await running(t, { finish, answers: ["held", false] });
  it.end();
  await settled();
  await it.tick(10_000);
  await it.tick(10_000);
  assert.deepEqual([it.renewals, it.signal.aborted], [2, false]);
  store();
  assert.equal(await it.call, "paid");
});

test("a store that says no aborts the signal, with the reason", async (t) => {
  const it = await running(t, { answers: [false] });
  await it.tick(10_000);
  assert(it.signal.aborted);
  assert.equal(it.signal.reason.digest, LOST.digest);
  await it.tick(100_000);
  assert.equal(it.renewals, 1, "it is not asked again");
  it.fail(it.signal.reason);
  await assert.rejects(it.call, LOST);
});

test("a store that fails is asked again, and the lease is lost only when its time is over", async (t) => {
  const down = new Error("down");
  const it = await running(t, { answers: [down, down, down] });
  for (const ms of [10_000, 10_000, 9_999]) await it.tick(ms);
  assert.deepEqual([it.renewals, it.signal.aborted], [2, false]);
  await it.tick(1);
  assert.deepEqual([it.signal.aborted, it.signal.reason.digest, it.signal.reason.cause], [true, LOST.digest, down]);
});

test("a store that answers again in time has kept the lease", async (t) => {
  const down = new Error("down");
  const it = await running(t, { answers: [down, "held", down, down] });
  for (let n = 0; n < 4; n += 1) await it.tick(10_000);
  assert.deepEqual([it.renewals, it.signal.aborted], [4, false]);
  it.end();
  assert.equal(await it.call, "paid");
});

test("a store that never answers loses the lease when its time is over", async (t) => {
  const it = await running(t, { renew: () => new Promise(() => {}) });
  await it.tick(10_000);
  await it.tick(20_000);
  assert(it.signal.aborted);
});

test("a lease counts from the time at which it was asked for", async (t) => {
  const down = new Error("down");
  const it = await running(t, { claimMs: 12_000, answers: [down, down] });
  await it.tick(6_000);
  assert.equal(it.renewals, 1);
  await it.tick(11_999);
  assert(!it.signal.aborted);
  await it.tick(1);
  assert(it.signal.aborted);
});

test("a claim that is answered when its lease may be over is renewed at once", async (t) => {
  for (const [answer, isLost] of [["held", false], [false, true]]) {
    const it = await running(t, { claimMs: 40_000, answers: [answer] });
    await it.tick(1);
    assert.deepEqual([it.renewals, it.signal.aborted], [1, isLost]);
    it.end();
    assert.equal(await it.call, "paid");
    t.mock.timers.reset();
    t.mock.restoreAll();
  }
});

test("a result that another call's row keeps out is IDEMPOTENCY_LOST, though the run succeeded", async (t) => {
  const it = await running(t, { finish: async () => false });
  it.end();
  await assert.rejects(it.call, LOST);
});

test("a route whose lease was lost answers 500, with the code", async (t) => {
  const it = await running(t, { finish: async () => false, call: idempotentRoute, value: new Response("paid") });
  it.end();
  const response = await it.call;
  assert.deepEqual([response.status, (await response.json()).code], [500, LOST.digest]);
});

test("a store that does not say if it stored has not: the call ends in IDEMPOTENCY_LOST", async (t) => {
  const it = await running(t, { finish: async () => {} });
  it.end();
  await assert.rejects(it.call, LOST);
});

test("without renew, and with an endless lease, there is no timer", async (t) => {
  for (const options of [{ renew: undefined }, { leaseMs: Infinity }]) {
    const it = await running(t, options);
    await it.tick(2_147_483_647);
    assert.deepEqual([it.renewals, it.signal.aborted], [0, false]);
    it.end();
    assert.equal(await it.call, "paid");
    t.mock.timers.reset();
  }
});
