// Assembles the app of `examples/libraries/` in DIR/libraries/app and builds it, type check included. Knows no check.
import { cpSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { empty } from "../shared/kept.mjs";
import { installLocked, installOurs, linkNext, next } from "../shared/packages.mjs";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const source = path.join(root, "examples/libraries");
const notCopied = ["node_modules", "package.json", "package-lock.json", ".next", "next-env.d.ts"];

/** Installs the libraries if the lock has changed, and builds the app. Returns its directory. */
export function build(out) {
  const packages = path.join(path.resolve(out), "libraries");
  installLocked(source, packages);
  const dir = path.join(packages, "app");
  empty(dir);
  for (const name of readdirSync(source).filter((name) => !notCopied.includes(name))) {
    cpSync(path.join(source, name), path.join(dir, name), { recursive: true });
  }
  installOurs(dir);
  linkNext(dir);
  next(dir);
  return dir;
}
