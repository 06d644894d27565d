// Makes copies of the package, for tests that take files away.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Copies the package without its wasm: neither the file nor its copy in JavaScript. */
export const withoutWasm = () => copyOf(["index.js", "node.js", "forms.js", "package.json", "forms", "lib", "wasm/dispatcher.js", "wasm/flight.js"]);

/** Copies the package without these files; `restore()` puts them back. */
export async function without(files) {
  const copy = await copyOf(["index.js", "node.js", "package.json", "lib", "wasm"]);
  for (const file of files) await rm(fileURLToPath(copy.file(file)));
  const restore = () => Promise.all(files.map((file) => cp(join(SOURCE, file), fileURLToPath(copy.file(file)))));
  return { ...copy, restore };
}

/** Copies all of the package that runs. */
export const copy = () => copyOf(["index.js", "node.js", "package.json", "lib", "wasm"]);

const SOURCE = fileURLToPath(new URL("..", import.meta.url));

/** Copies files and directories of the package. */
export async function copyOf(names) {
  const made = await mkdtemp(join(tmpdir(), "actionlane-"));
  for (const name of names) await cp(join(SOURCE, name), join(made, name), { recursive: true });
  return { file: (name) => pathToFileURL(join(made, name)).href, remove: () => rm(made, { recursive: true }) };
}
