// Reads the manifest of a build's Server Actions. Must not give the encryption key that is in it.
"use strict";

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
 * True if a path from the app's root, with or without extension, is that of `file`. Turbopack gives the path from its
 * own root, which may lie above the app's.
 */
function isFile(wanted, file) {
  return `/${withoutExtension(file)}`.endsWith(`/${withoutExtension(wanted).replace(/^\.?\//, "")}`);
}

const withoutExtension = (file) => file.replace(/\.[cm]?[jt]sx?$/, "");

module.exports = { MANIFEST, actionsOf, isFile, withoutExtension };
