// Reads from the page which app it belongs to: its base path, its build and its deployment.

import { basePathOf, isUnder } from "./base.js";
import { part } from "./part.js";
import { firstPath, ofDocument, pageOrigin, parsed, performance } from "./platform.js";

/** Loads what reads the Flight text that came with the document, and looks actions up in one as deployed later. */
export const loadReader = /* @__PURE__ */ part(() => import("./deployed.js"), "payload", "NETWORK");

// Read at once: Next's own client takes the attribute away as soon as it runs.
const attribute = ofDocument("documentElement")?.dataset?.dplId;

let inScripts;
let basePath;
/** Its scripts tell where the app lies, whatever else comes. */
let isAtRoot = false;

/** The path under which the app lies (`/shop`), as the page says; empty where it does not. */
export function basePathOfPage() {
  const { document, next } = globalThis;
  if (!document) return "";
  // Next's router of before, which pages may still have, says it itself.
  if (typeof next?.router?.basePath === "string") return next.router.basePath;
  if (basePath !== undefined) return basePath;
  const [script] = ownScripts();
  const prefix = script && prefixOf(script);
  const found = prefix === "" ? "" : basePathOf(loadReader.there?.readPushes(inlineScripts()).path, loadedFrom(), prefix);
  if (ofDocument("readyState") === "complete") basePath = found; // no more to come
  return found;
}

/**
 * Sees to what `basePathOfPage()` reads the document with: a promise, where that is to be loaded first. Where it cannot be, the addresses of
 * scripts alone tell.
 */
export function seeBasePath() {
  if (isAtRoot || loadReader.there || !globalThis.document) return undefined;
  const [script] = ownScripts();
  isAtRoot = script && prefixOf(script) === "";
  const isNeeded = !isAtRoot && (ofDocument("readyState") !== "complete" || inlineScripts().some((text) => text.includes("self.__next_f")));
  return isNeeded ? loadReader().catch(() => {}) : undefined;
}

/** Promises which build rendered the page: undefined where a deployment id takes its place. */
export async function buildOfPage() {
  return (await loadReader()).readPushes(inlineScripts()).build;
}

/** The texts of the scripts that are in the document. */
const inlineScripts = () => [...(ofDocument("scripts") ?? [])].filter(({ src }) => !src).map(({ text }) => text ?? "");

/**
 * The deployment that the page is of, as it says: Next 16.3 and later in `data-dpl-id`, which its client moves to a global, Next before in
 * the addresses of its scripts, which may be of another origin. Undefined where the page says nothing, or nothing that a header can hold.
 */
export function deploymentOfPage() {
  return [attribute, globalThis.NEXT_DEPLOYMENT_ID].find(isToken) ?? deploymentInScripts();
}

/** Whether a header can hold it as it is: visible ASCII. */
export function isToken(value) {
  return typeof value === "string" && /^[!-~]+$/.test(value);
}

function deploymentInScripts() {
  if (inScripts !== undefined) return inScripts ?? undefined;
  const own = ownScripts();
  for (const { searchParams } of own.length > 0 ? own : scriptsElsewhere()) {
    const found = searchParams.get("dpl");
    if (isToken(found)) return (inScripts = found);
  }
  if (ofDocument("readyState") === "complete") inScripts = null; // no more to come
  return undefined;
}

/** The addresses of the app's own scripts that are of the page's origin. */
function ownScripts() {
  const own = pageOrigin();
  return scripts().filter(({ origin }) => origin === own);
}

/** Where none are: those of the first prefix there is. A page may hold a part of another app, behind its own. */
function scriptsElsewhere() {
  const [first, ...others] = scripts();
  const same = (url) => url.origin === first.origin && prefixOf(url) === prefixOf(first);
  return first ? [first, ...others.filter(same)] : [];
}

/** The addresses of all scripts of Next.js. */
function scripts() {
  const found = [...(ofDocument("scripts") ?? [])].map(({ src }) => parsed(src));
  return found.filter((url) => url?.pathname.includes("/_next/"));
}

function prefixOf({ pathname }) {
  return pathname.slice(0, pathname.indexOf("/_next/"));
}

/** The path that the document was loaded from, wherever the router has gone since. */
function loadedFrom() {
  const [entry] = performance.getEntriesByType("navigation");
  return parsed(entry?.name)?.pathname ?? firstPath;
}
