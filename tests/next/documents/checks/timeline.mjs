import assert from "node:assert/strict";

/** Returns, in the page, the calls that its timeline shows as done. */
const shown = async () => {
  const { calls } = document.querySelector("actionlane-timeline").toJSON();
  return calls.filter(({ state }) => state === "done").map(({ id, lane }) => ({ id, lane }));
};

export default function (check) {
  check(1, "one tag shows the actions of a page that does not use the package", async ({ open, tab }) => {
    await open("/run/timeline/1.html");
    await tab.until(async () => document.querySelector("actionlane-timeline[docked]") !== null);
    const id = await tab.run(async () => {
      const { createPaymentSession: { id } } = await (await fetch("/api/ids")).json();
      await (await fetch("/run/timeline/2", { method: "POST", headers: { "Next-Action": id }, body: '[1,"a"]' })).text();
      return id;
    });
    assert.deepEqual(await tab.run(shown), [{ id, lane: "actions" }]);
  });

  check(2, "the element shows each call once, in its lane, and the actions of other code", async ({ run, tab }) => {
    await run(2);
    const [own, other] = await tab.run(async () => {
      const { refs, block } = window;
      await block.module.d.call(refs.saveNote, ["a"], { lane: "notes" });
      await (await fetch(location.href, { method: "POST", headers: { "Next-Action": refs.saveTokens.id }, body: '["a","b"]' })).text();
      return [refs.saveNote.id, refs.saveTokens.id];
    });
    await tab.until(async () => document.querySelector("actionlane-timeline").toJSON().calls.every(({ state }) => state === "done"));
    assert.deepEqual(await tab.run(shown), [{ id: own, lane: "notes" }, { id: other, lane: "actions" }]);
  });
}
