// Says in development what is wrong with the options of a hook. Must not be part of a page in production.

import { nearest } from "../lib/options/did_you_mean.js";

const OPTIONS = [
  "call",
  "dispatcher",
  "initResult",
  "throwOnNavigation",
  "abortOnUnmount",
  "onExecute",
  "onSuccess",
  "onError",
  "onNavigation",
  "onSettled",
  "currentState",
  "updateFn",
];
const PROPERTIES = ["id", "actionId", "name", "lane", "state"];
const said = new Set();

/** Warns once of each text. */
export function warn(text) {
  if (!said.has(text)) console.warn(`actionlane/react: ${text}`);
  said.add(text);
}

/** Looks at the options of `useAction` and `useOptimisticAction`. */
export function checkOptions(options) {
  compare(options, OPTIONS, "a hook has no option", "; options of a call belong into the option call");
  if (options.call?.signal !== undefined) warn("the option call takes no signal: abort by what the hook returns");
}

/** Looks at the filter of `useQueue`, and at the lane of `usePendingCount`. */
export function checkFilter(filter) {
  if (typeof filter === "object" && filter !== null) compare(filter, PROPERTIES, "a call has no property", "");
}

export function checkLane(lane) {
  if (lane !== undefined && typeof lane !== "string") warn("usePendingCount expects the name of a lane");
}

function compare(given, known, fault, help) {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    warn(`${fault} ${JSON.stringify(name)}${near === undefined ? help : `; did you mean ${JSON.stringify(near)}?`}`);
  }
}
