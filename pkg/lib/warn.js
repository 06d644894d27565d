// Words to whoever writes the page. They are loaded with the first that is said.

import { performance } from "./platform.js";

const load = () => import("./words.js");

/** Says that something is not wrong and yet does nothing, by `say(words)`. Not in production. */
export function warn(say) {
  if (!isProduction()) load().then(say, () => {});
}

/** Says that a call holds its lane for long: also in production, where a lane that hangs is news, too. */
export function warnLate(event) {
  const now = performance.now();
  load().then(({ late }) => late(event, now), () => console.warn("actionlane: a call holds its lane for long"));
}

/**
 * A bundler puts a text in the place of the whole expression, also where there is no `process`: `typeof` would ask for
 * one all the same. Where none does and there is no `process`, it is not production.
 */
function isProduction() {
  try {
    return process.env.NODE_ENV === "production";
  } catch {
    return false;
  }
}
