// Timers that are late on a busy machine only as much as the streams that are tested.
const TICK_MS = 10;

/**
 * Calls `act()` after `ms`, by a chain of short timers: on a busy machine they are as late as those of the streams
 * and promises that a test waits for. Returns a function that stops it.
 */
export function later(ms, act) {
  let left = ms / TICK_MS;
  let timer;
  const next = () => {
    left -= 1;
    timer = left > 0 ? setTimeout(next, TICK_MS) : act();
  };
  timer = setTimeout(next, TICK_MS);
  return () => clearTimeout(timer);
}
