// Keeps what of decoded values is still to come, so that it fails where the codec does.

import { Set } from "./platform.js";

/** Promises, lazy values, streams and iterables that wait for rows: each has `fail(error)`. */
export const pending = new Set();

/** The codec has failed: nothing more comes. */
export function failAll(makeError) {
  const all = [...pending];
  pending.clear();
  for (const one of all) {
    try {
      one.fail(makeError());
    } catch {
      // The page has done away with it.
    }
  }
}
