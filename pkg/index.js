// For browsers and bundlers: the wasm is a file beside this one. Where that cannot be had (a bundler that moves the one and not the
// other, a server that forbids it), a copy of it in a chunk can.
import { decodeWith, dispatcherWith, encodeWith, initWith, readyWith } from "./lib/api.js";

/** The file that `make` gives; where the page has put something else in the place of `URL`, that of this name beside the entry. */
const file = (name, make) => () => {
  try {
    return make();
  } catch {
    return import.meta.url.replace(/[^/]*$/, `wasm/${name}_bg.wasm`);
  }
};
// As they stand here, bundlers know them.
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
