const TICK_MS = 10;

/**
 * Calls `act()` in `ms`, by timers one after the other: on a busy machine they come as late as those of the streams and promises that are
 * waited for. Gives the function that stops it.
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
