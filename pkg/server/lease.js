// Keeps a claim while its call runs: renews the lease each third of it, and aborts a signal when it is lost. Must not
// keep a process alive by its timers. Knows no call and no result.

/** Longest time of a timer. */
const LONGEST = 2_147_483_647;

/**
 * Calls `renew()` each third of `leaseMs`, until `stop()`. Calls `lose(cause)` once: when `renew` returns false, or
 * when it has not returned true for as long as the lease; `cause` is then its last error. The lease counts from
 * `asked`, when it was asked for: the store may have begun it at once, and its answer may have come late. Returns
 * `stop`.
 */
export function keepLease(renew, leaseMs, asked, lose) {
  let beat, end, cause, isOver = false;
  const stop = () => {
    isOver = true;
    clearTimeout(beat);
    clearTimeout(end);
  };
  const isLost = () => {
    stop();
    lose(cause);
  };
  const next = (ms) => (beat = timer(renewed, ms / 3));
  const until = (ms) => {
    clearTimeout(end);
    end = timer(isLost, ms);
  };
  async function renewed() {
    const asked = performance.now();
    let isHeld;
    try {
      isHeld = await renew();
    } catch (error) {
      cause = error;
    }
    if (isOver) return;
    if (isHeld === false) return isLost();
    if (isHeld) until(leaseMs - (performance.now() - asked));
    next(leaseMs);
  }
  const left = leaseMs - (performance.now() - asked);
  // If the answer came later than the lease ends, the store is asked at once.
  until(Math.max(left, leaseMs / 3));
  next(left);
  return stop;
}

function timer(work, ms) {
  const id = setTimeout(work, Math.min(Math.max(ms, 0), LONGEST));
  id.unref?.();
  return id;
}
