"use cache";

import { state } from "../state";

/** A cached function: the same answer for the same `key`, and an id that says so. */
export async function cachedNow(key) {
  return { key, computed: (state().computed += 1) };
}
