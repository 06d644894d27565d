// For bundlers that do not copy the wasm: it is inside. Built into dist/inline.js.
import { decodeWith, dispatcherWith, encodeWith, initWith, readyWith } from "./lib/api.js";
import wasm from "./wasm/actionlane_bg.wasm";

const source = () => wasm;
export const createDispatcher = /* @__PURE__ */ dispatcherWith(source);
export const decode = /* @__PURE__ */ decodeWith(source);
export const encode = /* @__PURE__ */ encodeWith(source);
export const ready = /* @__PURE__ */ readyWith(source);
export const init = /* @__PURE__ */ initWith(source);
export { ActionError, isActionError } from "./lib/error.js";
