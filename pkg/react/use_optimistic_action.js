// The hook `useOptimisticAction`: applies the inputs of open calls to the current state, in order. Must not keep a
// state of its own: what it shows is made again from the current state at each render.

import { startTransition, useEffect, useState } from "react";
import { useCalls } from "./use_calls.js";

export function useOptimisticAction(action, options) {
  const [shown, at, open] = useCalls(action, options);
  const { currentState, updateFn } = options;
  const [gone, setGone] = useState(0);
  // A call that has succeeded is shown until the current state changes, or its transition has ended. One later than
  // that: React renders a new transition before those that have waited for data, as the page of the action may have.
  at.kept = (call) => setTimeout(() => startTransition(() => setGone(call.n)));
  const isOpen = ({ base, n }) => !base || (base[0] === currentState && (n > gone || shown.isTransitioning));
  useEffect(() => void open(isOpen));
  shown.optimisticState = open(() => true).filter(isOpen).reduce((before, { input }) => updateFn(before, input), currentState);
  return shown;
}
