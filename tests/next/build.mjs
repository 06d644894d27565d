// Builds the fixture app with one version of Next, unless it is built already, and prints its directory:
//
//   node build.mjs VERSION [options]      VERSION: a directory of versions/ (14.2, 15.0, 15.5, 16.2, 16.4)
//   node node_modules/.bin/next start -p PORT      run this in the printed directory
//
// --out DIR             the directory of all builds; default: target/next of the repository
// --name NAME           the name of the build; a version may have several; default: "a"
// --salt TEXT           makes the encryption key and, after 14.2, the action ids; default: the build's name
// --build-id TEXT       default: Next's own
// --base-path /PATH     default: none
// --asset-prefix TEXT   a path or a URL; default: none
// --trailing-slash      sets `trailingSlash`
// --deployment-id TEXT  default: none
// --cache-components    sets `cacheComponents`; Next 16 only
// --bundler NAME        turbopack or webpack; default: the version's own
// --seam WAY            builds with `withActionlane`; "bare": the app has no policy, "policy": one for all actions
// --public FILE         copies the file into public/, without a rebuild; may be given several times
// --dev                 does not build: `next dev` serves the app
// --install             installs the packages of the version, and neither assembles nor builds the app
// --json                prints { dir, version, dev, installMs, buildMs } instead; a time is null if nothing was done
//
// The packages of a version are installed once, in DIR/VERSION; its builds are DIR/VERSION/NAME, with links to them.
// Ids depend on the path of the file (with webpack the whole one, which has NAME), the function's name and, after 14.2,
// the salt: builds of different names share no id.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { filesOfOurs, installNext, installOurs, tryRun } from "./shared/packages.mjs";
import { seeded } from "./shared/seed.mjs";

const source = path.dirname(fileURLToPath(import.meta.url));
const pkg = "../../pkg"; // relative to `source`; the app's server imports `actionlane/server`
const server = ["package.json", "server.js", "server"];
const { values: options, positionals } = parse();
const [version] = positionals;
if (positionals.length !== 1 || !existsSync(path.join(source, "versions", version, "package.json"))) {
  stop(`expected one version of ${readdirSync(path.join(source, "versions")).join(", ")}`);
}
if (!/^[\w-]+$/.test(options.name)) stop(`"${options.name}" is no name for a directory`);
if (options.name === "node_modules") stop("the directory node_modules is taken by the packages");

const choices = {
  version: JSON.parse(readFileSync(path.join(source, "versions", version, "package.json"), "utf8")).dependencies.next,
  salt: options.salt ?? options.name,
  buildId: options["build-id"],
  basePath: options["base-path"],
  assetPrefix: options["asset-prefix"],
  trailingSlash: options["trailing-slash"],
  deploymentId: options["deployment-id"],
  cacheComponents: options["cache-components"],
  dev: options.dev,
  bundler: options.bundler,
  seam: options.seam,
};
const major = Number(choices.version.split(".")[0]);
if (choices.cacheComponents && major < 16) stop("--cache-components needs Next 16");
if (![undefined, "turbopack", "webpack"].includes(choices.bundler)) stop(`there is no bundler "${choices.bundler}"`);
if (![undefined, "bare", "policy"].includes(choices.seam)) stop(`there is no way "${choices.seam}" of the seam`);
const installed = choices.seam ? filesOfOurs() : server;

const packages = path.join(path.resolve(options.out), version);
const dir = path.join(packages, options.name);
const installMs = install();
const buildMs = options.install ? null : build();
for (const file of options.install ? [] : options.public) cpSync(file, path.join(dir, "public", path.basename(file)));
console.log(options.json ? JSON.stringify({ dir, version: choices.version, dev: choices.dev, installMs, buildMs }) : dir);

/** Runs `npm ci`. Returns its time in ms, or null if the packages are installed. */
function install() {
  const from = path.join(source, "versions", version);
  const files = ["package.json", "package-lock.json"];
  const took = unless(path.join(packages, "installed"), hashOf(from, files), () => {
    mkdirSync(packages, { recursive: true });
    for (const file of files) cpSync(path.join(from, file), path.join(packages, file));
    run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], packages);
  });
  // Next takes the directory of the outermost lock file for the root of an app.
  rmSync(path.join(packages, "package-lock.json"), { force: true });
  return took;
}

