// Copies of the package, for what cannot be done to the package itself.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The package without its wasm, neither the file nor the copy of it in JavaScript. */
export const withoutWasm = () => copyOf(["index.js", "node.js", "package.json", "lib", "wasm/dispatcher.js", "wasm/flight.js"]);

/** The package without these files; `restore()` puts them in their places. */
export async function without(files) {
  const copy = await copyOf(["index.js", "node.js", "package.json", "lib", "wasm"]);
  for (const file of files) await rm(fileURLToPath(copy.file(file)));
  const restore = () => Promise.all(files.map((file) => cp(join(SOURCE, file), fileURLToPath(copy.file(file)))));
  return { ...copy, restore };
}

/** All that runs of the package. */
export const copy = () => copyOf(["index.js", "node.js", "package.json", "lib", "wasm"]);

const SOURCE = fileURLToPath(new URL("..", import.meta.url));

async function copyOf(names) {
  const made = await mkdtemp(join(tmpdir(), "actionlane-"));
  for (const name of names) await cp(join(SOURCE, name), join(made, name), { recursive: true });
  return { file: (name) => pathToFileURL(join(made, name)).href, remove: () => rm(made, { recursive: true }) };
}
