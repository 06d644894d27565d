// Counts the navigations of Next's router from their start on, and reports its refreshes and its state. Must stay
// small: every page of an app loads it.

import { page } from "./page.js";

/** Notes that the user moves on: by a link, by the router, by back or forward, or by a change of the address. */
export function moved() {
  page().moves += 1;
}

/** Notes how the router's state is set in React. `queue.state` is the state as the router knows it. */
export function rendered(queue, setState) {
  page().router = { queue, setState };
}

/** Notes that the router has the page rendered again. */
export function refreshed() {
  page().refreshed?.();
}
