// For browsers and bundlers: the wasm is a file beside this one. Where that cannot be had (a bundler that moves the one and not the
// other, a server that forbids it), a copy of it in a chunk can.
import { decodeWith, dispatcherWith, encodeWith, initWith, readyWith } from "./lib/api.js";

const file = () => {
  try {
    return new URL("./wasm/actionlane_bg.wasm", import.meta.url); // as it stands here, bundlers know it
  } catch {
    return import.meta.url.replace(/[^/]*$/, "wasm/actionlane_bg.wasm"); // the page has put something else in the place of `URL`
  }
};
const chunk = async () => (await import("./wasm/actionlane_bytes.js")).bytes();
const places = { dispatcher: [file, chunk] };
export const createDispatcher = /* @__PURE__ */ dispatcherWith(places);
export const decode = /* @__PURE__ */ decodeWith(places);
export const encode = /* @__PURE__ */ encodeWith(places);
export const ready = /* @__PURE__ */ readyWith(places);
export const init = /* @__PURE__ */ initWith(places);
export { ActionError, isActionError } from "./lib/error.js";
