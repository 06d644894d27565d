// Counts the visits of the user: a new one begins with another path, or with a navigation of Next's router. It
// is counted here and not in Rust, because calls are made before the wasm is loaded. docs/redirects.md has the
// whole table. Must not navigate.

import { addEventListener, queueMicrotask } from "./globals.js";

let number = 0;
let lastSeen = {};
let watched = false;
/** True if the browser reports each change of the address and its state at once. */
let browserReportsChanges = false;
let lastRedirect;

/** Returns the number of the user's current visit. It changes once the user has moved on. */
export function visit() {
  if (!watched && globalThis.document) watch();
  if (!browserReportsChanges) noteAddress();
  return number;
}

/** Notes that an answer sends the user to `url`, which is no move of their own. */
export function noteRedirect(url) {
  lastRedirect = url;
}

/**
 * Tells if `now` is another visit than `before`; each is `{ href, state }`, the address and `history.state`. The page
 * itself may change the query, the hash or the state. Next's router writes its tree into the state, and copies it into
 * the states that the page writes.
 */
export function isMove(before, now) {
  if (pathOf(before.href) !== pathOf(now.href)) return true;
  // Another tree at the same address is a refresh.
  if (before.href === now.href) return false;
  const [from, to] = [before, now].map(({ state }) => routeOf(state));
  return from !== undefined && to !== undefined && from !== to;
}

function watch() {
  watched = true;
  // Next's router marks its entries with `__NA`; going back or forward to one is a navigation.
  addEventListener("popstate", ({ state }) => {
    noteAddress();
    if (state?.__NA) number += 1;
  });
  // Without the Navigation API (before Firefox 147, Safari 26.2), leaving a page and returning between two
  // looks is missed.
  const { navigation } = globalThis;
  // An element or a variable may have the name `navigation`.
  if (Object.prototype.toString.call(navigation) === "[object Navigation]") {
    navigation.addEventListener("currententrychange", noteAddress);
    noteAddress();
    browserReportsChanges = true;
  }
  navigation?.addEventListener?.("navigate", (event) => queueMicrotask(() => isLeaving(event) && (number += 1)));
}

function noteAddress() {
  const now = { href: globalThis.location?.href, state: globalThis.history?.state };
  if (now.href === lastSeen.href && now.state === lastSeen.state) return;
  if (isMove(lastSeen, now)) number += 1;
  lastSeen = now;
}

/** True if the user's own action replaces this document by another. */
function isLeaving({ destination: { url, sameDocument }, navigationType, downloadRequest, formData, defaultPrevented }) {
  const stays = sameDocument || navigationType === "reload" || downloadRequest != null || defaultPrevented;
  return !stays && url !== lastRedirect && (formData != null || url !== location.href) && /^https?:/.test(url);
}

const pathOf = (href) => href?.split(/[?#]/, 1)[0];

/**
 * Returns the route that the router shows, as text; undefined if it has left no tree. The rest of a tree is ignored,
 * because it changes with each refresh.
 */
function routeOf(state) {
  const kept = state?.__PRIVATE_NEXTJS_INTERNALS_TREE;
  const tree = kept?.tree ?? kept;
  const segments = ([segment, slots]) => [segment, Object.entries(slots).map(([slot, inner]) => [slot, segments(inner)])];
  try {
    return Array.isArray(tree) ? JSON.stringify([segments(tree), kept.renderedSearch]) : undefined;
  } catch {
    return undefined; // a shape that no known version has
  }
}
