import assert from "node:assert/strict";

export default function (check) {
  check(1, "the server reads what is written for its version and for any", async ({ run, tab }) => {
    await run(1);
    assert.equal(await tab.run(async () => window.block.module.old.call(window.refs.search.id, ["a"])), "found a");
    assert.equal(await tab.run(async () => {
      const form = new FormData();
      form.set("name", "Ada");
      return window.block.module.any.call(window.refs.save.id, ["", form]);
    }), "Saved Ada");
  });
}
