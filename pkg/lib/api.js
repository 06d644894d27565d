// Makes the functions of the package, for an entry that knows where its wasm is: `places` by the name of the module, see `load`. Each is made
// by a call that a bundler may leave out: whoever imports `isActionError` alone gets no dispatcher with it.

import * as codec from "./codec.js";
import { Dispatcher } from "./dispatcher.js";
import { load } from "./loading.js";

export const readyWith = (places) => () => load("dispatcher", places.dispatcher, HINT);

export const initWith = (places) => (source) => {
  if (source === undefined) return readyWith(places)();
  // One that is under way, or has come, looks at no other source.
  Promise.resolve(source).catch(() => {});
  return load("dispatcher", [() => source], OWN_HINT);
};

export const dispatcherWith = (places) => (options) => new Dispatcher(readyWith(places), options);

export function decodeWith(places) {
  const decode = (stream, options) => codec.decode(readyWith(places), stream, options, decode);
  return decode;
}

export function encodeWith(places) {
  const encode = (value, options) => codec.encode(readyWith(places), value, options, encode);
  return encode;
}

const HINT = 'serve "actionlane/actionlane.wasm" of this version and pass its address to init(), or import from "actionlane/inline"';
const OWN_HINT = 'init() needs "actionlane/actionlane.wasm" of this version of the package';
