// The entry `actionlane/actions`: calls Server Actions by name, as functions of one object. Must not make a call
// itself, nor know an id that neither the manifest nor the page has.

import { invalid } from "./lib/error.js";
import { didYouMean } from "./lib/options/did_you_mean.js";

/** Names that JavaScript itself asks objects for: a function there would make one a promise, or change its text. */
const RESERVED = ["then", "toJSON", "toString", "valueOf"];

const { hasOwn } = Object;

/**
 * Returns an object whose properties call the action of that name, through `d.bind`. `manifest`: ids by name, or
 * references as `refs` makes them; undefined for the actions that the page imports. `options`: those of each call.
 */
export function actions(d, manifest, options) {
  const isManifest = typeof manifest === "object" && manifest !== null;
  if (manifest !== undefined && !isManifest) throw invalid("manifest: expected an object of ids by name");
  const made = new Map();
  const get = (_, name) => {
    if (typeof name !== "string" || RESERVED.includes(name)) return undefined;
    if (!made.has(name)) made.set(name, d.bind(manifest ? known(manifest, name) : imported(name), options));
    return made.get(name);
  };
  return new Proxy(Object.freeze({}), { get });
}

/** Returns the reference of the manifest. One of an unknown name throws when it is read, so that the call rejects. */
function known(manifest, name) {
  if (!hasOwn(manifest, name)) return missing(name, Object.keys(manifest));
  const found = manifest[name];
  return typeof found === "string" ? { id: found, name: nameOf(name) } : found;
}

/** Returns a reference by name. The page's names are looked at when the call is made. */
function imported(name) {
  return {
    get id() {
      if (!globalThis[Symbol.for("actionlane.next")]?.find) {
        const help = "give a manifest, as npx actionlane names prints it, or build the page with withActionlane and import the action";
        throw invalid(`action: this page knows no names of actions; ${help}`);
      }
      return undefined;
    },
    name,
  };
}

/** Returns the name in a key as `"app/cart/actions#add"`. */
const nameOf = (key) => key.slice(key.lastIndexOf("#") + 1);

function missing(name, names) {
  const inFiles = names.filter((key) => nameOf(key) === name);
  const help = inFiles.length > 0 ? `; it has ${inFiles.map((key) => JSON.stringify(key)).join(", ")}` : didYouMean(name, names);
  return {
    get id() {
      throw invalid(`action: the manifest has no action ${JSON.stringify(name)}${help}`);
    },
  };
}
