// The entry for pages that want no second request: it contains the wasm of the dispatcher; that of the codec is in a
// chunk. Must hold no logic but the places of the wasm.
import { decodeWith, dispatcherWith, encodeWith, initWith, readyWith } from "./lib/exports.js";
import { bytes } from "./wasm/dispatcher_bytes.js";

const flightChunk = async () => (await import("./wasm/flight_bytes.js")).bytes();
const places = { dispatcher: [bytes], flight: [flightChunk] };
export const createDispatcher = /* @__PURE__ */ dispatcherWith(places);
export const decode = /* @__PURE__ */ decodeWith(places);
export const encode = /* @__PURE__ */ encodeWith(places);
export const ready = /* @__PURE__ */ readyWith(places);
export const init = /* @__PURE__ */ initWith(places);
export { ActionError, isActionError } from "./lib/error.js";
