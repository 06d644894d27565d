// Runs the checks of the seam against a built app:
//
//   node drive.mjs DIR [name] [--dev BUNDLER]      DIR: as build.mjs prints it; a name runs the checks that contain it
//
// The last lines are `pass N` and `fail N`. A run without a check has failed.
import { parseArgs } from "node:util";
import { browse, serve } from "./browser.mjs";
import { pageOf } from "./page.mjs";

const FILES = ["actions", "lanes", "fetch", "freshness", "loading", "arguments", "development"];

const { values: { dev }, positionals: [dir, only = ""] } = parseArgs({ allowPositionals: true, options: { dev: { type: "string" } } });
const server = await serve(dir, { dev });
const tab = await browse();
const checks = [];
const page = { ...pageOf(server, tab), dev, dir, check: (name, run) => checks.push({ name, run }) };
for (const file of FILES) (await import(`./checks/${file}.mjs`)).default(page);

let [passed, failed] = [0, 0];
try {
  for (const { name, run } of checks.filter(({ name }) => name.includes(only))) {
    const start = Date.now();
    try {
      await run();
      passed += 1;
      console.log(`ok   ${name} (${Date.now() - start} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL ${name}\n${String(error.stack).replace(/^/gm, "    ")}`);
      const lines = await tab.console().catch(() => []);
      for (const { message } of lines.slice(-5)) console.log(`    console: ${message.slice(0, 300)}`);
    }
  }
} finally {
  await tab.end();
  server.end();
}
console.log(`pass ${passed}\nfail ${failed}`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
