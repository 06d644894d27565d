// For bundlers that do not copy the wasm: it is inside. Built into dist/inline.js.
import { makeApi } from "./lib/api.js";
import wasm from "./wasm/actionlane_bg.wasm";

export const { createDispatcher, decode, encode, ready, init } = makeApi(() => wasm);
export { ActionError, isActionError } from "./lib/error.js";
