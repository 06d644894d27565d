// Loads the scripts of an app that a document names, and searches them for actions. Must not run any of them, nor load
// a script that is not the app's.

import { readerOf } from "../answer/body.js";
import { scanScript } from "./manifest.js";
import { Map, TextDecoder, URL } from "../page/globals.js";

/**
 * `MAX_SCRIPTS`: greatest number of scripts that are searched. `AT_ONCE`: greatest number of them that are fetched
 * at the same time.
 */
const MAX_SCRIPTS = 256;
const AT_ONCE = 6;
/** Most bytes of one document or script. */
const MAX_BYTES = 16 << 20;

/**
 * Searches scripts. `load(url, accept, mode)` promises a `Response`; `found(url, actions)` receives the `[name, id]` in
 * each script. Promises the number of scripts that could not be searched.
 */
export async function search(urls, load, found) {
  let missing = 0;
  const scripts = urls.values();
  const each = async () => {
    for (const script of scripts) {
      try {
        const [, text] = await get(load, script, "*/*", "cors");
        const actions = [];
        scanScript(text, actions);
        found(script, actions);
      } catch {
        missing += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, each));
  return missing;
}

/**
 * Returns the scripts of the app that a document at `at` names, but for those that are `known`, by address. Scripts of
 * another origin count only if the current page loads its own from there.
 */
export function scriptsOf(at, now, here, known) {
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
    if (isOwnScript(script, origin, prefixes) && !met.has(file) && !known?.has(script) && met.size < MAX_SCRIPTS) met.set(file, script);
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
export async function get(load, address, accept, mode) {
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
