// Tests what every store must do. `make()` returns an empty store; the clock is an argument, so no test waits.
import assert from "node:assert/strict";
import { test } from "node:test";

export function testStore(name, make) {
  const claim = (token, now = 0, until = 10) => ({ token, fingerprint: `print of ${token}`, now, until });
  const value = { type: "value", value: { at: new Date(5), map: new Map([["a", 1n]]), bytes: new Uint8Array([1, 2]), none: undefined } };

  test(`${name}: of fifty claims at once exactly one is granted`, async () => {
    const store = make();
    const states = await Promise.all(Array.from({ length: 50 }, async (_, i) => store.claim("a", claim(`t${i}`))));
    assert.deepEqual(states.map(({ state }) => state).sort(), ["claimed", ...Array(49).fill("running")]);
    assert.deepEqual(states[1], { state: "running", fingerprint: "print of t0" });
    assert.deepEqual(await store.claim("b", claim("other")), { state: "claimed" });
  });

  test(`${name}: a record is returned whole, as a copy of its own each time`, async () => {
    const store = make();
    await store.claim("a", claim("t"));
    await store.finish("a", "t", value, 20);
    const first = await store.claim("a", claim("u", 19, 29));
    assert.deepEqual(first, { state: "done", fingerprint: "print of t", record: value });
    first.record.value.map.clear();
    assert.deepEqual((await store.claim("a", claim("u", 19, 29))).record, value);
    assert.deepEqual(await store.claim("a", claim("u", 20, 30)), { state: "claimed" }, "its time to live has ended");
  });

  test(`${name}: a claim ends with its lease, and its holder can change nothing afterwards`, async () => {
    const store = make();
    await store.claim("a", claim("dead", 0, 10));
    assert.equal((await store.claim("a", claim("next", 9, 19))).state, "running");
    assert.equal((await store.claim("a", claim("next", 10, 20))).state, "claimed");
    await store.finish("a", "dead", value, 99);
    await store.release("a", "dead");
    assert.deepEqual(await store.claim("a", claim("third", 11, 21)), { state: "running", fingerprint: "print of next" });
  });

  test(`${name}: an endless lease never ends`, async () => {
    const store = make();
    await store.claim("a", claim("t", 0, Infinity));
    assert.equal((await store.claim("a", claim("u", Number.MAX_SAFE_INTEGER, Infinity))).state, "running");
  });

  test(`${name}: a released claim is free for the next, and a record cannot be released`, async () => {
    const store = make();
    await store.claim("a", claim("t"));
    await store.release("a", "t");
    assert.equal((await store.claim("a", claim("u"))).state, "claimed");
    await store.finish("a", "u", { type: "lost" }, 20);
    await store.release("a", "u");
    await store.finish("a", "u", value, 20);
    assert.deepEqual((await store.claim("a", claim("v"))).record, { type: "lost" });
  });
}
