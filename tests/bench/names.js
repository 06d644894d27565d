// Reads the names that imports and exports of the package's wasm had before they were shortened: `cargo xtask
// build` stores them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The section of the wasm that names its build. */
const SECTION = "actionlane";

/** Reads the names of each module from `dir`, by the beginning of the module's file names in `pkg/wasm/`. */
export function readNames(dir) {
  const files = readdirSync(dir).filter((file) => file.endsWith(".json"));
  return Object.fromEntries(files.map((file) => [file.slice(0, -".json".length), JSON.parse(readFileSync(join(dir, file), "utf8"))]));
}

/** Returns the names of a compiled module; undefined if the module is not the package's. */
export function namesOf(names, module) {
  const [build] = WebAssembly.Module.customSections(module, SECTION).map((bytes) => new TextDecoder().decode(bytes));
  return Object.values(names).find((each) => each.build === build);
}
