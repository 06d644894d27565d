import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export default function (check, blocks) {
  /** Calls the action in the page with a key. Returns the result, or the error's code. */
  const charge = async (key, amount, options) => {
    const d = await window.getDispatcher();
    const call = d.call(window.block.module.charge, ["order", amount], { idempotencyKey: key, ...options });
    return call.then(({ paidAt }) => paidAt.toISOString(), ({ code }) => code);
  };
  const paid = "2026-11-21T09:00:00.000Z";

  check(1, "a call that lost its answer gets it by its key, and the card is charged once", async ({ run, tab, api, runs, untilRuns }) => {
    await api("close", "pay");
    await run(1);
    await tab.run(async () => {
      window.controller = new AbortController();
      const d = await window.getDispatcher();
      window.lost = d.call(window.block.module.charge, ["order", 4200], { idempotencyKey: "k", signal: window.controller.signal }).catch(({ code }) => code);
    });
    await untilRuns("pay", 1);
    assert.equal(await tab.run(async () => {
      window.controller.abort();
      return window.lost;
    }), "ABORTED");
    assert.equal(await tab.run(charge, "k", 4200), "KEY_CONFLICT", "the first still runs");
    await api("open", "pay");
    assert.equal(await tab.run(charge, "k", 4200, { retry: 20 }), paid);
    const [[order, amount, { idempotencyKey }], ...more] = await runs("pay");
    assert.deepEqual([order, amount, more], ["order", 4200, []]);
    assert.match(idempotencyKey, /^[0-9a-f]{64}$/);
  });

  check(1, "a key belongs to its payload and to its user", async ({ run, tab, api, runs }) => {
    await run(1);
    assert.equal(await tab.run(charge, "mine", 4200), paid);
    assert.equal(await tab.run(charge, "mine", 1), "KEY_CONFLICT");
    await api("user", "u2");
    assert.equal(await tab.run(charge, "mine", 1), paid);
    assert.deepEqual((await runs("pay")).map(([, amount]) => amount), [4200, 1]);
  });

  check(2, "every call carries a key in the header that was chosen", async ({ run, tab, requests }) => {
    await run(2);
    await tab.run(async () => window.block.module.d.call(window.refs.search.id, ["a"]));
    const [headers] = await requests();
    assert.ok(headers["x-request-key"]);
    assert.equal(headers["idempotency-key"], undefined);
  });

  check(3, "the server reads the key from that header", async ({ url }) => {
    const response = await fetch(`${url}/run/idempotency/3`, { headers: { "X-Request-Key": '"a key"' } });
    const { key } = await response.json();
    assert.deepEqual([key.user, key.action, key.key], ["u1", "charge", "a key"]);
  });

  check(4, "a store of these statements does what a store must do", async () => {
    const file = fileURLToPath(new URL("../statements.test.mjs", import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--test", "--test-reporter=tap", file], { env: { ...process.env, STATEMENTS: blocks[3].code }, encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /^# pass [1-9]/m);
  });
}
