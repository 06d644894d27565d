import assert from "node:assert/strict";

export default function (check) {
  check(1, "a click saves", async ({ run, click, untilShown, runs, tab, printed }) => {
    await run(1);
    await untilShown("Save");
    await click("Save");
    await tab.until(async () => window.printed.length > 0);
    assert.deepEqual(await printed(), [["log", "saved as", "a draft".length]]);
    assert.deepEqual(await runs("saveDraft"), [["a draft"]]);
  });

  check(1, "a call that waits shows its place and can be cancelled, and made again", async ({ run, click, untilShown, runs, tab, api, untilRuns }) => {
    await api("close", "saveDraft");
    await run(1);
    await untilShown("Save");
    await tab.run(async () => {
      const d = await window.getDispatcher();
      window.first = d.call(window.imported.saveDraft, ["first"], { lane: "draft" });
    });
    await untilRuns("saveDraft", 1);
    await click("Save");
    await untilShown("Cancel (1 in the queue)");
    await click("Cancel (1 in the queue)");
    await untilShown("Try again");
    await api("open", "saveDraft");
    await tab.run(async () => window.first);
    assert.deepEqual(await runs("saveDraft"), [["first"]]);
    await click("Try again");
    await untilShown("Save");
    assert.deepEqual(await runs("saveDraft"), [["first"], ["a draft"]]);
  });

  check(2, "the button shows the open call of its lane", async ({ run, click, untilShown, runs, api, untilRuns }) => {
    await api("close", "charge");
    await run(2);
    await untilShown("Pay (0 open)");
    await click();
    await untilRuns("charge", 1);
    await untilShown("Pay (1 open)");
    await api("open", "charge");
    await untilShown("Pay (0 open)");
    assert.deepEqual(await runs("charge"), [[4200]]);
  });

  const shown = (tab) => tab.run(async () => [...document.querySelectorAll("form p")].map(({ textContent }) => textContent));

  check(3, "a todo is shown at once, and the server's list replaces it", async ({ run, submit, untilShown, tab, api, untilRuns }) => {
    await api("close", "addTodo");
    await run(3);
    await tab.until(async () => document.forms.length > 0);
    await submit("todo", "milk");
    await untilShown("milk");
    await untilRuns("addTodo", 1);
    assert.deepEqual((await api("state")).todos, []);
    await submit("todo", "bread");
    await untilShown("bread");
    assert.deepEqual(await shown(tab), ["milk", "bread"]);
    await api("open", "addTodo");
    await tab.until(async () => (await (await fetch("/api/state")).json()).todos.length === 2);
    assert.deepEqual(await shown(tab), ["milk", "bread"]);
  });

  check(3, "a todo that fails is taken out, others stay", async ({ run, submit, untilShown, tab, api, untilRuns }) => {
    await api("close", "addTodo");
    await run(3);
    await tab.until(async () => document.forms.length > 0);
    await submit("todo", "refused");
    await submit("todo", "bread");
    await untilShown("bread");
    assert.deepEqual(await shown(tab), ["refused", "bread"]);
    await untilRuns("addTodo", 1);
    await api("open", "addTodo");
    await tab.until(async () => !document.body.innerText.includes("refused"));
    await untilShown("bread");
  });

  check(4, "the form saves, and shows what the action returned", async ({ run, submit, untilShown, tab, runs }) => {
    await run(4);
    await tab.until(async () => document.forms.length > 0);
    await submit("name", "Ada");
    await untilShown("Saved Ada");
    assert.deepEqual(await runs("save"), [["", { name: "Ada" }]]);
  });
}
