// Tells whether the user has moved on: to another path, or by a navigation of Next's router. It is told here and not in Rust, because calls are
// made before the wasm is there. docs/redirects.md has the whole table.

import { addEventListener, queueMicrotask } from "./platform.js";

let number = 0;
let at = {};
let watched = false;
/** The browser tells of each change of the address and its state, as it happens. */
let told = false;
let sent;

/** The number of the visit that the user is on: another one once they have moved on. */
export function visit() {
  if (!watched && globalThis.document) watch();
  if (!told) look();
  return number;
}

/** The user is sent there because of an answer: that is no move of their own. */
export function sentTo(url) {
  sent = url;
}

/**
 * Tells whether that is another visit: `before` and `now` are `{ href, state }`, the address and `history.state`. The page itself may write another
 * query or hash, or a state of its own. Next's router writes its tree beside the address, and copies it into what the page writes.
 */
export function isMove(before, now) {
  if (pathOf(before.href) !== pathOf(now.href)) return true;
  // A tree that changes where the address does not is a refresh.
  if (before.href === now.href) return false;
  const [from, to] = [before, now].map(({ state }) => routeOf(state));
  return from !== undefined && to !== undefined && from !== to;
}

function watch() {
  watched = true;
  // Next's router goes back and forward to what it has marked.
  addEventListener("popstate", ({ state }) => {
    look();
    if (state?.__NA) number += 1;
  });
  // Without the Navigation API (before Firefox 147, Safari 26.2) a page that was left and come back to between two looks is not seen.
  const { navigation } = globalThis;
  // An element of this name, or a variable of the page's, is none.
  if (Object.prototype.toString.call(navigation) === "[object Navigation]") {
    navigation.addEventListener("currententrychange", look);
    look();
    told = true;
  }
  navigation?.addEventListener?.("navigate", (event) => queueMicrotask(() => isLeaving(event) && (number += 1)));
}

function look() {
  const now = { href: globalThis.location?.href, state: globalThis.history?.state };
  if (now.href === at.href && now.state === at.state) return;
  if (isMove(at, now)) number += 1;
  at = now;
}

/** Whether another document takes the place of this one, by the user's own doing. */
function isLeaving({ destination: { url, sameDocument }, navigationType, downloadRequest, formData, defaultPrevented }) {
  const stays = sameDocument || navigationType === "reload" || downloadRequest != null || defaultPrevented;
  return !stays && url !== sent && (formData != null || url !== location.href) && /^https?:/.test(url);
}

const pathOf = (href) => href?.split(/[?#]/, 1)[0];

/** Which route the router shows, as text; undefined where it has left no tree. What else a tree holds changes with each refresh. */
function routeOf(state) {
  const kept = state?.__PRIVATE_NEXTJS_INTERNALS_TREE;
  const tree = kept?.tree ?? kept;
  const segments = ([segment, slots]) => [segment, Object.entries(slots).map(([slot, inner]) => [slot, segments(inner)])];
  try {
    return Array.isArray(tree) ? JSON.stringify([segments(tree), kept.renderedSearch]) : undefined;
  } catch {
    return undefined; // of a form that no known version has
  }
}
