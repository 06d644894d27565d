// Warns the developer of the page on the console. `texts.js`, which has the texts, is loaded with the first warning;
// must not import it statically.

import { performance } from "./page/globals.js";

const load = () => import("./warnings/texts.js");

/** Warns about options that are valid but have no effect, by `say(words)`. Does nothing in production. */
export function warn(say) {
  if (!isProduction()) load().then(say, () => {});
}

/** Warns that a call has held its lane for long. In production too: a lane that hangs matters there. */
export function warnLate(event) {
  const now = performance.now();
  load().then(({ late }) => late(event, now), () => console.warn("actionlane: a call holds its lane for long"));
}

/**
 * True in production. Bundlers replace the whole expression by a string, also for browsers, which have no `process`; a
 * test by `typeof process` would fail there. Without a bundler and without `process`, it is not production.
 */
function isProduction() {
  try {
    return process.env.NODE_ENV === "production";
  } catch {
    return false;
  }
}
