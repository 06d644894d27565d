// Loads the dispatcher: after hydration if there are policies, at once for a call that needs it. Calls made meanwhile
// wait, in order. Must not import the dispatcher statically.

import { page } from "./page.js";

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

function warnOfFailure(cause) {
  console.warn("actionlane: the dispatcher cannot be loaded, so all actions of this page go Next's own way, without their policies", cause);
}

let isPlanned = false;

/** Loads once the page has loaded and is idle. */
export function loadSoon() {
  if (isPlanned || typeof window === "undefined") return;
  isPlanned = true;
  const whenIdle = () => (window.requestIdleCallback ? window.requestIdleCallback(load, { timeout: 2000 }) : setTimeout(load, 200));
  if (document.readyState === "complete") whenIdle();
  else window.addEventListener("load", whenIdle, { once: true });
}
