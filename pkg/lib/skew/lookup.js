// Finds an action by its name in the page as it is deployed now: in its document, and in the scripts of the app
// that it names. Must not run any of them.

import { scanHtml } from "./manifest.js";
import { get, scriptsOf, search } from "./search.js";
import { Set, pageText } from "../page/globals.js";

export { dispatcherWith as home } from "../exports.js"; // see `lazy_part.js`
export { readPushes } from "./inline_scripts.js";

/**
 * Loads the document at `address` and its scripts. `load(url, accept, mode)` promises a `Response`.
 *
 * Promises `{ find(old, name) }`, which returns the id that replaces `old`. Both fail with `{ message }`: a
 * clause that says what is missing.
 */
export async function look(address, load) {
  const [at, text] = await get(load, address, "text/html", "same-origin").catch(() => refuse("the page could not be loaded"));
  const now = scanHtml(text);
  const here = scanHtml(pageText());
  const found = [];
  const missing = await search(scriptsOf(at, now, here), load, (_, actions) => found.push(...actions));
  return { find: (old, name) => find(old, name, found, [here.ids, now.ids], missing) };
}

function find(old, name, found, [were, are], missing) {
  if (name === "default") refuse("`default` is the name of every default export");
  const named = new Set(found.filter(([exported]) => exported === name).map(([, id]) => id));
  let [id] = named;
  if (named.size > 1) refuse("the page has several actions of this name now");
  // Forms show no names. If the page had one action and has one, it is the same.
  if (!id && were.length === 1 && are.length === 1 && were[0] === old) id = are[0];
  if (!id) refuse(missing ? `${missing} scripts of the page could not be searched` : "the page has no action of this name any more");
  if (id === old) refuse("the page still has this id");
  if (!replaces(old, id)) refuse("it takes other arguments now");
  return id;
}

function refuse(message) {
  throw { message };
}

/**
 * True if `id` may be called instead of `old` with the same arguments: both have the same info byte, or neither
 * has one.
 */
export const replaces = (old, id) =>
  old.length === id.length && (id.length === 40 || old.slice(0, 2).toLowerCase() === id.slice(0, 2).toLowerCase());
