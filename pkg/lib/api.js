import * as codec from "./codec.js";
import { Dispatcher } from "./dispatcher.js";
import { load } from "./loading.js";

/** The package's functions, for an entry that knows where its wasm is: `defaultSource()` gives what is loaded unless `init` names another. */
export function makeApi(defaultSource) {
  const ready = () => load(defaultSource);
  return {
    createDispatcher: (options) => new Dispatcher(ready, options),
    decode: (source, options) => codec.decode(ready, source, options),
    encode: (args, options) => codec.encode(ready, args, options),
    ready,
    init: (source) => load(source === undefined ? defaultSource : () => source),
  };
}
