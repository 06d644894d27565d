// For those who want no second request: the wasm is inside.
import { decodeWith, dispatcherWith, encodeWith, initWith, readyWith } from "./lib/api.js";
import { bytes } from "./wasm/actionlane_bytes.js";

const places = { dispatcher: [bytes] };
export const createDispatcher = /* @__PURE__ */ dispatcherWith(places);
export const decode = /* @__PURE__ */ decodeWith(places);
export const encode = /* @__PURE__ */ encodeWith(places);
export const ready = /* @__PURE__ */ readyWith(places);
export const init = /* @__PURE__ */ initWith(places);
export { ActionError, isActionError } from "./lib/error.js";
