// Looks an action up by its name in the page as deployed now: the document, and the scripts of the app that it names.

import { readerOf } from "./body.js";
import { scanHtml, scanScript } from "./finder.js";
import { Map, Set, TextDecoder, URL, pageText } from "./platform.js";

export { dispatcherWith as home } from "./api.js"; // see `part.js`
export { readPushes } from "./pushes.js";

/** So many scripts are looked into, and so many fetched at once. */
const SCRIPTS = 256;
const AT_ONCE = 6;
/** Bytes of one document or script, at most. */
const LARGEST = 16 << 20;

/**
 * Loads the document at `address` and its scripts. `load(url, accept, mode)` gives a promise of a `Response`.
 *
 * Gives `{ find(old, name) }`: the id that takes the place of `old`. Both fail with `{ message }`, a clause
 * that says what could not be had.
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
  // A form shows no names. Where the page has one action and had one, they are the same.
  if (!id && were.length === 1 && are.length === 1 && were[0] === old) id = are[0];
  if (!id) refuse(missing ? `${missing} scripts of the page could not be looked into` : "the page has no action of this name any more");
  if (id === old) refuse("the page still names it so");
  if (!replaces(old, id)) refuse("it takes other arguments now");
  return id;
}

function refuse(message) {
  throw { message };
}

/**
 * Tells whether `id` may be called in the place of `old`, with the same arguments: both have the same info
 * byte, or both have none.
 */
export const replaces = (old, id) =>
  old.length === id.length && (id.length === 40 || old.slice(0, 2).toLowerCase() === id.slice(0, 2).toLowerCase());

/**
 * The scripts of the app that a document at `at` names. Other origins count only where the page at hand has
 * its scripts from.
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
    if (isOwnScript(script, origin, prefixes) && !met.has(file) && met.size < SCRIPTS) met.set(file, script);
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
 * Tells whether a script may be fetched to look into it: it is of the page's own origin, or below `/_next/` of one of
 * these asset prefixes. They are those that the page at hand was loaded with: a new document cannot add to them.
 */
export const isOwnScript = (url, origin, prefixes) =>
  url.startsWith("http") && [`${origin}/`, ...prefixes.map((prefix) => `${prefix}/_next/`)].some((start) => url.startsWith(start));

/** Gives what stands before `/_next/` in the URL of a script of Next.js; undefined in other URLs. */
export const assetPrefix = (url) => /^[^?#]*?(?=\/_next\/)/.exec(url)?.[0];

/** The address that answers, and its text. Rejects where it cannot be had. */
async function get(load, address, accept, mode) {
  const response = await load(address, accept, mode);
  const reader = readerOf(response);
  const decoder = new TextDecoder();
  let text = "";
  let left = response.status < 400 ? LARGEST : -1;
  while (left >= 0) {
    const bytes = await reader.read();
    if (bytes === undefined) return [response.redirected ? response.url : address, text + decoder.decode()];
    left -= bytes?.length ?? Infinity;
    if (left >= 0) text += decoder.decode(bytes, { stream: true });
  }
  reader.cancel()?.catch(() => {});
  throw undefined;
}
