// The entry for Cloudflare Workers, which compile no wasm at run time: the wasm is a module of the worker. Must hold no
// logic but the places of the wasm.
import { decodeWith, dispatcherWith, encodeWith, initWith, readyWith } from "./lib/exports.js";
import dispatcher from "./wasm/dispatcher_bg.wasm";
import flight from "./wasm/flight_bg.wasm";

const places = { dispatcher: [() => dispatcher], flight: [() => flight] };
export const createDispatcher = /* @__PURE__ */ dispatcherWith(places);
export const decode = /* @__PURE__ */ decodeWith(places);
export const encode = /* @__PURE__ */ encodeWith(places);
export const ready = /* @__PURE__ */ readyWith(places);
export const init = /* @__PURE__ */ initWith(places);
export { ActionError, isActionError } from "./lib/error.js";
