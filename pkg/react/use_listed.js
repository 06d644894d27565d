// Reads the list of a dispatcher's calls for components. Must not load a dispatcher: without one there are no calls.

import { useState, useSyncExternalStore } from "react";
import { seam } from "./seam.js";

export const NONE = [];

/**
 * Returns `read(list, key)` for the calls of a dispatcher; without one, for those of the page's, once it is loaded.
 * `makeRead()` makes the function, once for each component. `none`: what it returns for an empty list.
 */
export function useListed({ dispatcher } = {}, key, none, makeRead) {
  const [read] = useState(makeRead);
  const look = () => read((dispatcher ?? seam().lanes?.dispatcher)?.snapshot() ?? NONE, key);
  return useSyncExternalStore(dispatcher?.subscribe ?? listen, look, () => none);
}

/** Listens to the page's dispatcher, also if it is loaded later. */
function listen(listener) {
  const state = seam();
  let end;
  const begin = () => (end = state.lanes.dispatcher.subscribe(listener));
  if (state.lanes) begin();
  else state.watchers?.add(begin);
  return () => {
    state.watchers?.delete(begin);
    end?.();
  };
}
