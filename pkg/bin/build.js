// Reads the Server Actions of a build of Next. Must not run anything of the build, nor give its encryption key.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import manifestOfBuild from "../next/build/manifest.cjs";

const { MANIFEST, actionsOf, fromRoot, posix, withoutExtension } = manifestOfBuild;

/** The file by which a build is told from what `next dev` leaves. */
const BUILD_ID = "BUILD_ID";

/** A fault of the build, for the user to read. */
export class BuildError extends Error {}

/**
 * Returns the actions of the build in `given`, or in the `.next` of `given`, in order of their keys: `{ key, id, name,
 * file, source }`. `key`: the name, with the file before it if several actions have the name. `file`: the path from the
 * app's root. `source`: the path of the source, undefined if it is not there. `wanted`: the file whose actions are
 * returned, by its path from the app or by that of the source; all if undefined.
 */
export function readActions(given, wanted) {
  const dir = dirOf(given);
  const found = actionsOf(read(dir)).map(placed(dir));
  const plain = (path = "") => withoutExtension(posix(path)).replace(/^\.\//, "");
  const isWanted = ({ file, source }) => [file, source].map(plain).includes(plain(wanted));
  const actions = wanted === undefined ? found : found.filter(isWanted);
  if (wanted !== undefined && actions.length === 0) {
    const files = [...new Set(found.map(({ file }) => withoutExtension(file)))];
    const others = files.length > 0 ? `it has some in ${files.sort().join(", ")}` : "it has none at all";
    throw new BuildError(`the build in ${given} has no action in a file ${wanted}; ${others}`);
  }
  const isUnique = (name) => actions.filter((action) => action.name === name).length === 1;
  const keyOf = ({ file, name }) => (isUnique(name) ? name : `${withoutExtension(file)}#${name}`);
  return actions.map((action) => ({ key: keyOf(action), ...action })).sort((a, b) => (a.key < b.key ? -1 : 1));
}

function dirOf(given) {
  const dirs = [given, path.join(given, ".next")];
  const dir = dirs.find((dir) => existsSync(path.join(dir, BUILD_ID)));
  if (dir) return dir;
  if (!existsSync(given)) throw new BuildError(`there is no ${given}: run next build, and name its directory`);
  const isDevelopment = dirs.some((dir) => ["dev", MANIFEST].some((file) => existsSync(path.join(dir, file))));
  if (isDevelopment) throw new BuildError(`${given} holds only what next dev has left, whose ids are not those of a build: run next build`);
  throw new BuildError(`${given} holds no build of Next: ${BUILD_ID} is missing`);
}

function read(dir) {
  // webpack writes none if there are no actions.
  if (!existsSync(path.join(dir, MANIFEST))) return { node: {}, edge: {} };
  let manifest;
  try {
    manifest = JSON.parse(readFileSync(path.join(dir, MANIFEST), "utf8"));
  } catch ({ name }) {
    // The text of the error may quote the file, and the key is in it.
    throw new BuildError(`${path.join(dir, MANIFEST)} cannot be read: ${name}`);
  }
  if (![manifest?.node, manifest?.edge].every(isList)) {
    const why = "whose list of actions has no names that this version of actionlane can read; 15.5 and 16 fit";
    throw new BuildError(`the build in ${dir} is of ${versionOf(dir)}, ${why}`);
  }
  return manifest;
}

const isList = (list) => typeof list === "object" && list !== null && Object.values(list).every(isEntry);

const isEntry = (entry) => typeof entry?.filename === "string" && typeof entry.exportedName === "string";

function versionOf(dir) {
  const { version } = optional(dir, "diagnostics/framework.json");
  return version ? `Next ${version}` : "an unknown Next";
}

/** Returns the file's content; an empty object if it cannot be read. */
function optional(dir, file) {
  try {
    return JSON.parse(readFileSync(path.join(dir, file), "utf8")) ?? {};
  } catch {
    return {};
  }
}

/** Returns a function that finds an action's source. */
function placed(dir) {
  const { config } = optional(dir, "required-server-files.json");
  const app = path.resolve(dir, path.relative(path.join("/", config?.distDir ?? ".next"), "/"));
  return ({ id, name, file: given }) => {
    const file = fromRoot(given, app);
    const source = path.join(app, file);
    return { id, name, file, source: existsSync(source) ? source : undefined };
  };
}
