import assert from "node:assert/strict";

export default function (check) {
  check(1, "the title shows what is expected, then the cart of the server", async ({ begin, tab, api, untilRuns }) => {
    await api("close", "addItem");
    await begin(1);
    await tab.until(async () => document.title === "tea …");
    await untilRuns("addItem", 1);
    await api("open", "addItem");
    await tab.until(async () => document.title === "tea");
  });

  check(1, "an item that is refused is taken back, and retry adds it", async ({ run, tab, api }) => {
    await run(1);
    await tab.until(async () => document.title === "tea");
    await api("fault", "500");
    await tab.run(async () => void window.block.module.cart.run("milk").catch(() => {}));
    await tab.until(async () => document.title === "Not added");
    assert.deepEqual(await tab.run(async () => window.block.module.cart.getSnapshot().value.items), ["tea"]);
    await tab.run(async () => void window.block.module.cart.retry());
    await tab.until(async () => document.title === "tea, milk");
  });

  check(2, "a component counts the items", async ({ run, tab, api, click, untilShown, untilRuns }) => {
    await run(2);
    await untilShown("0 items, idle");
    await api("close", "addItem");
    await click();
    await untilShown("1 items, pending");
    await untilRuns("addItem", 1);
    await api("open", "addItem");
    await untilShown("1 items, success");
    assert.deepEqual(await tab.run(async () => window.cart.getSnapshot().value), { items: ["tea"] });
  });

  check(3, "a note has its id once the result is there", async ({ run, tab, api, untilRuns }) => {
    await api("close", "saveDraft");
    await run(3);
    const shown = () => tab.run(async () => window.block.module.notes.getSnapshot().value);
    assert.deepEqual(await shown(), [{ text: "hello" }]);
    await untilRuns("saveDraft", 1);
    await api("open", "saveDraft");
    await tab.until(async () => !window.block.module.notes.getSnapshot().pending);
    assert.deepEqual(await shown(), [{ id: 5, text: "hello" }]);
  });

  check(4, "each run sends the state that the one before has left", async ({ run, tab, runs }) => {
    await run(4);
    await tab.run(async () => {
      const { saved, form } = window.block.module;
      await saved.run(form);
    });
    assert.equal(await tab.run(async () => window.block.module.saved.getSnapshot().value), "Saved Ada");
    assert.deepEqual((await runs("save")).map(([previous]) => previous), ["", "Saved Ada"]);
  });
}
