// For browsers and bundlers: the wasm is a file beside this one.
import { makeApi } from "./lib/api.js";

export const { createDispatcher, decode, encode, ready, init } = makeApi(() => {
  try {
    return new URL("./wasm/actionlane_bg.wasm", import.meta.url); // as it stands here, bundlers know it
  } catch {
    return import.meta.url.replace(/[^/]*$/, "wasm/actionlane_bg.wasm"); // the page has put something else in the place of `URL`
  }
});
export { ActionError, isActionError } from "./lib/error.js";
