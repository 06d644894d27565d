// Builds the app of this directory with one version of Next and one bundler, and prints its directory:
//
//   node build.mjs VERSION BUNDLER [--config NAME] [--seam off|bare|policy] [--dev] [--out DIR]
//
// BUNDLER: turbopack or webpack. `--config` lays a directory of configs/ over the app. `--seam off` builds without
// withActionlane, `bare` with it and no policy in the app, `policy` (default) with both. `--dev` assembles the app for
// `next dev` and builds nothing. The packages of the version must be installed: `node ../build.mjs VERSION --install`.
// `DIR/build.log` holds all that Next has printed.
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { built, empty } from "../shared/kept.mjs";
import { installNext, installOurs, tryRun } from "../shared/packages.mjs";
import { CONFIGS, ZONE_PORT } from "./configs.mjs";

const source = path.dirname(fileURLToPath(import.meta.url));
const { values, positionals: [version, bundler] } = parseArgs({
  allowPositionals: true,
  options: {
    config: { type: "string", default: "plain" },
    seam: { type: "string", default: "policy" },
    dev: { type: "boolean", default: false },
    out: { type: "string", default: path.join(source, "../../../target/next") },
  },
});
const packages = path.join(path.resolve(values.out), version);
if (!existsSync(path.join(packages, "node_modules/next"))) throw new Error(`no Next in ${packages}`);
const config = CONFIGS[values.config];
if (!config) throw new Error(`there is no configuration ${values.config}`);
const dir = path.join(packages, ["seam", bundler, values.config === "plain" ? values.seam : values.config, ...(values.dev ? ["dev"] : [])].join("-"));
const [major] = version.split(".").map(Number);

empty(dir);
const own = config.bare ? ["plain.config.mjs", "app/layout.js", "app/probe.js"] : ["app", "next.config.mjs", "plain.config.mjs", "instrumentation-client.js"];
for (const name of own) cpSync(path.join(source, name), path.join(dir, name), { recursive: true });
const over = path.join(source, "configs", values.config);
if (existsSync(over)) cpSync(over, dir, { recursive: true });
if (major < 16 && existsSync(path.join(dir, "proxy.js"))) renameSync(path.join(dir, "proxy.js"), path.join(dir, "middleware.js"));
if (values.seam !== "policy") {
  rmSync(path.join(dir, "instrumentation-client.js"));
  rmSync(path.join(dir, "app/hooks"), { recursive: true });
  writeFileSync(path.join(dir, "app/tools.js"), 'export { Bare as Tools } from "./bare";\n');
}
installOurs(dir);
if (existsSync(path.join(dir, "app/twice"))) installOther();
installNext(dir);

if (!values.dev) build();
console.log(dir);

/** Installs another version of the package beside it, whose state of the page has another form. */
function installOther() {
  installOurs(dir, "actionlane-other");
  const file = path.join(dir, "node_modules/actionlane-other/next/run/page.js");
  const text = readFileSync(file, "utf8");
  const other = text.replace(/const FORM = (\d+);/, (_, form) => `const FORM = ${Number(form) + 1};`);
  if (other === text) throw new Error(`${file} has no FORM`);
  writeFileSync(file, other);
}

function build() {
  const flags = major >= 16 ? [`--${bundler}`] : bundler === "turbopack" ? ["--turbopack"] : [];
  const zone = `http://127.0.0.1:${ZONE_PORT}`;
  const env = { SEAM: values.seam, SEAM_MAJOR: String(major), SEAM_ZONE: zone };
  const act = () => {
    const { status, said } = tryRun(process.execPath, ["node_modules/.bin/next", "build", ...flags], dir, env);
    if (status === 0) return said;
    console.error(`next build: exit ${status}\n${said}`);
    process.exit(1);
  };
  writeFileSync(path.join(dir, "build.log"), built(dir, act, [env, flags]));
  // A directory that runs without the packages, but needs the files for browsers.
  if (config.server === "standalone") cpSync(path.join(dir, ".next/static"), path.join(dir, ".next/standalone/.next/static"), { recursive: true });
}
