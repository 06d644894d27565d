"use cache";

import { state } from "../state";

/** A cached function: the same value for the same `key`. Its id marks it as cached. */
export async function cachedNow(key) {
  return { key, computed: (state().computed += 1) };
}
