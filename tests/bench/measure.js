// Measures several functions in turns, and compares their medians.

/** Milliseconds that one batch takes: far above the clock's resolution. */
const BATCH_MS = 40;
/** Milliseconds that each function runs before it is measured, so that it is compiled by then. */
const WARM_MS = 400;
/** Milliseconds between two batches. */
const PAUSE_MS = 60;

/** Runs `run` `count` times, one after the other. Returns the milliseconds of one run. */
export async function batch(run, count) {
  const started = performance.now();
  for (let at = 0; at < count; at += 1) await run();
  return (performance.now() - started) / count;
}

/** Returns the median of each function, in milliseconds, by name. */
export async function measure(contenders, rounds) {
  const names = Object.keys(contenders);
  const counts = {};
  for (const name of names) {
    const until = performance.now() + WARM_MS;
    let one;
    do one = await batch(contenders[name], 1);
    while (performance.now() < until);
    const some = await batch(contenders[name], Math.max(1, Math.ceil(5 / Math.max(one, 0.001))));
    counts[name] = Math.max(1, Math.ceil(BATCH_MS / Math.max(some, 0.0005)));
  }
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Each function begins equally often, after a pause: one must not pay for the garbage of another.
    for (let at = 0; at < names.length; at += 1) {
      const name = names[(round + at) % names.length];
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      times[name].push(await batch(contenders[name], counts[name]));
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])]));
}

function median(list) {
  const sorted = list.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
