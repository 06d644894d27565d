// The hook `useOptimisticAction`: applies the inputs of open calls to the current state, in order. Must not keep a
// state of its own: what it shows is made again from the current state at each render.

import { useDeferredValue, useEffect } from "react";
import { useCalls } from "./use_calls.js";

export function useOptimisticAction(action, options) {
  const [shown, at, open] = useCalls(action, options);
  const { currentState, updateFn } = options;
  at.kept ??= 0;
  // A call that has succeeded is shown until the current state changes; or else until its transition has ended, and
  // React has rendered all others, which may bring the page of the action: deferred values come last.
  const gone = useDeferredValue(at.kept);
  const isOpen = ({ base, n }) => !base || (base[0] === currentState && (n > gone || shown.isTransitioning));
  useEffect(() => void open(isOpen));
  shown.optimisticState = open(() => true).filter(isOpen).reduce((before, { input }) => updateFn(before, input), currentState);
  return shown;
}
