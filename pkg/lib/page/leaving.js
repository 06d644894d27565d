// Notifies the engine when the page is left, and counts the requests that may outlive it. Sends nothing.

import { addEventListener, navigator, removeEventListener } from "./globals.js";

/**
 * Calls `left` when the document leaves the window, for good or for the bfcache, and `returned` when it comes back from
 * the bfcache. Returns a function that ends this.
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

// Firefox (153) puts a page with an open `keepalive` request into the bfcache and loses the bytes that arrive
// meanwhile: reading the answer would never end.
export const losesAnswers = Boolean(navigator.userAgent?.includes("Firefox/"));
const keepFromCache = () => {};
let outliving = 0;

// WebKit (2.50) keeps a page with an open `keepalive` request and drops the answer: `fetch` never settles.
const dropsAnswers = /AppleWebKit\/(?!.*Chrom)/.test(navigator.userAgent);

/** Returns the answer to a request that may outlive the page. Rejects if the page is back without it. */
export function answerOrLoss(answer) {
  if (!dropsAnswers) return answer;
  return new Promise((resolve, reject) => {
    const back = ({ persisted }) => persisted && reject(new TypeError("the page was away, and the browser has dropped the answer"));
    addEventListener("pageshow", back);
    answer.then(resolve, reject).finally(() => removeEventListener("pageshow", back));
  });
}

/**
 * Counts a request that may outlive the page when it begins (1) and when it is over (-1). Meanwhile a browser that
 * loses its answer must not put the page into the bfcache: an `unload` listener prevents it.
 */
export function countOutliving(change) {
  outliving += change;
  if (losesAnswers) (outliving > 0 ? addEventListener : removeEventListener)("unload", keepFromCache);
}
