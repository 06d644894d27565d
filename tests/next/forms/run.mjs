// Builds the app of this directory with several versions of Next, and submits each of its forms three ways: with
// React's scripts, with ours in their place, and without any:
//
//   node run.mjs [words] [--next VERSION] [--browser NAME] [--ways ours,native] [--out DIR] [--built]
//
// Words run the checks whose names contain them. `--next`: 14.2, 15.5 or 16.4; default: all in Chromium, 16.4 in
// Firefox and WebKitGTK. `--browser`: chromium, firefox or webkit. `--ways`: those that are compared to React's.
// `--built`: the apps are built already. Install the packages first: `node ../build.mjs VERSION --install`.
// The last lines are `pass N` and `fail N`.
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { browse, serve } from "../shared/browser.mjs";
import { consoleOf, finish, judge, perform } from "../shared/tally.mjs";
import { build, directory } from "./build.mjs";
import { comparisons } from "./compare.mjs";
import { faults } from "./faults.mjs";
import { front } from "./front.mjs";
import { pageOf } from "./page.mjs";

const target = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../../target");
const { values, positionals: [only = ""] } = parseArgs({
  allowPositionals: true,
  options: {
    next: { type: "string", multiple: true },
    browser: { type: "string", multiple: true, default: ["chromium", "firefox", "webkit"] },
    ways: { type: "string", default: "ours,native" },
    out: { type: "string", default: path.join(target, "next") },
    built: { type: "boolean", default: false },
  },
});
const versions = { chromium: ["14.2", "15.5", "16.4"], firefox: ["16.4"], webkit: ["16.4"] };
const built = new Set();

for (const browser of values.browser) {
  for (const version of values.next ?? versions[browser]) {
    try {
      await checkAll(browser, version);
    } catch (error) {
      judge(`${version} in ${browser}: the run`, error.stack);
    }
  }
}
finish();

async function checkAll(browser, version) {
  const dir = directory(values.out, version);
  if (!values.built && !built.has(version)) build(values.out, version);
  if (!existsSync(dir)) throw new Error(`no app in ${dir}`);
  built.add(version);
  const ends = [];
  try {
    const server = await serve(dir);
    ends.unshift(server.end);
    const shop = await front(server.url);
    ends.unshift(shop.end);
    const tab = await browse(browser);
    ends.unshift(tab.end);
    const page = pageOf(tab, shop, server);
    const ways = values.ways.split(",");
    const cut = async (isOffline) => {
      await tab.cdp("Network.enable", {});
      await tab.cdp("Network.emulateNetworkConditions", { offline: isOffline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
    };
    const own = ways.includes("ours") ? faults(page, { offline: browser === "chromium" ? cut : undefined, evals: browser === "firefox" }) : [];
    const checks = [...comparisons(page, { ways, version }), ...own].filter(({ name }) => name.includes(only));
    if (checks.length === 0) throw new Error(`no check has ${only} in its name`);
    for (const { name, run } of checks) {
      await perform(`${version} in ${browser}: ${name}`, run, async () => (browser === "chromium" ? consoleOf(tab) : []));
    }
  } finally {
    for (const end of ends) await end();
  }
}
