// Loads the dispatcher: after hydration if there are policies, at once for a call that needs it. Calls made meanwhile
// wait, in order. Must not import the dispatcher statically.

import { page, seamOfPage } from "./page.js";

/** Promises the lanes; undefined if they cannot be loaded, then every action goes Next's own way. */
export function load() {
  const state = page();
  state.loading ??= import("./lanes.js")
    .then(({ open }) => open(state.options))
    .then((lanes) => {
      state.lanes = lanes;
      for (const watch of state.watchers) watch();
      return lanes;
    }, warnOfFailure);
  return state.loading;
}

/** Loads the names that the build wrote to `address`, once. Needs no dispatcher. Never rejects. */
export function loadNames(address) {
  const state = page();
  state.naming ??= import("./known_names.js")
    .then(({ learnNames }) => learnNames(address))
    .catch((cause) => {
      state.files = new Map();
      console.warn("actionlane: the names of actions could not be loaded, so policies reach only actions that a page imports, by their name", cause);
    });
  return state.naming;
}

function warnOfFailure(cause) {
  console.warn("actionlane: the dispatcher cannot be loaded, so all actions of this page go Next's own way, without their policies", cause);
}

let isPlanned = false;

/** Loads once the page has loaded and is idle, if actions can be called in it: pages of the pages router have none. */
export function loadSoon() {
  if (isPlanned || typeof window === "undefined") return;
  isPlanned = true;
  const start = () => {
    const names = seamOfPage();
    if (!names) return;
    load();
    const { policies } = page();
    const mayNeedNames = typeof policies === "function" || Object.keys(policies).some((key) => key.includes("#"));
    if (mayNeedNames) loadNames(names === true ? undefined : names);
  };
  const whenIdle = () => (window.requestIdleCallback ? window.requestIdleCallback(start, { timeout: 2000 }) : setTimeout(start, 200));
  if (document.readyState === "complete") whenIdle();
  else window.addEventListener("load", whenIdle, { once: true });
}
