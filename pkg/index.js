// For browsers and bundlers: the wasm is a file beside this one. Where that cannot be had (a bundler that moves the one and not the
// other, a server that forbids it), a copy of it in a chunk can.
import { decodeWith, dispatcherWith, encodeWith, initWith, readyWith } from "./lib/api.js";

const file = () => {
  try {
    return new URL("./wasm/dispatcher_bg.wasm", import.meta.url); // as it stands here, bundlers know it
  } catch {
    return beside("dispatcher_bg.wasm"); // the page has put something else in the place of `URL`
  }
};
const flightFile = () => {
  try {
    return new URL("./wasm/flight_bg.wasm", import.meta.url);
  } catch {
    return beside("flight_bg.wasm");
  }
};
const beside = (name) => import.meta.url.replace(/[^/]*$/, `wasm/${name}`);
const chunk = async () => (await import("./wasm/dispatcher_bytes.js")).bytes();
const flightChunk = async () => (await import("./wasm/flight_bytes.js")).bytes();
const places = { dispatcher: [file, chunk], flight: [flightFile, flightChunk] };
export const createDispatcher = /* @__PURE__ */ dispatcherWith(places);
export const decode = /* @__PURE__ */ decodeWith(places);
export const encode = /* @__PURE__ */ encodeWith(places);
export const ready = /* @__PURE__ */ readyWith(places);
export const init = /* @__PURE__ */ initWith(places);
export { ActionError, isActionError } from "./lib/error.js";
