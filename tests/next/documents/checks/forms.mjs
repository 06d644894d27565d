import assert from "node:assert/strict";
import { until } from "../../shared/browser.mjs";

export default function (check) {
  /** Opens the page of a block once its forms are bound. Gives its form the id of this build's action. */
  async function begin({ tab, open, url }, number, page, { blocked = false } = {}) {
    const notes = `window.uncaught = []; addEventListener("error", ({ message }) => uncaught.push(message));
      addEventListener("actionlane:bound", () => (window.isBound = true));`;
    const script = await tab.cdp("Page.addScriptToEvaluateOnNewDocument", { source: notes });
    await tab.cdp("Network.enable", {});
    await tab.cdp("Network.setBlockedURLs", { urls: blocked ? ["*actionlane.js"] : [] });
    await open(`/run/forms/${number}.html`);
    await tab.cdp("Page.removeScriptToEvaluateOnNewDocument", script);
    if (page) {
      const id = /\$ACTION_ID_(\w+)/.exec(await (await fetch(`${url}${page}`)).text())[1];
      await tab.run(async (id) => (document.querySelector("[name^='$ACTION_ID_']").name = `$ACTION_ID_${id}`), id);
    }
    if (!blocked) await tab.until(async () => window.isBound === true);
  }

  check(1, "the page stays, shows the answer, and is sent once for two clicks", async (page) => {
    await begin(page, 1, "/contact");
    await page.api("close", "send");
    await page.submit("name", "Ada");
    await page.untilRuns("send", 1);
    await page.submit("name", "Ada");
    await page.api("open", "send");
    await page.untilShown("Thank you, Ada");
    assert.deepEqual((await page.runs("send")).map(([{ name }]) => name), ["Ada"]);
  });

  check(1, "without the script the browser posts the form", async (page) => {
    await begin(page, 1, "/contact", { blocked: true });
    try {
      await page.submit("name", "Bob");
      await page.untilRuns("send", 1);
      await page.tab.until(async () => location.pathname === "/contact");
    } finally {
      await page.tab.cdp("Network.setBlockedURLs", { urls: [] });
    }
  });

  check(2, "the form works on a page with React", async (page) => {
    await page.run(2);
    await page.tab.until(async () => document.querySelector("#newsletter") !== null);
    await page.submit("name", "Ada");
    await page.untilShown("Saved Ada");
  });

  check(3, "the form of another page is bound, and keeps its state", async (page) => {
    await begin(page, 3);
    await page.tab.until(async () => document.querySelector("#newsletter") !== null);
    await page.submit("name", "Ada");
    await page.untilShown("Saved Ada");
    await page.submit("name", "Bob");
    await page.untilShown("Saved Bob");
    const runs = await page.runs("save");
    assert.deepEqual(runs.map(([previous, { name }]) => [previous, name]), [["", "Ada"], ["Saved Ada", "Bob"]]);
    assert.equal(await page.tab.run(async () => location.pathname), "/run/forms/3.html");
  });

  check(4, "the upload is shown, and a file over the limit is refused", async (page) => {
    await begin(page, 4, "/profile");
    const upload = (size) => page.tab.run(async (size) => {
      window.alert = (text) => (window.alerted = text);
      const list = new DataTransfer();
      list.items.add(new File([new Uint8Array(size)], "photo.jpg"));
      const form = document.querySelector("form");
      form.elements.photo.files = list.files;
      form.requestSubmit();
    }, size);
    await upload(500_000);
    await until(async () => (await page.runs("keepPhoto")).length === 1);
    assert.deepEqual(await page.runs("keepPhoto"), [["photo.jpg", 500_000]]);
    const { value, max } = await page.tab.run(async () => {
      const { value, max } = document.querySelector("progress");
      return { value, max };
    });
    assert.ok(value === max && max > 500_000, `${value} of ${max}`);
    await page.tab.until(async () => !document.querySelector("form").hasAttribute("data-pending"));
    await upload(21_000_000);
    await page.tab.until(async () => window.alerted !== undefined);
    assert.equal((await page.runs("keepPhoto")).length, 1);
  });

  check(5, "forms are bound until they are let go", async (page) => {
    await page.run(5);
    assert.equal(await page.tab.run(async () => typeof window.block.module.unbind), "function");
    await page.tab.run(async () => window.block.module.unbind());
  });
}
