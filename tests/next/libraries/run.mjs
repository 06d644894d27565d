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
import { browse, serve } from "../seam/browser.mjs";
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
let [passed, failed] = [0, 0];
try {
  const dir = values.built ? path.join(path.resolve(values.out), "libraries/app") : build(values.out);
  passed += 1;
  console.log("ok   the app builds, and its types hold");
  await perform(dir);
} catch (error) {
  failed += 1;
  console.log(`FAIL the run\n${String(error.stack).replace(/^/gm, "    ")}`);
} finally {
  for (const end of ends) await end();
}
console.log(`pass ${passed}\nfail ${failed}`);
process.exit(failed > 0 || passed < 2 ? 1 : 0);

async function perform(dir) {
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
  for (const { name, path, run } of checks.filter(({ name }) => name.includes(only))) {
    const start = Date.now();
    try {
      await page.fresh(path);
      await run();
      passed += 1;
      console.log(`ok   ${name} (${Date.now() - start} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL ${name}\n${String(error.stack).replace(/^/gm, "    ")}`);
      console.log(`    page: ${await page.text().catch(String)}`);
      console.log(`    server: ${JSON.stringify(await server.api("state"))}`);
      for (const { message } of (await tab.console().catch(() => [])).slice(-5)) console.log(`    console: ${message.slice(0, 300)}`);
    }
  }
}
