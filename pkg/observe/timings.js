// Finds the Resource Timing of the observed requests. Listens for it instead of reading the browser's list, which ends
// when it is full. Must not need it: some pages hide it.

import { PerformanceObserver, attempt } from "./page.js";

/** Tolerance between the clock of the page and that of Resource Timing, in ms. */
const ROUNDING = 1;

/** Calls `found(timing)` for each finished `fetch`. Returns a function that ends it; undefined if there are none. */
export function listen(found) {
  return attempt(() => {
    const observer = new PerformanceObserver((list) => {
      for (const timing of list.getEntries()) if (timing.initiatorType === "fetch") found(timing);
    });
    observer.observe({ type: "resource" });
    return () => observer.disconnect();
  });
}

/**
 * Returns the record that a timing belongs to. Of several at the same address, that whose start and head are nearest.
 */
export function recordOf(records, { name, startTime, responseStart }) {
  let best;
  let least = Infinity;
  for (const record of records) {
    const { entry: { start, head, end }, url, isTimed } = record;
    // Not a number before the head: a timing comes later.
    const distance = startTime - start + Math.abs((head ?? end) - (responseStart || startTime));
    if (!isTimed && url === name.split("#", 1)[0] && start <= startTime + ROUNDING && distance <= least) [best, least] = [record, distance];
  }
  return best;
}

/** Returns the values that a timing adds to an entry. Those of another origin are 0 without its permission. */
export function valuesOf({ responseStart, responseEnd, encodedBodySize }) {
  return { firstByte: responseStart || undefined, end: responseEnd || undefined, size: encodedBodySize || undefined };
}
