// Writes, after a build, which id has which name, for the actions that policies name: actions that are passed as props
// show no name in the browser. Must not write the encryption key, nor an action that no policy names.
"use strict";

const fs = require("node:fs/promises");
const path = require("node:path");
const { MANIFEST, actionsOf, withoutExtension } = require("./manifest.cjs");
const { policyNames } = require("./policy_names.cjs");

/** The file in `_next/static`. */
const FILE = "actionlane/names.json";

/**
 * Returns `{ [id]: "file#name" }` of the manifest's actions that `wanted` names: by `name`, or by `file#name` with the
 * file's path from the app's root, with or without its extension.
 */
function namesOf(manifest, wanted) {
  const named = actionsOf(manifest).filter(({ file, name }) => wanted.some((text) => isNamed(text, file, name)));
  return Object.fromEntries(named.map(({ id, file, name }) => [id, `${withoutExtension(file)}#${name}`]));
}

function isNamed(wanted, filename, exportedName) {
  const at = wanted.lastIndexOf("#");
  if (at < 0) return wanted === exportedName;
  // Turbopack gives the path from its own root, which may lie above the app's.
  const file = `/${withoutExtension(filename)}`;
  return wanted.slice(at + 1) === exportedName && file.endsWith(`/${withoutExtension(wanted.slice(0, at)).replace(/^\.?\//, "")}`);
}

/**
 * Returns the configuration with a step after the build that writes the file. A step that is there runs first. `names`:
 * those that policies have; if absent, they are read from the app's sources.
 */
function withNames(config, names) {
  const before = config.compiler?.runAfterProductionCompile;
  const runAfterProductionCompile = async (metadata) => {
    await before?.(metadata);
    await writeNames(metadata, names);
  };
  return { ...config, compiler: { ...config.compiler, runAfterProductionCompile } };
}

async function writeNames({ projectDir, distDir }, names) {
  const dist = path.resolve(projectDir, distDir);
  const manifest = JSON.parse(await fs.readFile(path.join(dist, MANIFEST), "utf8"));
  const wanted = names ?? [...(await policyNames(projectDir, [dist]))];
  const file = path.join(dist, "static", FILE);
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, JSON.stringify(namesOf(manifest, wanted)));
}

/** Returns the path of the file as pages load it. An asset prefix of another origin may not let pages read it. */
function pathOfNames({ assetPrefix, basePath = "" }) {
  const prefix = assetPrefix?.startsWith("/") ? assetPrefix.replace(/\/$/, "") : basePath;
  return `${prefix}/_next/static/${FILE}`;
}

module.exports = { FILE, namesOf, pathOfNames, withNames };
