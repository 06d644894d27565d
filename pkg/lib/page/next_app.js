// Reads from the document which app the page belongs to: its base path, its build and its deployment. Sends no request
// and changes nothing in the page.

import { basePathOf, isUnder } from "./base_path.js";
import { part } from "../loading/lazy_part.js";
import { firstPath, ofDocument, pageOrigin, parsed, performance } from "./globals.js";

/** Loads the part that reads the Flight text in the document and finds the id of an action in a later deployment. */
export const loadReader = /* @__PURE__ */ part(() => import("../skew/lookup.js"), "payload", "NETWORK");

// Read at import: Next's client removes the attribute as soon as it runs.
const deploymentAttribute = ofDocument("documentElement")?.dataset?.dplId;

let deploymentFound;
let basePath;
/** True once a script's address has shown that the app has no base path. Then the Flight text need not be read. */
let isAtRoot = false;

/** Returns the path under which the app lies (`/shop`) as the page shows it; "" if the page does not show it. */
export function basePathOfPage() {
  const { document, next } = globalThis;
  if (!document) return "";
  // On a page of the Pages Router, the router says it.
  if (typeof next?.router?.basePath === "string") return next.router.basePath;
  if (basePath !== undefined) return basePath;
  const [script] = ownScripts();
  const prefix = script && prefixOf(script);
  const found = prefix === "" ? "" : basePathOf(loadReader.there?.readPushes(inlineScripts()).path, loadedFrom(), prefix);
  if (ofDocument("readyState") === "complete") basePath = found; // no more scripts will be added
  return found;
}

/**
 * Prepares `basePathOfPage()`. Returns a promise if the reader of the Flight text must be loaded first, else undefined.
 * If the reader cannot be loaded, `basePathOfPage()` uses the addresses of scripts alone.
 */
export function seeBasePath() {
  if (isAtRoot || loadReader.there || !globalThis.document) return undefined;
  const [script] = ownScripts();
  isAtRoot = script && prefixOf(script) === "";
  const isNeeded = !isAtRoot && (ofDocument("readyState") !== "complete" || inlineScripts().some((text) => text.includes("self.__next_f")));
  return isNeeded ? loadReader().catch(() => {}) : undefined;
}

/** Promises the id of the build that rendered the page; undefined if the page has a deployment id instead. */
export async function buildOfPage() {
  return (await loadReader()).readPushes(inlineScripts()).build;
}

/** Returns the texts of the inline scripts in the document. */
const inlineScripts = () => [...(ofDocument("scripts") ?? [])].filter(({ src }) => !src).map(({ text }) => text ?? "");

/**
 * Returns the deployment that the page belongs to. Next 16.3 and later write it to `data-dpl-id`, and their client
 * moves it to a global; earlier versions write it to the addresses of scripts, which may be of another origin. Returns
 * undefined if the page has none, or one that a header cannot hold.
 */
export function deploymentOfPage() {
  return [deploymentAttribute, globalThis.NEXT_DEPLOYMENT_ID].find(isToken) ?? deploymentInScripts();
}

/** True if a header can hold the value unchanged: visible ASCII only. */
export function isToken(value) {
  return typeof value === "string" && /^[!-~]+$/.test(value);
}

function deploymentInScripts() {
  if (deploymentFound !== undefined) return deploymentFound ?? undefined;
  const own = ownScripts();
  for (const { searchParams } of own.length > 0 ? own : scriptsElsewhere()) {
    const found = searchParams.get("dpl");
    if (isToken(found)) return (deploymentFound = found);
  }
  if (ofDocument("readyState") === "complete") deploymentFound = null; // no more scripts will be added
  return undefined;
}

/** Returns the addresses of the app's scripts that have the page's origin. */
function ownScripts() {
  const own = pageOrigin();
  return scripts().filter(({ origin }) => origin === own);
}

/**
 * Returns the addresses of the app's scripts if none has the page's origin: those with the origin and prefix of the
 * first. A page may contain a part of another app, whose scripts come later.
 */
function scriptsElsewhere() {
  const [first, ...others] = scripts();
  const same = (url) => url.origin === first.origin && prefixOf(url) === prefixOf(first);
  return first ? [first, ...others.filter(same)] : [];
}

/** Returns the addresses of all scripts of Next.js in the document. */
function scripts() {
  const found = [...(ofDocument("scripts") ?? [])].map(({ src }) => parsed(src));
  return found.filter((url) => url?.pathname.includes("/_next/"));
}

function prefixOf({ pathname }) {
  return pathname.slice(0, pathname.indexOf("/_next/"));
}

/** Returns the path that the document was loaded from; the router may have changed the address since. */
function loadedFrom() {
  const [entry] = performance.getEntriesByType("navigation");
  return parsed(entry?.name)?.pathname ?? firstPath;
}
