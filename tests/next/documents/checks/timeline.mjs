import assert from "node:assert/strict";

export default function (check) {
  check(2, "the element shows the calls of the dispatcher", async ({ run, tab }) => {
    await run(2);
    await tab.run(async () => window.block.module.d.call(window.refs.search, ["a"]));
    const shown = await tab.run(async () => JSON.stringify(document.querySelector("actionlane-timeline").toJSON()));
    assert.match(shown, /"search"/);
  });
}
