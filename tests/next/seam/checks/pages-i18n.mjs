// Checks of an app with the option `i18n` of the pages router.
import assert from "node:assert/strict";

export default function ({ check, tab, fresh }) {
  check("a page of the pages router works in both languages", async () => {
    for (const path of ["/old", "/de/old"]) {
      await fresh(undefined, { path });
      await tab.run(async () => document.getElementById("count").click());
      await tab.until(async () => document.getElementById("count").textContent === "1");
      assert.equal(await tab.run(async () => document.documentElement.lang), path === "/old" ? "en" : "de");
    }
  });
}
