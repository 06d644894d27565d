// Lanes with one order over all tabs (`scope: "origin"`): their options, and leases on a fake lock API.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createDispatcher } from "../node.js";
import { Log } from "./order.js";
import { ID, serve } from "./server.js";

let server;
before(async () => (server = await serve()));
after(() => server.close());

/** Runs `run()` with another `navigator`, or with none. */
async function withNavigator(value, run) {
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value, configurable: true });
  try {
    await run();
  } finally {
    if (before) Object.defineProperty(globalThis, "navigator", before);
    else delete globalThis.navigator;
  }
}

test("without the lock API the scope origin is refused when the dispatcher is made", async () => {
  for (const navigator of [undefined, {}, { locks: undefined }, { get locks() { throw new Error("no"); } }]) {
    await withNavigator(navigator, () => {
      assert.throws(() => createDispatcher({ scope: "origin" }), { code: "INVALID_OPTION", message: /navigator\.locks/ });
      createDispatcher({ scope: "dispatcher" });
    });
  }
});

test("the scope origin is refused with a lane of several calls at once", async () => {
  await withNavigator({ locks: { request() {} } }, () => {
    const lanes = { cart: { concurrency: 2 } };
    assert.throws(() => createDispatcher({ scope: "origin", lanes }), { code: "INVALID_OPTION", message: /"cart".*several at once/ });
    createDispatcher({ scope: "origin", lanes: { cart: { concurrency: 1 } } });
    createDispatcher({ lanes });
  });
});

test("a wrong scope or time is refused", () => {
  for (const options of [{ scope: "page" }, { scope: true }, { leaseTimeout: 0 }, { leaseTimeout: "1000" }, { keepalive: 1 }]) {
    assert.throws(() => createDispatcher(options), { code: "INVALID_OPTION" }, JSON.stringify(options));
  }
});

test("a browser that refuses the lock fails the calls that wait for it, and none is sent", async () => {
  const refused = new DOMException("scripted", "SecurityError");
  await withNavigator({ locks: { request: () => Promise.reject(refused) } }, async () => {
    const d = createDispatcher({ url: server.url, scope: "origin" });
    for (const { reason } of await Promise.allSettled([d.call(ID), d.call(ID)])) {
      assert.deepEqual([reason.code, reason.sent, reason.cause], ["INVALID_OPTION", "no", refused]);
    }
    assert.equal(await d.call(ID, ["parallel"], { lane: "parallel" }), '["parallel"]');
    assert.equal(d.pending, 0);
  });
  assert.equal(server.requests.length, 1);
});

test("a released lease leaves nothing in memory", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  const leases = [];
  const request = async (name, options, granted) => {
    const lease = granted({ name });
    leases.push(new WeakRef(lease));
    await lease;
  };
  await withNavigator({ locks: { request } }, async () => {
    const d = createDispatcher({ url: server.url, scope: "origin" });
    for (let i = 0; i < 20; i += 1) await d.call(ID, [i], { lane: `order ${i}` });
    await d.idle();
    for (let i = 0; i < 20 && leases.some((lease) => lease.deref()); i += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      gc();
    }
    assert.deepEqual([leases.length, leases.filter((lease) => lease.deref()).length], [20, 0]);
    assert.equal(d.pending, 0); // keeps the dispatcher alive
  });
});

test("a trap withdraws the requests for leases, and the next call requests again", async () => {
  await import("../lib/tabs/web_locks.js");
  const asked = [];
  const request = (name, { signal }, granted) => {
    asked.push({ name, signal });
    return name.endsWith(":cart") ? new Promise(() => {}) : Promise.resolve({ name }).then(granted);
  };
  await withNavigator({ locks: { request } }, async () => {
    const log = new Log();
    const d = log.dispatcher({ scope: "origin", leaseTimeout: Infinity });
    await log.step("make", () => {
      log.call(d, "a");
      log.call(d, "c", { lane: "cart" });
    });
    const names = () => asked.map(({ name, signal }) => `${name.replace("actionlane:lane:", "")}${signal.aborted ? " no longer" : ""}`);
    assert.deepEqual(names(), ["main", "cart"]);
    await log.step("head", () => log.sent.a.head());
    await log.step("trap", () => log.sent.a.trap());
    assert.deepEqual(names(), ["main no longer", "cart no longer"]);
    await log.step("make", () => log.call(d, "next", { lane: "cart" }));
    assert.deepEqual(names().slice(2), ["cart"]);
    d.close();
    assert.deepEqual(names().slice(2), ["cart no longer"]);
  });
});
