import * as codec from "./codec.js";
import { Dispatcher } from "./dispatcher.js";
import { load } from "./loading.js";

// The package's functions, for an entry that knows where its wasm is: `source()` gives what is loaded unless `init` names another. Each is made
// by a call that a bundler may leave out: whoever imports `isActionError` alone gets no dispatcher with it.

export const readyWith = (source) => () => load(source);
export const initWith = (source) => (given) => load(given === undefined ? source : () => given);
export const dispatcherWith = (source) => (options) => new Dispatcher(readyWith(source), options);

export function decodeWith(source) {
  const decode = (stream, options) => codec.decode(readyWith(source), stream, options, decode);
  return decode;
}

export function encodeWith(source) {
  const encode = (value, options) => codec.encode(readyWith(source), value, options, encode);
  return encode;
}
