// The entry without a copy of the wasm in a chunk, otherwise like `index.js`: for bundlers that put every chunk into
// one file, needed or not. Must hold no logic but the places of the wasm.
import { decodeWith, dispatcherWith, encodeWith, initWith, readyWith } from "./lib/exports.js";

// Bundlers recognise `new URL(…, import.meta.url)` only in this form, with a literal name. `at` serves pages that have
// replaced `URL` by something else.
const file = () => at(() => new URL("./wasm/dispatcher_bg.wasm", import.meta.url), "dispatcher_bg.wasm");
const flightFile = () => at(() => new URL("./wasm/flight_bg.wasm", import.meta.url), "flight_bg.wasm");
function at(place, name) {
  try {
    return place();
  } catch {
    return import.meta.url.replace(/[^/]*$/, `wasm/${name}`);
  }
}
const places = {
  dispatcher: [file],
  flight: [flightFile],
  hint: 'serve "actionlane/actionlane.wasm" and "actionlane/flight.wasm" of this version and pass their addresses to init()',
};
export const createDispatcher = /* @__PURE__ */ dispatcherWith(places);
export const decode = /* @__PURE__ */ decodeWith(places);
export const encode = /* @__PURE__ */ encodeWith(places);
export const ready = /* @__PURE__ */ readyWith(places);
export const init = /* @__PURE__ */ initWith(places);
export { ActionError, isActionError } from "./lib/error.js";
