// For those who want no second request: the wasm of the dispatcher is inside, that of the codec in a chunk.
import { decodeWith, dispatcherWith, encodeWith, initWith, readyWith } from "./lib/api.js";
import { bytes } from "./wasm/dispatcher_bytes.js";

const flightChunk = async () => (await import("./wasm/flight_bytes.js")).bytes();
const places = { dispatcher: [bytes], flight: [flightChunk] };
export const createDispatcher = /* @__PURE__ */ dispatcherWith(places);
export const decode = /* @__PURE__ */ decodeWith(places);
export const encode = /* @__PURE__ */ encodeWith(places);
export const ready = /* @__PURE__ */ readyWith(places);
export const init = /* @__PURE__ */ initWith(places);
export { ActionError, isActionError } from "./lib/error.js";
