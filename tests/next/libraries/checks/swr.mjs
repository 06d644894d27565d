// Checks of docs/libraries/swr.md.
import assert from "node:assert/strict";

export default function ({ check, add, press, says, drops, begun, hold, open, holdNext, state }) {
  check("mutation and list run and end beside an action that holds Next's queue", async () => {
    await holdNext();
    await hold("milk");
    await add("milk");
    await says("running");
    await open("milk");
    await drops("running");
    await says("milk");
    await open("audit");
  });

  check("a queued mutation does not run after an abort, and its entry is rolled back", async () => {
    await hold("milk");
    await add("milk");
    await begun("milk");
    await add("eggs");
    await says("running, waiting");
    await says("eggs");
    await press("Cancel the last");
    await says("ABORTED");
    await drops("eggs");
    await open("milk");
    await drops("running");
    await says("milk");
    assert.deepEqual(await state(), { rows: { todos: ["milk"] }, begun: ["milk"] });
  });

  check("an entry that the server refuses is rolled back, before the list is loaded again", async () => {
    await hold("fail");
    await add("fail");
    await says("fail");
    await hold("list todos");
    await open("fail");
    await says("refused");
    await drops("fail");
    await open("list todos");
  });
}
