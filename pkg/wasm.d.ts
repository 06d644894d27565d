/**
 * Types of `actionlane/actionlane.wasm` and `actionlane/flight.wasm`. The bundler decides what importing them gives: an
 * address, the bytes, or a module. `init` takes each of them.
 */
declare const file: import("./index.js").WasmSource;
export default file;
