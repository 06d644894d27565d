// Counts in the list of a dispatcher's calls. Must do it once for each list, however many components ask.

/** By list, the counts in it. A dispatcher returns the same list until it changes. */
const counted = new WeakMap();

/**
 * Returns, for a lane or for all lanes (undefined), the number of calls that have not settled; for the id of a call,
 * its place among those of its lane that wait to be sent, from 1, or 0 if it does not wait.
 */
export function countIn(list, key) {
  let counts = counted.get(list);
  if (!counts) {
    const waiting = new Map();
    counted.set(list, (counts = new Map()));
    const count = (counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1).get(key);
    for (const { id, lane, state } of list) {
      if (state === "draining") continue;
      count(counts, lane);
      count(counts);
      if (state !== "running") counts.set(id, count(waiting, lane));
    }
  }
  return counts.get(key) ?? 0;
}
