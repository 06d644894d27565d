// Checks of docs/libraries/use-action-state.md.
import assert from "node:assert/strict";

export default function ({ check, type, press, says, begun, hold, open, holdNext, state }) {
  check("the action runs and ends beside one that holds Next's queue", async () => {
    await holdNext();
    await type("name", "Grace");
    await press("Save");
    await says("saved Grace");
    assert.deepEqual((await state()).rows, { names: ["Grace"] });
    await open("audit");
  });

  check("what the server refuses is the state", async () => {
    await type("name", "G");
    await press("Save");
    await says("Three letters at least");
    await begun();
  });

  check("a running action can be aborted, and the form goes on", async () => {
    await hold("Grace");
    await type("name", "Grace");
    await press("Save");
    await begun("Grace");
    await press("Cancel");
    await says("ABORTED");
    await says("saved nothing");
    await type("name", "Ada");
    await press("Save");
    await says("saved Ada");
    await open("Grace");
  });

  check("a second submit waits in React until the first has ended", async () => {
    await hold("Grace");
    await type("name", "Grace");
    await press("Save");
    await begun("Grace");
    await type("name", "Ada");
    await press("Save");
    await press("Cancel");
    await says("saved Ada");
    assert.deepEqual((await state()).begun, ["Grace", "Ada"]);
    await open("Grace");
  });
}
