// For Node: `fetch` does not read files.
import { readFile } from "node:fs/promises";
import { decodeWith, dispatcherWith, encodeWith, initWith, readyWith } from "./lib/api.js";

const source = () => readFile(new URL("./wasm/actionlane_bg.wasm", import.meta.url));
export const createDispatcher = /* @__PURE__ */ dispatcherWith(source);
export const decode = /* @__PURE__ */ decodeWith(source);
export const encode = /* @__PURE__ */ encodeWith(source);
export const ready = /* @__PURE__ */ readyWith(source);
export const init = /* @__PURE__ */ initWith(source);
export { ActionError, isActionError } from "./lib/error.js";
