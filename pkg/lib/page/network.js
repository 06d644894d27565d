// Tells if there is a network, as far as a page can know: the browser's `onLine` is a hint, a file of the app that
// answers is a proof. Must never choose a page or an action for the request.

import { sendable } from "./url.js";
import { AbortSignal, addEventListener, clearTimeout, navigator, ofDocument, removeEventListener, setTimeout } from "./globals.js";

const LONGEST_MS = 10_000;

export const isOffline = () => navigator.onLine === false;

/** Calls `back` whenever the browser reports that it is online. Returns a function that ends this. */
export function onOnline(back) {
  addEventListener("online", back);
  return () => removeEventListener("online", back);
}

/**
 * Promises true if a file of the app can be requested: `url`, else a script or style sheet that the page has
 * loaded from its own origin. Promises false if the request fails or takes 10 s, and undefined if there is no
 * such file or `url` is false.
 */
export async function reachable(url, send) {
  const target = url ?? fileOfPage();
  if (!target) return undefined;
  // A `fetch` of the page's own may ignore its signal.
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, LONGEST_MS, false)));
  try {
    const answer = send(target, { method: "HEAD", cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(LONGEST_MS) });
    return await Promise.race([Promise.resolve(answer).then(() => true), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function fileOfPage() {
  const own = (url) => url && sendable(url).startsWith(`${location.origin}/`);
  const [scripts, sheets] = ["scripts", "styleSheets"].map((name) => [...(ofDocument(name) ?? [])]);
  return scripts.map(({ src }) => src).find(own) ?? sheets.map(({ href }) => href).find(own);
}
