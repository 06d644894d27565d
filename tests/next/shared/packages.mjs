// Puts packages into an app that a script has assembled, and runs programs there. Knows no app.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The directory of the package in this repository. */
export const pkg = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../../pkg");

const notInstalled = ["node_modules", "test", "dist", "script", "package-lock.json"];

/** Copies the package into an app, under a name. */
export function installOurs(dir, name = "actionlane") {
  for (const file of readdirSync(pkg).filter((file) => !notInstalled.includes(file))) {
    cpSync(path.join(pkg, file), path.join(dir, "node_modules", name, file), { recursive: true });
  }
}

/** Gives an app the program of the Next that is installed one directory above. */
export function linkNext(dir) {
  mkdirSync(path.join(dir, "node_modules/.bin"), { recursive: true });
  symlinkSync("../../../node_modules/next/dist/bin/next", path.join(dir, "node_modules/.bin/next"));
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

/** Builds an app with Next. */
export const next = (dir) => run(process.execPath, ["node_modules/.bin/next", "build"], dir);
