import assert from "node:assert/strict";

export default function (check) {
  const shown = (tab) => tab.run(async () => window.shown);

  check(1, "a call that succeeds shows nothing", async ({ run, tab, runs }) => {
    await run(1, { action: "saveNote" });
    assert.equal(await shown(tab), null);
    assert.equal((await runs("saveNote")).length, 1);
  });

  check(1, "a call that may be made again says that nothing was saved", async ({ run, tab, requests }) => {
    await run(1, { id: "7f".padEnd(42, "0") });
    assert.equal(await shown(tab), "Nothing was saved. Try again?");
    assert.equal((await requests()).length, 1);
  });

  check(1, "a call whose action has run says that it may have been saved", async ({ run, tab, runs }) => {
    await run(1, { action: "fail" });
    assert.equal(await shown(tab), "This may have been saved. Reload before you try again.");
    assert.equal((await runs("fail")).length, 1);
  });

  check(1, "a call that makes no sense shows the message", async ({ run, tab, requests }) => {
    await run(1, { id: "no id" });
    assert.match(await shown(tab), /hexadecimal/);
    assert.deepEqual(await requests(), []);
  });
}
