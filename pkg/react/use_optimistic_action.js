// The hook `useOptimisticAction`: applies the inputs of open calls to the current state, in order. Must not keep a state
// of its own: what it shows is made again from the current state at each render.

import { startTransition, useEffect, useState } from "react";
import { useCalls } from "./use_calls.js";

export function useOptimisticAction(action, options) {
  const [shown, at, open] = useCalls(action, options);
  const { currentState, updateFn } = options;
  const [gone, setGone] = useState(0);
  // A call that has succeeded is shown until the current state changes; or else until this transition, which React
  // shows together with a page that the action has revalidated.
  at.kept = (call) => startTransition(() => setGone(call.n));
  const isGone = (call) => call.base && (call.base[0] !== currentState || call.n <= gone);
  useEffect(() => void open(isGone));
  shown.optimisticState = open(() => false).reduce((before, call) => (isGone(call) ? before : updateFn(before, call.input)), currentState);
  return shown;
}
