// The entry of `actionlane/next` for browsers: policies and options of actions. Must not import Next, nor the
// dispatcher, which is loaded later.

import { load } from "./run/late.js";

export { isActionError } from "../lib/error.js";
export { configureActions } from "./run/policies.js";
export { withOptions } from "./run/with_options.js";

/** Promises the dispatcher of the page's actions; undefined if it cannot be loaded. */
export async function getDispatcher() {
  return (await load())?.dispatcher;
}

export function withActionlane() {
  throw new Error("withActionlane() belongs in next.config, not in the browser");
}
