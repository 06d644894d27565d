// Finds an app's base path and build by the scripts of a page, and by the Flight text in them.
import assert from "node:assert/strict";
import { test } from "node:test";

const CDN = "https://cdn.example/as/_next/a.js";
const OWN = "https://app.example/shop/_next/a.js";
const push = (flight) => `self.__next_f.push([1,${JSON.stringify(flight)}])`;
const PATH = push('0:{"P":null,"c":["","cart"],"b":"of-the-page"}\n');

// The module reads the page once, when it is loaded: each case imports it again.
let pages = 0;
async function page({ at = "/shop/cart", scripts, readyState = "complete" }, look) {
  const listed = scripts.map((script) => (script.startsWith("https:") ? { src: script, text: "" } : { src: "", text: script }));
  globalThis.document = { documentElement: { dataset: {} }, scripts: listed, readyState };
  globalThis.location = new URL(at, "https://app.example");
  try {
    // `globals.js` stores the path that it was loaded at; it is imported again too.
    performance.getEntriesByType = () => [{ name: `${location}` }];
    await look(await import(`../lib/page/next_app.js?base${pages++}`), listed);
  } finally {
    delete globalThis.document;
    delete globalThis.location;
    delete performance.getEntriesByType;
  }
}

test("the base path is the part of the address before the path in the page's Flight text", async () => {
  for (const [scripts, expected] of [
    [[CDN, PATH], "/shop"],
    [[CDN], ""],
    [[PATH], "/shop"],
    [[OWN, PATH], "/shop"],
    [[OWN], "/shop"],
    [["https://app.example/_next/a.js", PATH], ""],
    [["https://app.example/as/_next/a.js", PATH], "/shop"],
    [["https://app.example/as/_next/a.js", push('0:{"c":["","shop","cart"]}')], ""],
    // A text row may contain anything.
    [[CDN, push('1:T18,0:{"c":["","shop","cart"]}\n'), PATH], "/shop"],
    // Cut inside a character; the second form holds bytes.
    [[CDN, 'self.__next_f.push([3,"MDp7ImIiOiLDtsM="])', 'self.__next_f.push([3,"tiIsImMiOlsiIiwiY2FydCJdfQo="])'], "/shop"],
  ]) {
    await page({ scripts }, async ({ basePathOfPage, seeBasePath }) => {
      await seeBasePath();
      assert.deepEqual([basePathOfPage(), basePathOfPage()], [expected, expected], `${scripts}`);
    });
  }
});

test("it is read at once, also while the page is loading, and read again then", async () => {
  await page({ scripts: [CDN], readyState: "loading" }, async ({ basePathOfPage, seeBasePath }, listed) => {
    await seeBasePath();
    assert.equal(basePathOfPage(), "");
    listed.push({ src: "", text: push('0:{"c":["","cart"],"f":[["cut') });
    assert.equal(basePathOfPage(), "/shop");
  });
});

test("a page loads the part for it only if its text may say more than its scripts", async () => {
  const root = "https://app.example/_next/a.js";
  for (const [scripts, readyState, loads] of [
    [[root, PATH], "loading", false],
    [[CDN], "complete", false],
    [[], "complete", false],
    [[], "loading", true],
    [[CDN], "loading", true],
    [[OWN, PATH], "complete", true],
    [[PATH], "complete", true],
  ]) {
    await page({ scripts, readyState }, async ({ seeBasePath }) => {
      const seen = seeBasePath();
      assert.equal(seen !== undefined, loads, `${scripts} ${readyState}`);
      await seen;
      assert.equal(seeBasePath(), undefined, "once loaded, it is not loaded again");
    });
  }
});

test("the build id is read from the same Flight text", async () => {
  await page({ scripts: [CDN, PATH] }, async ({ buildOfPage }) => assert.equal(await buildOfPage(), "of-the-page"));
  await page({ scripts: [CDN] }, async ({ buildOfPage }) => assert.equal(await buildOfPage(), undefined));
});
