// Holds the checks of `examples/leptos-checkout`. Each begins on a fresh page, with a server that has forgotten all.
import assert from "node:assert/strict";

/** Declares the checks. `page` drives the page, `shop` is its front, `next` talks to the fixture. */
export default function declare({ check, page, shop, next }) {
  const receipt = (number) => new RegExp(`^Receipt ${number}: 25\\.00 EUR, \\d{4}-\\d\\d-\\d\\dT`);
  const states = (name) => shop.requests.filter((request) => request.name === name).map(({ state }) => state);

  check("a call with a struct gives a struct", async () => {
    await page.pay("visa");
    const [shown] = await page.results(1);
    assert.match(shown, receipt(1));
    assert.deepEqual(await page.calls(), ["payment done 1 ok"]);
    assert.deepEqual((await next.state()).order, ["pay"]);
  });

  check("two clicks are two payments, one after the other", async () => {
    await page.pay("gate:first");
    await page.pay("visa");
    await next.arrived("first");
    await page.hasCalls("payment running 1", "payment waiting 0");
    assert.equal(await page.text("#pending"), "Paying 2 …");
    assert.deepEqual(states("pay"), ["open"]);
    await next.open("first");
    const shown = await page.results(2);
    shown.forEach((line, index) => assert.match(line, receipt(index + 1)));
    await page.hasCalls("payment done 1 ok", "payment done 1 ok");
    assert.equal(await page.text("#pending"), "");
  });

  check("a note of another lane passes a payment that runs", async () => {
    await page.pay("gate:slow");
    await next.arrived("slow");
    await page.click("#terms");
    await page.hasCalls("payment running 1", "analytics done 1 ok");
    assert.equal((await next.state()).effects["track:opened the terms"], 1);
    await next.open("slow");
    await page.results(1);
  });

  check("leaving the page aborts its payments, and frees the lane", async () => {
    await page.pay("gate:never");
    await next.arrived("never");
    await page.pay("visa");
    await page.hasCalls("payment running 1", "payment waiting 0");
    await page.click("nav a[href='/login']");
    await page.hasCalls("payment done 1 ABORTED", "payment done 1 ABORTED");
    await page.until(() => document.querySelector("h1").textContent === "Log in");
    await shop.until(() => states("pay")[0] === "gone");
    await page.click("nav a[href='/checkout']");
    await page.until(() => document.querySelector("#pay"));
    await page.pay("visa");
    assert.match((await page.results(1))[0], receipt(2));
    assert.deepEqual(states("pay"), ["gone", "answered"]);
  });

  check("a note goes on although its page is left", async () => {
    shop.fault("track", "swallow");
    await page.click("#terms");
    await page.hasCalls("analytics running 1");
    await page.click("nav a[href='/login']");
    await page.until(() => document.querySelector("h1").textContent === "Log in");
    assert.deepEqual(await page.calls(), ["analytics running 1"]);
  });

  check("a payment whose answer is lost is sent again under its key, and made once", async () => {
    shop.fault("pay", "lose");
    await page.pay("visa");
    assert.match((await page.results(1))[0], receipt(1));
    assert.deepEqual(await page.calls(), ["payment done 2 ok"]);
    const keys = shop.requests.map(({ key }) => key);
    assert.ok(keys.length === 2 && keys[0] && keys[0] === keys[1], keys.join());
    assert.equal((await next.state()).effects.pay, 1);
  });

  check("a call without an answer ends with its time", async () => {
    shop.fault("track", "swallow");
    await page.click("#terms");
    await page.hasCalls("analytics done 1 TIMEOUT");
    await shop.until(() => states("track")[0] === "gone");
  });

  check("an error of the action is shown, and its code", async () => {
    await page.pay("declined");
    assert.deepEqual(await page.results(1), ["The card was declined."]);
    assert.deepEqual(await page.calls(), ["payment done 1 ACTION_THREW"]);
  });

  check("a redirect goes through the page's router: the document stays", async () => {
    await page.pay("expired");
    await page.until(() => document.querySelector("h1").textContent === "Log in");
    assert.equal(await page.path(), "/login");
    assert.deepEqual(shop.documents, ["/checkout"]);
    await page.back();
    await page.until(() => document.querySelector("#pay"));
    assert.deepEqual(shop.documents, ["/checkout"]);
  });

  check("a shop without its file of ids says so", async () => {
    shop.hidden.add("/actions.json");
    await page.open();
    await page.until(() => document.querySelector("#closed")?.textContent === "The shop is closed. DECODE: actions.json");
  });
}
