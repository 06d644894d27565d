// Assembles the app of `examples/libraries/` in DIR/libraries/app and builds it, type check included. Knows no check.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { installOurs, linkNext, next, run } from "../shared/packages.mjs";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const source = path.join(root, "examples/libraries");
const notCopied = ["node_modules", "package.json", "package-lock.json", ".next", "next-env.d.ts"];

/** Installs the libraries if the lock has changed, and builds the app. Returns its directory. */
export function build(out) {
  const packages = path.join(path.resolve(out), "libraries");
  install(packages);
  const dir = path.join(packages, "app");
  rmSync(dir, { recursive: true, force: true });
  for (const name of readdirSync(source).filter((name) => !notCopied.includes(name))) {
    cpSync(path.join(source, name), path.join(dir, name), { recursive: true });
  }
  installOurs(dir);
  linkNext(dir);
  next(dir);
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
