// Checks of docs/libraries/use-optimistic.md.
import assert from "node:assert/strict";

export default function ({ check, add, press, says, drops, text, begun, hold, open, state }) {
  check("an entry is shown at once, and becomes the server's", async () => {
    await hold("milk");
    await add("milk");
    await says("milk …");
    await open("milk");
    await drops("milk …");
    await says("milk");
  });

  check("an entry that the server refuses is rolled back", async () => {
    await hold("fail");
    await add("fail");
    await says("fail …");
    await open("fail");
    await says("fail: refused");
    await drops("fail …");
  });

  check("a queued call does not run after an abort; React shows its entry until the last call ends", async () => {
    await hold("milk");
    await add("milk");
    await begun("milk");
    await add("eggs");
    await says("eggs …");
    await press("Cancel eggs");
    await says("eggs: ABORTED");
    assert.match(await text(), /eggs …/);
    await open("milk");
    await drops("eggs …");
    await drops("milk …");
    assert.deepEqual(await state(), { rows: { todos: ["milk"] }, begun: ["milk"] });
  });

  check("a running call can be aborted, and the next page shows what it did", async () => {
    await hold("milk");
    await add("milk");
    await begun("milk");
    await press("Cancel milk");
    await says("milk: ABORTED");
    await drops("milk …");
    await open("milk");
    await add("eggs");
    await drops("eggs …");
    assert.match(await text(), /milk[^]*eggs/);
  });
}
