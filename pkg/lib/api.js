import { Dispatcher } from "./dispatcher.js";
import { load } from "./loading.js";

/** The package's functions, for an entry that knows where its wasm is: `defaultSource()` gives what is loaded unless `init` names another. */
export function makeApi(defaultSource) {
  return {
    createDispatcher: (options) => new Dispatcher(() => load(defaultSource), options),
    ready: () => load(defaultSource),
    init: (source) => load(source === undefined ? defaultSource : () => source),
  };
}
