// Finds an action by its name in the page as it is deployed now: in its document, and in the scripts of the app
// that it names. Must not run any of them.

import { readerOf } from "../answer/body.js";
import { scanHtml, scanScript } from "./manifest.js";
import { Map, Set, TextDecoder, URL, pageText } from "../page/globals.js";

export { dispatcherWith as home } from "../exports.js"; // see `lazy_part.js`
export { readPushes } from "./inline_scripts.js";

/**
 * `MAX_SCRIPTS`: greatest number of scripts that are searched. `AT_ONCE`: greatest number of them that are fetched
 * at the same time.
 */
const MAX_SCRIPTS = 256;
const AT_ONCE = 6;
/** Most bytes of one document or script. */
const MAX_BYTES = 16 << 20;

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
  let missing = 0;
  const scripts = scriptsOf(at, now, here).values();
  const each = async () => {
    for (const script of scripts) {
      try {
        const [, text] = await get(load, script, "*/*", "cors");
        scanScript(text, found);
      } catch {
        missing += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, each));
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

/**
 * Returns the scripts of the app that a document at `at` names. Scripts of another origin count only if the current
 * page loads its own from there.
 */
function scriptsOf(at, now, here) {
  const absolute = (urls) => urls.map((url) => absolutely(url, at)).filter(Boolean);
  const prefixesOf = (urls) => urls.map(assetPrefix).filter((prefix) => prefix !== undefined);
  const origin = absolutely("/", at)?.slice(0, -1);
  const prefixes = prefixesOf(absolute(here.scripts));
  const scripts = absolute(now.scripts);
  const [own = origin] = prefixesOf(scripts);
  scripts.push(...absolute(now.chunks.map((chunk) => (chunk.startsWith("static/") ? `${own}/_next/${chunk}` : chunk))));
  const met = new Map();
  for (const script of scripts) {
    const [file] = script.split(/[?#]/, 1);
    if (isOwnScript(script, origin, prefixes) && !met.has(file) && met.size < MAX_SCRIPTS) met.set(file, script);
  }
  return [...met.values()];
}

function absolutely(url, at) {
  try {
    return new URL(url, at).href;
  } catch {
    return undefined;
  }
}

/**
 * True if a script may be fetched and searched: it is of the page's own origin, or below `/_next/` of one of these
 * asset prefixes. The prefixes are those of the current page; the new document cannot add any.
 */
export const isOwnScript = (url, origin, prefixes) =>
  url.startsWith("http") && [`${origin}/`, ...prefixes.map((prefix) => `${prefix}/_next/`)].some((start) => url.startsWith(start));

/** Returns the part before `/_next/` in the URL of a script of Next.js; undefined for another URL. */
export const assetPrefix = (url) => /^[^?#]*?(?=\/_next\/)/.exec(url)?.[0];

/** Promises the URL that answered, and its text. Rejects if it cannot be loaded. */
async function get(load, address, accept, mode) {
  const response = await load(address, accept, mode);
  const reader = readerOf(response);
  const decoder = new TextDecoder();
  let text = "";
  let left = response.status < 400 ? MAX_BYTES : -1;
  while (left >= 0) {
    const bytes = await reader.read();
    if (bytes === undefined) return [response.redirected ? response.url : address, text + decoder.decode()];
    left -= bytes?.length ?? Infinity;
    if (left >= 0) text += decoder.decode(bytes, { stream: true });
  }
  reader.cancel()?.catch(() => {});
  throw undefined;
}
