// Reads the manifest of a build's Server Actions. Must not give the encryption key that is in it.
"use strict";

const { existsSync } = require("node:fs");
const path = require("node:path");

/** The manifest's path in the directory of a build. */
const MANIFEST = "server/server-reference-manifest.json";

/** Beginning of the names that Next's compiler gives to closures and caches. */
const UNNAMED = "$$";

/** Returns `{ id, file, name }` of each action that has a name. `file`: its path as the bundler gives it. */
function actionsOf({ node, edge }) {
  const actions = Object.entries({ ...node, ...edge });
  const named = actions.map(([id, { filename, exportedName }]) => ({ id, file: filename, name: exportedName }));
  return named.filter(({ file, name }) => typeof file === "string" && typeof name === "string" && !name.startsWith(UNNAMED));
}

/**
 * Returns the path of a file from the app's root. Turbopack gives it from its own root, which may lie above the app's;
 * webpack under Windows gives the absolute path behind "../". A file that is not in the app keeps the bundler's path.
 */
function fromRoot(filename, projectDir) {
  const [file, root] = [posix(filename), posix(projectDir)];
  const absolute = file.replace(/^(\.\.\/)+/, "");
  if (absolute.startsWith(`${root}/`)) return absolute.slice(root.length + 1);
  const parts = root.split("/");
  for (let from = parts.length; from >= 0; from -= 1) {
    const above = parts.slice(from).map((part) => `${part}/`).join("");
    const rest = file.slice(above.length);
    if (file.startsWith(above) && existsSync(path.join(projectDir, rest))) return rest;
  }
  return file;
}

const posix = (file) => file.replaceAll("\\", "/");

const withoutExtension = (file) => file.replace(/\.[cm]?[jt]sx?$/, "");

module.exports = { MANIFEST, actionsOf, fromRoot, posix, withoutExtension };
