// As index.js, without the copy of the wasm in a chunk: for bundlers that put everything into one file, whether it is needed or not.
import { decodeWith, dispatcherWith, encodeWith, initWith, readyWith } from "./lib/api.js";

// As they stand here, bundlers know them. The last is for pages that have put something else in the place of `URL`.
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
