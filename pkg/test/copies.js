// Copies of the package, for what cannot be done to the package itself.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The package without its wasm, neither the file nor the copy of it in JavaScript. */
export const withoutWasm = () => copyOf(["index.js", "node.js", "package.json", "lib", "wasm/actionlane.js"]);

/** All that runs of the package. */
export const copy = () => copyOf(["index.js", "node.js", "package.json", "lib", "wasm"]);

async function copyOf(names) {
  const made = await mkdtemp(join(tmpdir(), "actionlane-"));
  const source = fileURLToPath(new URL("..", import.meta.url));
  for (const name of names) {
    await cp(join(source, name), join(made, name), { recursive: true });
  }
  return { file: (name) => pathToFileURL(join(made, name)).href, remove: () => rm(made, { recursive: true }) };
}
