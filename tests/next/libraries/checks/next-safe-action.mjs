// Checks of docs/libraries/next-safe-action.md.
import assert from "node:assert/strict";
import { until } from "../../shared/browser.mjs";

export default function ({ check, type, press, says, text, begun, hold, open, holdNext, state }) {
  const save = async (name) => {
    await type("name", name);
    await press("Save");
  };

  check("the page shows what the action has changed", async () => {
    await save("Grace");
    await says("Stored: Grace");
    await says("hasSucceeded");
  });

  check("the schema's error reaches the form, and nothing is written", async () => {
    await save("G");
    await says("Three letters at least");
    assert.deepEqual((await state()).begun, []);
  });

  check("the action runs beside one that holds Next's queue; its page waits for that one", async () => {
    await holdNext();
    await save("Grace");
    await until(async () => "names" in (await state()).rows);
    assert.match(await text(), /Stored: no name[^]*executing/);
    await open("audit");
    await says("Stored: Grace");
  });

  check("a queued call shows its place, and does not run after an abort", async () => {
    await hold("Grace");
    await save("Grace");
    await begun("Grace");
    await save("Ada");
    await says("waits at place 1");
    await press("Cancel");
    await says("ABORTED");
    await open("Grace");
    await save("Eve");
    await says("Stored: Eve");
    assert.deepEqual((await state()).begun, ["Grace", "Eve"]);
  });
}
