// Builds the app of this directory with one version of Next and one bundler, and prints its directory:
//
//   node build.mjs VERSION BUNDLER [--config NAME] [--seam off|bare|policy] [--dev] [--out DIR]
//
// BUNDLER: turbopack or webpack. `--config` lays a directory of configs/ over the app. `--seam off` builds without
// withActionlane, `bare` with it and no policy in the app, `policy` (default) with both. `--dev` assembles the app for
// `next dev` and builds nothing. The packages of the version must be installed: `node ../build.mjs VERSION --install`.
// `DIR/build.log` holds all that Next has printed.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CONFIGS, ZONE_PORT } from "./configs.mjs";

const source = path.dirname(fileURLToPath(import.meta.url));
const pkg = path.join(source, "../../../pkg");
const notInstalled = ["node_modules", "test", "dist", "script", "package-lock.json"];
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

rmSync(dir, { recursive: true, force: true });
mkdirSync(path.join(dir, "node_modules/.bin"), { recursive: true });
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
install("actionlane");
if (existsSync(path.join(dir, "app/twice"))) installOther();
symlinkSync("../../../node_modules/next/dist/bin/next", path.join(dir, "node_modules/.bin/next"));

if (!values.dev) build();
console.log(dir);

function install(name) {
  for (const file of readdirSync(pkg).filter((file) => !notInstalled.includes(file))) {
    cpSync(path.join(pkg, file), path.join(dir, "node_modules", name, file), { recursive: true });
  }
}

/** Installs another version of the package beside it, whose state of the page has another form. */
function installOther() {
  install("actionlane-other");
  const file = path.join(dir, "node_modules/actionlane-other/next/run/page.js");
  const text = readFileSync(file, "utf8");
  const other = text.replace(/const FORM = (\d+);/, (_, form) => `const FORM = ${Number(form) + 1};`);
  if (other === text) throw new Error(`${file} has no FORM`);
  writeFileSync(file, other);
}

function build() {
  const flags = major >= 16 ? [`--${bundler}`] : bundler === "turbopack" ? ["--turbopack"] : [];
  const zone = `http://127.0.0.1:${ZONE_PORT}`;
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", SEAM: values.seam, SEAM_MAJOR: String(major), SEAM_ZONE: zone };
  delete env.NODE_ENV;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["node_modules/.bin/next", "build", ...flags], { cwd: dir, env, encoding: "utf8", maxBuffer: 64 << 20 });
  writeFileSync(path.join(dir, "build.log"), `${stdout}${stderr}`);
  if (status !== 0) {
    console.error(`next build: exit ${status}\n${stdout}${stderr}`);
    process.exit(1);
  }
  // A directory that runs without the packages, but needs the files for browsers.
  if (config.server === "standalone") cpSync(path.join(dir, ".next/static"), path.join(standalone(dir), ".next/static"), { recursive: true });
}

/** Returns the directory of the standalone server of a build. */
function standalone(dir) {
  return path.join(dir, ".next/standalone", path.basename(dir));
}