/** Assembles the app and builds it. Returns the time in ms, or null if nothing has changed. */
function build() {
  const sources = ["app", "overlay", "proxy.js", "next.config.mjs", "build.mjs", "shared/packages.mjs", "shared/seed.mjs", `versions/${version}`];
  if (choices.seam) sources.push("instrumentation-client");
  const hash = hashOf(source, [...sources, ...installed.map((file) => `${pkg}/${file}`)], JSON.stringify(choices));
  return unless(path.join(dir, "built"), hash, () => {
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(path.join(dir, "public"), { recursive: true });
    cpSync(path.join(source, "app"), path.join(dir, "app"), { recursive: true });
    for (const overlay of overlays()) cpSync(path.join(source, "overlay", overlay), dir, { recursive: true });
    cpSync(path.join(source, "proxy.js"), path.join(dir, major >= 16 ? "proxy.js" : "middleware.js"));
    cpSync(path.join(source, "next.config.mjs"), path.join(dir, "next.config.mjs"));
    if (choices.seam) cpSync(path.join(source, `instrumentation-client/${choices.seam}.js`), path.join(dir, "instrumentation-client.js"));
    writeFileSync(path.join(dir, "fixture.json"), JSON.stringify(choices));
    installNext(dir);
    installOurs(dir, "actionlane", installed);
    const act = (more) => run(process.execPath, ["node_modules/.bin/next", "build", ...flags()], dir, more);
    if (choices.dev) return;
    if (choices.bundler === "webpack" || choices.basePath) act();
    else seeded(dir, "fixture", act);
  });
}

/** Returns the flags that select the bundler. */
function flags() {
  if (choices.bundler === undefined || (choices.bundler === "webpack" && major < 16)) return [];
  return [`--${choices.bundler}`];
}

function overlays() {
  const [, minor] = choices.version.split(".").map(Number);
  const list = [];
  if (major > 15 || (major === 15 && minor >= 3)) list.push("use-cache");
  if (choices.cacheComponents) list.push("cache-components");
  return list;
}

function run(command, args, cwd, more) {
  const key = createHash("sha256").update(`fixture ${choices.salt}`).digest("base64");
  const { status, said } = tryRun(command, args, cwd, { ...more, NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: key });
  if (status !== 0) stop(`${command} ${args.join(" ")} in ${cwd}: exit ${status}\n${said}`);
}

/** Runs `work` unless `stamp` holds `hash`. Returns its time in ms, or null. */
function unless(stamp, hash, work) {
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return null;
  rmSync(stamp, { force: true });
  const start = performance.now();
  work();
  writeFileSync(stamp, hash);
  return Math.round(performance.now() - start);
}

/** Hashes the names and contents of the files, and of all files in the directories. */
function hashOf(base, names, extra = "") {
  const hash = createHash("sha256").update(extra);
  for (const file of names.flatMap((name) => filesOf(base, name)).sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(path.join(base, file)));
  }
  return hash.digest("hex");
}

function filesOf(base, name) {
  const full = path.join(base, name);
  return statSync(full).isFile() ? [name] : readdirSync(full).flatMap((inner) => filesOf(base, `${name}/${inner}`));
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        out: { type: "string", default: path.join(source, "../../target/next") },
        name: { type: "string", default: "a" },
        salt: { type: "string" },
        "build-id": { type: "string" },
        "base-path": { type: "string" },
        "asset-prefix": { type: "string" },
        "trailing-slash": { type: "boolean", default: false },
        "deployment-id": { type: "string" },
        "cache-components": { type: "boolean", default: false },
        dev: { type: "boolean", default: false },
        install: { type: "boolean", default: false },
        bundler: { type: "string" },
        seam: { type: "string" },
        public: { type: "string", multiple: true, default: [] },
        json: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    stop(error.message);
  }
}

function stop(message) {
  console.error(`build.mjs: ${message}`);
  process.exit(1);
}
