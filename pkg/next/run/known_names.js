// Knows the names and files of actions that the page's own code does not show: the build has written them down. Loaded
// late. Must not know an action that no policy names.

import { buildOfPage, deploymentOfPage } from "../../lib/page/next_app.js";
import { isDevelopment, page } from "./page.js";

/** Longest wait for the file, in ms: calls wait for it. */
const LONGEST = 5_000;

/**
 * Loads the names and sets `files` of the page's state, by id, and `keyOf(policies, id)`, which returns the policy that
 * names the action by its file. `address`: the path of the names; undefined in development, which writes none.
 */
export async function learnNames(address) {
  const state = page();
  const files = new Map();
  for (const [id, text] of Object.entries(address ? await read(address) : {})) {
    const at = text.lastIndexOf("#");
    files.set(id, text.slice(0, at));
    state.names.set(id, text.slice(at + 1));
  }
  state.files = files;
  state.keyOf = (policies, id) => keyOf(Object.keys(policies), files.get(id), state.names.get(id));
}

/** In development no file is known, and the name alone decides. */
const keyOf = (keys, file, name) => keys.find((key) => {
  const at = key.lastIndexOf("#");
  if (at < 0 || key.slice(at + 1) !== name) return false;
  return file === undefined ? isDevelopment : isOf(key.slice(0, at), file);
});

/** The build gives a file's path from the app's root, without an extension. */
const isOf = (path, file) => file === path.replace(/^\.?\//, "").replace(/\.[cm]?[jt]sx?$/, "");

/** The file has the same path after each build, and caches keep all of `_next/static`. */
async function read(address) {
  const build = deploymentOfPage() ?? (await buildOfPage()) ?? "";
  const response = await fetch(`${address}?build=${encodeURIComponent(build)}`, { signal: AbortSignal.timeout(LONGEST), cache: "no-cache" });
  if (!response.ok) throw new Error(`${address}: status ${response.status}`);
  return response.json();
}
