/** Calls `act(reason)` when the signal aborts, at once if it has. Gives the function that takes the listener away again. */
export function onAbort(signal, act) {
  if (!signal) return () => {};
  if (signal.aborted) {
    act(signal.reason);
    return () => {};
  }
  const listener = () => act(signal.reason);
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}

/** One signal that aborts with the first of several, also while a body is read long after the head. */
export function anyOf(signals) {
  const given = signals.filter(Boolean);
  if (given.length === 1) return given[0];
  if (AbortSignal.any) return AbortSignal.any(given);
  // Chrome before 116, Firefox before 124, Safari before 17.4: the listeners stay as long as the signals do.
  const controller = new AbortController();
  for (const signal of given) onAbort(signal, (reason) => controller.abort(reason));
  return controller.signal;
}
