// The bookmark line of `docs/observe.md`, as a browser runs it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { JSDOM } from "jsdom";

test("the bookmark adds the script with a timeline, and leaves the page where it is", () => {
  const [line] = readFileSync(new URL("../../docs/observe.md", import.meta.url), "utf8").match(/^javascript:.*$/m);
  const { window } = new JSDOM("<!doctype html><title>app</title>", { runScripts: "outside-only" });
  assert.equal(window.eval(decodeURIComponent(line.slice("javascript:".length))), undefined, "a value would replace the page");
  const { src, dataset } = window.document.head.querySelector("script");
  assert.match(src, /^https:\/\/.*\/dist\/observe\.js$/);
  assert.deepEqual({ ...dataset }, { timeline: "" });
});
