import assert from "node:assert/strict";

export default function (check) {
  check(1, "the script sees the actions of a page that does not use the package", async ({ open, tab }) => {
    await open("/run/observe/1.html");
    const [id, entries] = await tab.run(async () => {
      const { createPaymentSession: { id } } = await (await fetch("/api/ids")).json();
      await (await fetch("/run/observe/2", { method: "POST", headers: { "Next-Action": id }, body: '[1,"a"]' })).text();
      await window.actionlaneObserve.table();
      return [id, window.actionlaneObserve.entries()];
    });
    assert.deepEqual(entries.map(({ id, status, unnamed }) => ({ id, status, unnamed })), [{ id, status: 200, unnamed: "inline" }]);
  });

  check(2, "the entries and the names of the page are printed, and a request that comes after the end is not seen", async ({ run, tab, printed }) => {
    await run(2);
    const [[, entries], [, { actions }]] = await printed();
    assert.deepEqual(entries, []);
    const [id, seen] = await tab.run(async () => {
      const { refs: { createPaymentSession: { id } }, block } = window;
      await (await fetch(location.href, { method: "POST", headers: { "Next-Action": id }, body: '[1,"a"]' })).text();
      return [id, block.module.observed.entries()];
    });
    assert.ok(actions.some((action) => action.id === id && action.name === "createPaymentSession"), JSON.stringify(actions));
    assert.deepEqual(seen, []);
  });
}
