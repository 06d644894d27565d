// Writes, after a build, which id has which name, for the actions that policies name: actions that are passed as props
// show no name in the browser. Must not write the encryption key, nor an action that no policy names.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { MANIFEST, actionsOf, fromRoot, withoutExtension } = require("./manifest.cjs");
const { policyNames } = require("./policy_names.cjs");

/** The file in `_next/static`. */
const FILE = "actionlane/names.json";

/**
 * Returns `{ [id]: "file#name" }` of the manifest's actions that `wanted` names: by `name`, or by `file#name` with the
 * file's path from the app's root, with or without its extension.
 */
function namesOf(manifest, wanted, projectDir) {
  const actions = actionsOf(manifest).map(({ id, file, name }) => ({ id, name, file: withoutExtension(fromRoot(file, projectDir)) }));
  const named = actions.filter(({ file, name }) => wanted.some((text) => isNamed(text, file, name)));
  return Object.fromEntries(named.map(({ id, file, name }) => [id, `${file}#${name}`]));
}

function isNamed(wanted, file, exportedName) {
  const at = wanted.lastIndexOf("#");
  if (at < 0) return wanted === exportedName;
  return wanted.slice(at + 1) === exportedName && file === withoutExtension(wanted.slice(0, at)).replace(/^\.?\//, "");
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
  const manifest = await manifestOf(dist);
  const wanted = names ?? [...(await policyNames(projectDir, [dist]))];
  const found = namesOf(manifest, wanted, projectDir);
  for (const name of wanted) if (!isFound(name, Object.values(found), names !== undefined)) warnOfUnknown(name, manifest, projectDir);
  const file = path.join(dist, "static", FILE);
  await fs.promises.mkdir(path.dirname(file), { recursive: true });
  await fs.promises.writeFile(file, JSON.stringify(found));
}

/** Promises the actions of a build. webpack writes no file if there are none. */
async function manifestOf(dist) {
  try {
    return JSON.parse(await fs.promises.readFile(path.join(dist, MANIFEST), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
}

/** A file and a name, and no other text with "#" in it, such as a colour or an address. */
const FILE_AND_NAME = /^[^#:?\s]*\w\/?[^#:?\s/]*#[A-Za-z_$][\w$]*$/;

/** False for a name of an action that the build has not. Texts of the sources are checked only if they look like one. */
function isFound(wanted, found, isListed) {
  if (!isListed && !FILE_AND_NAME.test(wanted)) return true;
  return found.some((text) => isNamed(wanted, ...text.split(/#(?=[^#]*$)/)));
}

function warnOfUnknown(wanted, manifest, projectDir) {
  const name = wanted.slice(wanted.lastIndexOf("#") + 1);
  const others = Object.values(namesOf(manifest, [name], projectDir));
  const hint = others.length > 0 ? `; there is ${others.join(", ")}` : "";
  console.warn(`actionlane/next: no action is named ${JSON.stringify(wanted)}${hint}`);
}

/** Returns the path of the file as pages load it. An asset prefix of another origin may not let pages read it. */
function pathOfNames({ assetPrefix, basePath = "" }) {
  const prefix = assetPrefix?.startsWith("/") ? assetPrefix.replace(/\/$/, "") : basePath;
  return `${prefix}/_next/static/${FILE}`;
}

module.exports = { FILE, namesOf, pathOfNames, withNames };
