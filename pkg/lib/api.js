import * as codec from "./codec.js";
import { Dispatcher } from "./dispatcher.js";
import { load } from "./loading.js";

/** The package's functions, for an entry that knows where its wasm is: `places` by the name of the module, see `load`. */
export function makeApi(places) {
  const ready = () => load("dispatcher", places.dispatcher, HINT);
  return {
    createDispatcher: (options) => new Dispatcher(ready, options),
    decode: (source, options) => codec.decode(ready, source, options),
    encode: (args, options) => codec.encode(ready, args, options),
    ready,
    init: (source) => (source === undefined ? ready() : load("dispatcher", [() => source], OWN_HINT)),
  };
}

const HINT = 'serve "actionlane/actionlane.wasm" of this version and pass its address to init(), or import from "actionlane/inline"';
const OWN_HINT = 'init() needs "actionlane/actionlane.wasm" of this version of the package';
