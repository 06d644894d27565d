import assert from "node:assert/strict";

/** Calls an action in the page. Returns its value, or the error's code. */
const pay = async () => {
  const { createPaymentSession } = await (await fetch("/api/ids")).json();
  const d = window.actionlane.createDispatcher({ url: "/checkout" });
  return d.call(createPaymentSession, [4200, "id token"]).then(({ sessionId }) => sessionId, ({ code, sent }) => `${code} ${sent}`);
};

export default function (check) {
  check(1, "a page with a strict policy calls an action", async ({ open, tab }) => {
    await open("/run/security/1.html");
    await tab.until(async () => window.actionlane !== undefined);
    assert.equal(await tab.run(pay), "cs_1");
  });

  check(2, "a page that forbids wasm gets an error at once and sends nothing", async ({ open, tab, requests }) => {
    await open("/run/security/2.html");
    await tab.until(async () => window.actionlane !== undefined);
    assert.equal(await tab.run(pay), "WASM_BLOCKED no");
    assert.deepEqual(await requests(), []);
  });
}
