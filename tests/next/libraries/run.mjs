// Builds the app of `examples/libraries/`, and checks in Chromium what each page of `docs/libraries/` says:
//
//   node run.mjs [name] [--out DIR] [--built]
//
// A name runs the checks that contain it. `--built`: the app is built already. The last lines are `pass N` and
// `fail N`. A run without a check has failed.
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { browse, serve } from "../shared/browser.mjs";
import { consoleOf, finish, judge, perform } from "../shared/tally.mjs";
import { build } from "./build.mjs";
import { pageOf } from "./page.mjs";

const source = path.dirname(fileURLToPath(import.meta.url));
const { values, positionals: [only = ""] } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string", default: path.join(source, "../../../target/next") },
    built: { type: "boolean", default: false },
  },
});
const checks = [];
const ends = [];
try {
  const dir = values.built ? path.join(path.resolve(values.out), "libraries/app") : build(values.out);
  judge("the app builds, and its types hold");
  await checkAll(dir);
} catch (error) {
  judge("the run", error.stack);
} finally {
  for (const end of ends) await end();
}
finish();

async function checkAll(dir) {
  const server = await serve(dir);
  ends.push(server.end);
  const tab = await browse();
  ends.unshift(tab.end);
  const page = pageOf(server, tab);
  for (const file of readdirSync(path.join(source, "checks")).sort()) {
    const library = path.basename(file, ".mjs");
    const check = (says, run) => checks.push({ name: `${library}: ${says}`, path: `/${library}`, run });
    (await import(`./checks/${file}`)).default({ ...page, check });
  }
  const chosen = checks.filter(({ name }) => name.includes(only));
  if (chosen.length === 0) throw new Error(`no check has ${only} in its name`);
  const details = async () => {
    const state = JSON.stringify(await server.api("state"));
    return [`page: ${await page.text().catch(String)}`, `server: ${state}`, ...(await consoleOf(tab))];
  };
  for (const { name, path, run } of chosen) {
    const check = async () => {
      await page.fresh(path);
      await run();
    };
    await perform(name, check, details);
  }
}
