// The names that imports and exports of the package's wasm had before they were made short: `cargo xtask build` keeps them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The section of the wasm that says which build it is of. */
const SECTION = "actionlane";

/** Those of each module, by the beginning of its file names in `pkg/wasm/`. `dir`: where they are kept. */
export function readNames(dir) {
  const files = readdirSync(dir).filter((file) => file.endsWith(".json"));
  return Object.fromEntries(files.map((file) => [file.slice(0, -".json".length), JSON.parse(readFileSync(join(dir, file), "utf8"))]));
}

/** Those of a compiled module; undefined for one that is not the package's. */
export function namesOf(names, module) {
  const [build] = WebAssembly.Module.customSections(module, SECTION).map((bytes) => new TextDecoder().decode(bytes));
  return Object.values(names).find((each) => each.build === build);
}
