// Words to whoever writes the page, where something is not wrong and yet does nothing. None in production.

import { Set } from "./platform.js";

const said = new Set();

/** So many things are said: some hold a name that the page makes up for each call. */
const MOST = 100;

/** Warns once a page of each thing. */
export function warnOnce(message) {
  if (said.size >= MOST || isProduction() || said.has(message)) return;
  said.add(message);
  console.warn(`actionlane: ${message}`);
}

/**
 * A bundler puts a text in the place of the whole expression, also where there is no `process`: `typeof` would ask for one all the same. Where
 * none does and there is no `process`, it is not production.
 */
function isProduction() {
  try {
    return process.env.NODE_ENV === "production";
  } catch {
    return false;
  }
}
