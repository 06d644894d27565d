// Assembles the app of `examples/libraries/` in DIR/libraries/app and builds it, type check included. Knows no check.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const source = path.join(root, "examples/libraries");
const pkg = path.join(root, "pkg");
const notCopied = ["node_modules", "package.json", "package-lock.json", ".next", "next-env.d.ts"];
const notInstalled = ["node_modules", "test", "dist", "script", "package-lock.json"];

/** Installs the libraries if the lock has changed, and builds the app. Returns its directory. */
export function build(out) {
  const packages = path.join(path.resolve(out), "libraries");
  install(packages);
  const dir = path.join(packages, "app");
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(path.join(dir, "node_modules/.bin"), { recursive: true });
  for (const name of readdirSync(source).filter((name) => !notCopied.includes(name))) {
    cpSync(path.join(source, name), path.join(dir, name), { recursive: true });
  }
  for (const file of readdirSync(pkg).filter((file) => !notInstalled.includes(file))) {
    cpSync(path.join(pkg, file), path.join(dir, "node_modules/actionlane", file), { recursive: true });
  }
  symlinkSync("../../../node_modules/next/dist/bin/next", path.join(dir, "node_modules/.bin/next"));
  run(process.execPath, ["node_modules/.bin/next", "build"], dir);
  return dir;
}

/** Installs the libraries as locked, without the package of this repository: the app has its own copy. */
function install(packages) {
  const files = ["package.json", "package-lock.json"].map((name) => [name, JSON.parse(readFileSync(path.join(source, name), "utf8"))]);
  for (const [, { dependencies, packages = {} }] of files) {
    delete dependencies?.actionlane;
    delete packages[""]?.dependencies.actionlane;
    for (const name of Object.keys(packages)) if (name.startsWith("../") || name === "node_modules/actionlane") delete packages[name];
  }
  const stamp = path.join(packages, "installed");
  const wanted = JSON.stringify(files);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  rmSync(stamp, { force: true });
  mkdirSync(packages, { recursive: true });
  for (const [name, content] of files) writeFileSync(path.join(packages, name), JSON.stringify(content, null, 2));
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], packages);
  writeFileSync(stamp, wanted);
}

function run(command, args, cwd) {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
  delete env.NODE_ENV;
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: "utf8", maxBuffer: 64 << 20 });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error ?? `exit ${status}`}\n${stdout}${stderr}`);
}
