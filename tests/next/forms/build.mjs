// Assembles the app of this directory in DIR/VERSION/forms and builds it. Knows no check.
import { cpSync, existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { empty } from "../shared/kept.mjs";
import { installNext, next } from "../shared/packages.mjs";

const source = path.dirname(fileURLToPath(import.meta.url));

/** Returns the directory of the app that is built with a version. */
export const directory = (out, version) => path.join(path.resolve(out), version, "forms");

/** Builds the app with a version of Next, whose packages must be installed. Returns its directory. */
export function build(out, version) {
  const dir = directory(out, version);
  if (!existsSync(path.join(dir, "../node_modules/next"))) throw new Error(`no Next in ${path.dirname(dir)}`);
  empty(dir);
  for (const name of ["app", "next.config.mjs"]) cpSync(path.join(source, name), path.join(dir, name), { recursive: true });
  writeFileSync(path.join(dir, "fixture.json"), JSON.stringify({ version }));
  installNext(dir);
  next(dir);
  return dir;
}
