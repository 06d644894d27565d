// The network, as far as a page can tell: the browser's word is a hint, a file of the app that can be had is a proof.

import { sendable } from "./address.js";
import { AbortSignal, addEventListener, clearTimeout, navigator, ofDocument, removeEventListener, setTimeout } from "./platform.js";

const LONGEST_MS = 10_000;

export const isOffline = () => navigator.onLine === false;

/** Calls `back` whenever the browser says that there is a network. Gives what ends that. */
export function onOnline(back) {
  addEventListener("online", back);
  return () => removeEventListener("online", back);
}

/**
 * Whether a file of the app can be had: `url`, or else a script or style sheet that the page has loaded from its own origin; never a page
 * or an action. A promise of `undefined` where there is none, or none is to be asked for.
 */
export async function reachable(url, send) {
  const asked = url ?? fileOfPage();
  if (!asked) return undefined;
  // A `fetch` of the page's own may not look at its signal.
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, LONGEST_MS, false)));
  try {
    const asking = send(asked, { method: "HEAD", cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(LONGEST_MS) });
    return await Promise.race([Promise.resolve(asking).then(() => true), late]);
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
