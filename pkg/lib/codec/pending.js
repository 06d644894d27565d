// Holds the unfinished parts of decoded values, so that they fail if the codec does. Knows no rows.

import { Set } from "../page/globals.js";

/** Promises, lazy values, streams and iterables that wait for rows; each has `fail(error)`. */
export const pending = new Set();

/** Fails all of them, when the codec has failed. */
export function failAll(makeError) {
  const all = [...pending];
  pending.clear();
  for (const one of all) {
    try {
      one.fail(makeError());
    } catch {
      // The page may have broken the stream.
    }
  }
}
