// Checks of docs/libraries/tanstack-query.md.
import assert from "node:assert/strict";
import { loseFirstAnswer, watchAborts } from "../connection.mjs";

export default function ({ check, tab, fresh, add, press, says, drops, begun, hold, open, holdNext, state }) {
  check("mutation and query run and end beside an action that holds Next's queue", async () => {
    await holdNext();
    await add("milk");
    await says("milk");
    await drops("milk …");
    await says("milk");
    await open("audit");
  });

  check("a queued mutation does not run after an abort, and its entry goes at once", async () => {
    await hold("milk");
    await add("milk");
    await begun("milk");
    await add("eggs");
    await says("1 waiting");
    await press("Cancel eggs");
    await says("ABORTED");
    await drops("eggs …");
    await says("milk …");
    await open("milk");
    await drops("milk …");
    await says("milk");
    assert.deepEqual(await state(), { rows: { todos: ["milk"] }, begun: ["milk"] });
  });

  check("a running mutation can be aborted, and the lane goes on", async () => {
    await hold("milk");
    await add("milk");
    await begun("milk");
    await press("Cancel milk");
    await says("ABORTED");
    await add("eggs");
    await begun("milk", "eggs");
    await drops("eggs …");
    await says("eggs");
    await open("milk");
  });

  check("an entry that the server refuses is rolled back", async () => {
    await hold("fail");
    await add("fail");
    await says("fail …");
    await open("fail");
    await drops("fail …");
    await says("refused");
  });

  check("a lost answer is asked for again, and the mutation runs once", async () => {
    await fresh("/tanstack-query", loseFirstAnswer);
    await add("milk");
    await says("milk …");
    await drops("milk …");
    await says("milk");
    const keys = await tab.run(async () => window.keys);
    assert.equal(keys.length, 2);
    assert.equal(new Set(keys).size, 1);
    assert.deepEqual((await state()).begun, ["milk"]);
  });

  check("a list is aborted once its page is left, and the mutation before it is not", async () => {
    await fresh("/tanstack-query", watchAborts);
    await tab.until(async () => window.answered === 1);
    await hold("list todos");
    await add("milk");
    await tab.until(async () => window.sent === 3); // the list, the mutation, the list again
    await tab.run(async () => document.querySelector('nav [href="/zsa"]').click());
    await says("idle");
    await tab.until(async () => window.aborted === 1);
    await open("list todos");
    assert.deepEqual((await state()).rows, { todos: ["milk"] });
  });
}
