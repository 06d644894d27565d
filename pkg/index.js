// The entry for browsers and bundlers. The wasm is a file beside this one. If that cannot be loaded (a bundler
// moved this file only, a server forbids it), a copy in a JavaScript chunk is used. Must hold no logic but the
// places of the wasm.
import { decodeWith, dispatcherWith, encodeWith, initWith, readyWith } from "./lib/exports.js";

/**
 * Returns the address that `make` gives. If the page has replaced `URL` by something else, returns the address
 * of that file beside this entry.
 */
const file = (name, make) => () => {
  try {
    return make();
  } catch {
    return import.meta.url.replace(/[^/]*$/, `wasm/${name}_bg.wasm`);
  }
};
// Bundlers recognise `new URL(…, import.meta.url)` and `import(…)` only in this form, with literal names.
const dispatcher = /* @__PURE__ */ file("dispatcher", () => new URL("./wasm/dispatcher_bg.wasm", import.meta.url));
const flight = /* @__PURE__ */ file("flight", () => new URL("./wasm/flight_bg.wasm", import.meta.url));
const chunk = async () => (await import("./wasm/dispatcher_bytes.js")).bytes();
const flightChunk = async () => (await import("./wasm/flight_bytes.js")).bytes();
const places = { dispatcher: [dispatcher, chunk], flight: [flight, flightChunk] };
export const createDispatcher = /* @__PURE__ */ dispatcherWith(places);
export const decode = /* @__PURE__ */ decodeWith(places);
export const encode = /* @__PURE__ */ encodeWith(places);
export const ready = /* @__PURE__ */ readyWith(places);
export const init = /* @__PURE__ */ initWith(places);
export { ActionError, isActionError } from "./lib/error.js";
