// Builds the page of `examples/leptos-checkout` and the fixture app, and checks in a browser what the page shows:
//
//   node run.mjs [words] [--browser chromium|firefox] [--out DIR] [--built]
//
// Words run the checks whose names contain them. `--built`: both are built already. The last lines are `pass N` and
// `fail N`. A run without a check has failed.
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { browse, serve, until } from "../shared/browser.mjs";
import { consoleOf, finish, judge, perform } from "../shared/tally.mjs";
import { buildNext, buildPage, example } from "./build.mjs";
import declare from "./checks.mjs";
import { front } from "./front.mjs";
import { fixtureOf, pageOf } from "./page.mjs";

const target = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../../target");
const { values, positionals: [only = ""] } = parseArgs({
  allowPositionals: true,
  options: {
    browser: { type: "string", default: "chromium" },
    out: { type: "string", default: path.join(target, "next") },
    built: { type: "boolean", default: false },
  },
});
const site = path.join(target, "leptos/site");
const ends = [];
try {
  const dir = values.built ? path.join(path.resolve(values.out), "16.4/a") : build();
  await checkAll(dir);
} catch (error) {
  judge("the run", error.stack);
} finally {
  for (const end of ends) await end();
}
finish();

function build() {
  buildPage(site);
  judge("the page compiles");
  const dir = buildNext(site, values.out);
  judge("the Next app builds, and its build names the actions");
  return dir;
}

async function checkAll(dir) {
  const server = await serve(dir);
  ends.push(server.end);
  const actions = JSON.parse(readFileSync(path.join(site, "actions.json"), "utf8"));
  const shop = await front({ site, html: path.join(example, "index.html"), actions, next: server.url });
  shop.until = until;
  ends.unshift(shop.end);
  const tab = await browse(values.browser);
  ends.unshift(tab.end);
  const [page, next] = [pageOf(tab, shop.url), fixtureOf(server.url)];
  const checks = [];
  declare({ check: (name, run) => checks.push({ name, run }), page, shop, next });
  const chosen = checks.filter(({ name }) => name.includes(only));
  if (chosen.length === 0) throw new Error(`no check has ${only} in its name`);
  const details = async () => {
    const seen = { requests: shop.requests, documents: shop.documents, state: await next.state(), calls: await page.calls().catch(String) };
    return [`seen: ${JSON.stringify(seen)}`, ...(values.browser === "chromium" ? await consoleOf(tab) : [])];
  };
  for (const { name, run } of chosen) {
    const check = async () => {
      await next.reset();
      shop.reset();
      await page.fresh();
      await run();
    };
    await perform(`${values.browser}: ${name}`, check, details);
  }
}
