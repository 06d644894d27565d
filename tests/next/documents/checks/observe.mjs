import assert from "node:assert/strict";

export default function (check) {
  check(2, "the code prints the entries so far and the actions that the page knows", async ({ run, printed }) => {
    await run(2);
    const [[, entries], [, actions]] = await printed();
    assert.deepEqual(entries, []);
    assert.ok(JSON.stringify(actions).includes("saveTokens"), JSON.stringify(actions));
  });
}
