import assert from "node:assert/strict";

export default function (check) {
  check(1, "a lane runs one call at a time over the frames of the origin", async ({ run, tab, api, runs, untilRuns }) => {
    await run(1);
    await api("close", "saveNote");
    await tab.run(async () => {
      const frame = document.body.appendChild(Object.assign(document.createElement("iframe"), { src: location.href }));
      window.other = frame.contentWindow;
    });
    await tab.until(async () => window.other.block?.state === "done");
    await tab.run(async () => void (window.first = window.other.block.module.d.call(window.refs.saveNote.id, ["theirs"])));
    await untilRuns("saveNote", 1);
    await tab.run(async () => void (window.second = window.block.module.d.call(window.refs.saveNote.id, ["ours"])));
    // Both ask for the lane's lease: one has it, the other waits.
    await tab.until(async () => {
      const { held, pending } = await navigator.locks.query();
      return [held, pending].every((locks) => locks.filter(({ name }) => name === "actionlane:lane:main").length === 1);
    });
    assert.deepEqual(await runs("saveNote"), [["theirs"]]);
    await api("open", "saveNote");
    await tab.run(async () => Promise.all([window.first, window.second]));
    assert.deepEqual(await runs("saveNote"), [["theirs"], ["ours"]]);
  });
}
