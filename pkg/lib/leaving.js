// Tells when the page is left, and counts the requests that may outlive it.

import { addEventListener, navigator, removeEventListener } from "./platform.js";

/**
 * Tells when the document goes from the window, for good or to be kept as it is, and when one that was kept
 * comes back. Gives the function that ends it.
 */
export function onLeaving({ left, returned }) {
  if (!globalThis.document) return () => {};
  const back = ({ persisted }) => persisted && returned();
  addEventListener("pagehide", left);
  addEventListener("pageshow", back);
  return () => {
    removeEventListener("pagehide", left);
    removeEventListener("pageshow", back);
  };
}

// Firefox (153) keeps a page with an open `keepalive` request, and loses what comes of the answer
// meanwhile: reading it would never end.
export const loses = Boolean(navigator.userAgent?.includes("Firefox/"));
const nothing = () => {};
let outliving = 0;

/**
 * A request that may outlive the page begins (1), or is over (-1): while there is one, a browser that loses
 * its answer must not keep the page.
 */
export function outlives(change) {
  outliving += change;
  if (loses) (outliving > 0 ? addEventListener : removeEventListener)("unload", nothing);
}
