// The hook `useQueue`: the open calls of a dispatcher. Must return the same list while nothing in it changes.

import { checkFilter } from "./check.js";
import { NONE, useListed } from "./use_listed.js";

export function useQueue(filter, options) {
  if (process.env.NODE_ENV !== "production") checkFilter(filter);
  return useListed(options, filter, NONE, makeSelect);
}

/** Returns a function that selects calls, and returns its last result if that has the same calls. */
function makeSelect() {
  let all, by;
  let found = NONE;
  return (list, filter) => {
    if (list === all && filter === by) return found;
    [all, by] = [list, filter];
    const isWanted = typeof filter === "function" ? filter : (call) => Object.keys(filter ?? {}).every((key) => (filter[key] ?? call[key]) === call[key]);
    const now = list.filter(isWanted);
    if (now.length !== found.length || now.some((call, at) => call !== found[at])) found = now;
    return found;
  };
}
