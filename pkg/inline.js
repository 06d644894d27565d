// For those who want no second request: the wasm is inside.
import { makeApi } from "./lib/api.js";
import { bytes } from "./wasm/actionlane_bytes.js";

export const { createDispatcher, decode, encode, ready, init } = makeApi({ dispatcher: [bytes] });
export { ActionError, isActionError } from "./lib/error.js";
