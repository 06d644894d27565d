// Checks of docs/libraries/zsa.md.
import assert from "node:assert/strict";
import { refuseActions } from "../connection.mjs";

export default function ({ check, tab, fresh, type, press, says, begun, hold, open, holdNext, state }) {
  const save = async (name) => {
    await type("name", name);
    await press("Save");
  };

  check("the action runs and ends beside one that holds Next's queue", async () => {
    await holdNext();
    await save("Grace");
    await says("saved Grace");
    await open("audit");
  });

  check("the schema's error of a field reaches the form, and nothing is written", async () => {
    await save("G");
    await says("Three letters at least");
    assert.deepEqual((await state()).begun, []);
  });

  check("an error of the handler reaches the form", async () => {
    await save("fail");
    await says("the database refuses the row");
  });

  check("a queued call does not run after an abort", async () => {
    await hold("Grace");
    await save("Grace");
    await begun("Grace");
    await save("Ada");
    await says("waits");
    await press("Cancel");
    await says("ABORTED");
    await open("Grace");
    await save("Eve");
    await says("saved Eve");
    assert.deepEqual((await state()).begun, ["Grace", "Eve"]);
  });

  check("zsa's own hook runs in a lane beside an action that holds Next's queue", async () => {
    await fresh("/zsa/own-hook");
    await holdNext();
    await save("Grace");
    await says("saved Grace");
    await save("G");
    await says("Three letters at least");
    await open("audit");
  });

  check("a call that rejects ends here; zsa's own hook does not catch it, and shows it as running", async () => {
    await fresh("/zsa", refuseActions);
    await save("Grace");
    await says("NETWORK");
    await says("idle");
    assert.deepEqual(await tab.run(async () => window.unhandled), []);
    await fresh("/zsa/own-hook", refuseActions);
    await save("Grace");
    await tab.until(async () => window.unhandled.length > 0);
    assert.deepEqual(await tab.run(async () => window.unhandled), ["NETWORK"]);
    await says("runs");
  });
}
