// Puts packages into an app that a script has assembled, and runs programs there. Knows no app.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { built } from "./kept.mjs";
import { seeded } from "./seed.mjs";

/** The directory of the package in this repository. */
export const pkg = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../../pkg");

/** The one file of `dist/` that a bundler finds an import of. */
const imported = "dist/idiomorph.js";

const notInstalled = ["node_modules", "test", "dist", "script", "package-lock.json"];

/**
 * Installs the packages that an example has locked into a directory, unless they are there. Leaves out the package of
 * this repository, of which each app gets a copy.
 */
export function installLocked(example, dir) {
  const files = ["package.json", "package-lock.json"].map((name) => [name, JSON.parse(readFileSync(path.join(example, name), "utf8"))]);
  for (const [, { dependencies, packages = {} }] of files) {
    delete dependencies?.actionlane;
    delete packages[""]?.dependencies.actionlane;
    for (const name of Object.keys(packages)) if (name.startsWith("../") || name === "node_modules/actionlane") delete packages[name];
  }
  const stamp = path.join(dir, "installed");
  const wanted = JSON.stringify(files);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  rmSync(stamp, { force: true });
  mkdirSync(dir, { recursive: true });
  for (const [name, content] of files) writeFileSync(path.join(dir, name), JSON.stringify(content, null, 2));
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], dir);
  // Next takes the directory of the outermost lock file for the root of an app.
  rmSync(path.join(dir, "package-lock.json"));
  writeFileSync(stamp, wanted);
}

/** Returns the files and directories of the package that an app gets. */
export const filesOfOurs = () => [...readdirSync(pkg).filter((name) => !notInstalled.includes(name)), imported];

/** Copies the package, or these files of it, into an app, under a name. */
export function installOurs(dir, name = "actionlane", files = filesOfOurs()) {
  for (const file of files) cpSync(path.join(pkg, file), path.join(dir, "node_modules", name, file), { recursive: true });
}

/**
 * Gives an app all packages that are installed one directory above, as hard links: then nothing that a build reads is
 * outside of the app, as `seed.mjs` needs it, and each app takes no more space and no time of npm.
 */
export function installNext(dir) {
  const modules = path.join(dir, "node_modules");
  linkAll(path.join(dir, "../node_modules"), modules);
  mkdirSync(path.join(modules, ".bin"), { recursive: true });
  symlinkSync("../next/dist/bin/next", path.join(modules, ".bin/next"));
}

/** Links all files below a directory into another. Leaves out what npm and others keep beside the packages. */
function linkAll(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.name.startsWith(".") && path.basename(from) === "node_modules") continue;
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) linkAll(source, target);
    else linkSync(source, target);
  }
}

/** Gives an app the program of the Next that is installed one directory above, where the app reads its packages. */
export function linkNext(dir) {
  mkdirSync(path.join(dir, "node_modules/.bin"), { recursive: true });
  symlinkSync("../../../node_modules/next/dist/bin/next", path.join(dir, "node_modules/.bin/next"));
}

/** Gives an app the types that Next wants, or installs, where a file is TypeScript: those of our package's tests. */
export function linkTypes(dir) {
  const modules = path.join(dir, "node_modules");
  mkdirSync(path.join(modules, "@types/node"), { recursive: true });
  for (const name of ["typescript", "@types/react"]) symlinkSync(path.join(pkg, "node_modules", name), path.join(modules, name));
  writeFileSync(path.join(modules, "@types/node/package.json"), '{ "name": "@types/node", "version": "0.0.0", "types": "index.d.ts" }');
  writeFileSync(path.join(modules, "@types/node/index.d.ts"), "");
}

/** Runs a program in a directory, as in production. Returns its exit code, and all that it has printed. */
export function tryRun(command, args, cwd, more) {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...more };
  delete env.NODE_ENV;
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: "utf8", maxBuffer: 64 << 20 });
  return { status: status ?? String(error), said: `${stdout}${stderr}` };
}

/** Does the same, returns what was printed, and throws if the program has failed. */
export function run(command, args, cwd, more) {
  const { status, said } = tryRun(command, args, cwd, more);
  if (status !== 0) throw new Error(`${path.basename(cwd)}, ${path.basename(command)} ${args.join(" ")}: exit ${status}\n${said}`);
  return said;
}

/** Builds an app with Next, unless it is built already: `empty` must have begun it. Returns what Next has said. */
export const next = (dir) => built(dir, () => seeded(dir, "plain", (more) => run(process.execPath, ["node_modules/.bin/next", "build"], dir, more)));
