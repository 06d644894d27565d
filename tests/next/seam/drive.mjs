// Runs the checks of the seam against a built app:
//
//   node drive.mjs DIR [name] [--config NAME] [--dev BUNDLER]
//
// DIR: as build.mjs prints it; a name runs the checks that contain it. `--config`: the one that it was built with. Its
// zone, if it has one, must be built beside it. The last lines are `pass N` and `fail N`. A run without a check has
// failed.
import path from "node:path";
import { parseArgs } from "node:util";
import { browse, serve } from "../shared/browser.mjs";
import { consoleOf, finish, perform } from "../shared/tally.mjs";
import { CONFIGS, ZONE_PORT } from "./configs.mjs";
import { pageOf } from "./page.mjs";

const { values: { config: name, dev }, positionals: [dir, only = ""] } = parseArgs({
  allowPositionals: true,
  options: { config: { type: "string", default: "plain" }, dev: { type: "string" } },
});
const config = CONFIGS[name];
const checks = [];
const ends = [];
try {
  await open();
  for (const { name, run, tab } of checks.filter(({ name }) => name.includes(only))) await perform(name, run, () => consoleOf(tab));
} finally {
  for (const end of ends) await end();
}
finish();

/** Starts what the checks need, and collects them. */
async function open() {
  const options = { dev, server: config.server, base: config.base };
  const server = await serve(dir, options);
  ends.push(server.end);
  if (config.zone) {
    const { base } = CONFIGS[config.zone];
    const zone = await serve(path.join(path.dirname(dir), path.basename(dir).replace(/-\w+$/, `-${config.zone}`)), { base, port: ZONE_PORT });
    ends.push(zone.end);
  }
  const tab = await browse();
  ends.unshift(tab.end);
  const page = { ...pageOf(server, tab, config.base), dev, dir, name, assets: config.assets ?? config.base ?? "", check: (name, run) => checks.push({ name, run, tab }) };
  for (const file of config.checks) (await import(`./checks/${file}.mjs`)).default(page);
}
