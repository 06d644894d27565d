// Finds the actions of the page that is open, and their names, for tools that show them. Must not run a script, nor
// load one twice.

import { scanHtml } from "./manifest.js";
import { scriptsOf, search } from "./search.js";
import { AbortController, Map, Set, clearTimeout, fetch, ofDocument, pageText, setTimeout } from "../page/globals.js";

/** Longest time for one run, in ms. */
const MAX_MS = 10_000;
/** Greatest number of scripts that are remembered. */
const MAX_KNOWN = 4096;

/** The actions in each script that was searched, by its address. */
const known = new Map();

/**
 * Searches the scripts that `root` names, a document or an element; default the document. Promises
 * `{ actions, unread }`: the actions, as `{ id, name }`, and the number of scripts that could not be read, or are left
 * for another run. Forms and the props of components show ids without names.
 */
export async function discover(root) {
  const page = scanHtml(root === undefined ? pageText() : (root.documentElement ?? root).outerHTML);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), MAX_MS);
  const load = (url, accept, mode) => fetch(url, { mode, cache: "force-cache", signal: controller.signal });
  try {
    const scripts = () => scriptsOf(ofDocument("baseURI"), page, page, known);
    await search(scripts(), load, (url, actions) => known.size < MAX_KNOWN && known.set(url, actions));
    const unread = scripts().length; // also those that are left for the next run
    const names = new Map([...known.values()].flat().map(([name, id]) => [id, name]));
    const named = [...names].map(([id, name]) => ({ id, name }));
    const others = page.ids.filter((id) => !names.has(id)).map((id) => ({ id }));
    return { actions: [...named, ...others], unread };
  } finally {
    clearTimeout(timer);
  }
}
