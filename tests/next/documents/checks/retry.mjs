import assert from "node:assert/strict";

export default function (check) {
  check(1, "a call that failed is sent again under its key, and runs once", async ({ run, api, runs, requests }) => {
    for (let n = 0; n < 3; n += 1) await api("fault", "503");
    await run(1, { text: "a note" });
    assert.deepEqual(await runs("saveNote"), [["a note"]]);
    const keys = (await requests()).map((headers) => headers["idempotency-key"]);
    assert.ok(keys[0]);
    assert.deepEqual(keys, Array(4).fill(keys[0]));
  });

  check(1, "after three retries the call fails", async ({ begin, tab, api, requests, runs }) => {
    for (let n = 0; n < 4; n += 1) await api("fault", "503");
    await begin(1, { text: "a note" });
    await tab.until(async () => window.block.state === "failed");
    assert.deepEqual(await tab.run(async () => [window.block.error.code, window.block.error.status]), ["HTTP", 503]);
    assert.equal((await requests()).length, 4);
    assert.deepEqual(await runs("saveNote"), []);
  });
}
