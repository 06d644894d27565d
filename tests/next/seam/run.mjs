// Builds the app of this directory in several ways and runs the checks against each:
//
//   node run.mjs [--all] [--config NAME] [--version VERSION] [--bundler NAME] [--dev] [--out DIR]
//
// Without `--all`, the few that every run of the tests needs. The options select among them; `--dev` those of
// `next dev`. The last lines are `pass N` and `fail N`. A run without a check has failed.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { add, finish, judge } from "../shared/tally.mjs";
import { CONFIGS } from "./configs.mjs";

const source = path.dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    all: { type: "boolean", default: false },
    config: { type: "string" },
    version: { type: "string" },
    bundler: { type: "string" },
    dev: { type: "boolean" },
    out: { type: "string", default: path.join(source, "../../../target/next") },
  },
});

/** The runs of each test, `[version, bundler, configuration, isDev]`. */
const USUAL = [
  ["16.4", "turbopack", "plain", false],
  ["15.5", "webpack", "plain", false],
  ["16.4", "turbopack", "plain", true],
  ["16.4", "turbopack", "mixed", false],
  ["16.4", "turbopack", "export", false],
  ["16.4", "turbopack", "alias", false],
  ["15.5", "turbopack", "alias-outside", false],
  ["14.2", "webpack", "unknown", false],
];

const wanted = (values.all ? all() : USUAL).filter(([version, bundler, config, dev]) => {
  const fits = (option, value) => option === undefined || option === value;
  return fits(values.version, version) && fits(values.bundler, bundler) && fits(values.config, config) && fits(values.dev, dev);
});
for (const run of wanted) runOne(...run);
finish();

/** Returns every run. */
function all() {
  const runs = [];
  for (const [name, { versions = ["15.5", "16.4"], bundlers = ["webpack", "turbopack"], checks = [] }] of Object.entries(CONFIGS)) {
    for (const version of versions) {
      for (const bundler of bundlers) {
        runs.push([version, bundler, name, false]);
        if (checks.includes("development")) runs.push([version, bundler, name, true]);
      }
    }
  }
  return runs;
}

function runOne(version, bundler, name, dev) {
  const start = Date.now();
  console.log(`== Next ${version}, ${bundler}, ${name}${dev ? ", next dev" : ""}`);
  const options = ["--config", name, "--out", values.out];
  const built = script("build.mjs", [version, bundler, ...options.slice(0, 2), ...(dev ? ["--dev"] : []), ...options.slice(2)]);
  const { fails, says, zone, redeploys } = CONFIGS[name];
  if (zone && built.status === 0) script("build.mjs", [version, bundler, "--config", zone, "--out", values.out]);
  if (fails) {
    const why = built.status === 0 ? "the build did not fail" : !fails.test(built.stderr) && `the build failed with another message:\n${built.stderr}`;
    judge("the build ends with the message", why);
  } else if (built.status !== 0) {
    judge("the build", built.stderr);
  } else {
    const dir = built.stdout.trim();
    if (says) judge("the build warns once", warnings(dir, says));
    const driven = script("drive.mjs", [dir, "--config", name, ...(dev ? ["--dev", bundler] : [])]);
    console.log(add(driven.stdout));
    if (redeploys && !dev) judge("an open page goes on after a deployment", failure("redeploy.mjs", [dir]));
    if (driven.status !== 0 && !/^fail [1-9]/m.test(driven.stdout)) judge("the checks", `exit ${driven.status}\n${driven.stderr}`);
  }
  console.log(`   ${Math.round((Date.now() - start) / 1000)} s`);
}

function warnings(dir, text) {
  const said = readFileSync(path.join(dir, "build.log"), "utf8").split(text).length - 1;
  return said !== 1 && `the build says it ${said} times`;
}

function failure(name, args) {
  const { status, stdout, stderr } = script(name, args);
  return status !== 0 && `exit ${status}\n${stdout}${stderr}`;
}

function script(name, args) {
  return spawnSync(process.execPath, [path.join(source, name), ...args], { encoding: "utf8", maxBuffer: 64 << 20 });
}
