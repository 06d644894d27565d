// For browsers and bundlers: the wasm is a file beside this one.
import { makeApi } from "./lib/api.js";

export const { createDispatcher, decode, encode, ready, init } = makeApi(() => new URL("./wasm/actionlane_bg.wasm", import.meta.url));
export { ActionError, isActionError } from "./lib/error.js";
