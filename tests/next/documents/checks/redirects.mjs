import assert from "node:assert/strict";

export default function (check) {
  check(1, "the user is taken along, and the outcome says so", async ({ run, tab, url, untilShown }) => {
    await run(1);
    assert.deepEqual(await tab.run(async () => window.block.module.redirect), { url: `${url}/done`, type: "push", followed: true });
    await untilShown("Done");
    assert.equal(await tab.run(async () => location.pathname), "/done");
  });
}
