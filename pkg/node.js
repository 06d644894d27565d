// The entry for Node.js. The wasm is a chunk of JavaScript: `fetch` of Node.js reads no files, and bundlers for
// servers move files but keep imports working. Must not use `import.meta`: test runners may transpile this file
// to CommonJS, which has none.
import { decodeWith, dispatcherWith, encodeWith, initWith, readyWith } from "./lib/exports.js";

const chunk = async () => (await import("./wasm/dispatcher_bytes.js")).bytes();
const flightChunk = async () => (await import("./wasm/flight_bytes.js")).bytes();
const places = { dispatcher: [chunk], flight: [flightChunk] };
export const createDispatcher = /* @__PURE__ */ dispatcherWith(places);
export const decode = /* @__PURE__ */ decodeWith(places);
export const encode = /* @__PURE__ */ encodeWith(places);
export const ready = /* @__PURE__ */ readyWith(places);
export const init = /* @__PURE__ */ initWith(places);
export { ActionError, isActionError } from "./lib/error.js";
