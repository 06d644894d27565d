// Assembles the app of this directory in OUT/16.4/progress and builds it. Knows no check.
import { cpSync, existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { empty } from "../shared/kept.mjs";
import { installNext, next } from "../shared/packages.mjs";

const source = path.dirname(fileURLToPath(import.meta.url));

/** Returns the directory of the built app. */
export const directory = (out) => path.join(path.resolve(out), "16.4/progress");

/** Builds the app with the Next that is installed beside it. Returns its directory. */
export function build(out) {
  const dir = directory(out);
  if (!existsSync(path.join(dir, "../node_modules/next"))) throw new Error(`no Next in ${path.dirname(dir)}: node tests/next/build.mjs 16.4 --install`);
  empty(dir);
  for (const name of ["app", "next.config.mjs"]) cpSync(path.join(source, name), path.join(dir, name), { recursive: true });
  installNext(dir);
  next(dir);
  return dir;
}
