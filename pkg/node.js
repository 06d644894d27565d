// For Node: `fetch` does not read files, and bundlers for servers move them. A chunk is where its importer looks for it. For what is
// transpiled to CommonJS as well, as test runners do: there is no `import.meta` there.
import { decodeWith, dispatcherWith, encodeWith, initWith, readyWith } from "./lib/api.js";

const chunk = async () => (await import("./wasm/dispatcher_bytes.js")).bytes();
const flightChunk = async () => (await import("./wasm/flight_bytes.js")).bytes();
const places = { dispatcher: [chunk], flight: [flightChunk] };
export const createDispatcher = /* @__PURE__ */ dispatcherWith(places);
export const decode = /* @__PURE__ */ decodeWith(places);
export const encode = /* @__PURE__ */ encodeWith(places);
export const ready = /* @__PURE__ */ readyWith(places);
export const init = /* @__PURE__ */ initWith(places);
export { ActionError, isActionError } from "./lib/error.js";
