// Makes the public functions of the package for an entry, which knows where its wasm is: `places` by the name of the
// module, see `compileFirst`. Each function is made by a call that bundlers can leave out: importing `isActionError`
// alone brings no dispatcher. Must not run anything at import.

import * as codec from "./codec.js";
import { Dispatcher } from "./dispatcher.js";
import { invalid } from "./error.js";
import { loadFlight } from "./codec/load.js";
import { load } from "./loading/dispatcher_wasm.js";
import { readyOptions } from "./options.js";

/** The source of the codec that `init()` received. It is not loaded before it is needed. */
let givenCodec;

const dispatcherFrom = (places) => () => load(places.dispatcher, places.hint ?? hint("actionlane.wasm"));
const flightFrom = (places) => () => (givenCodec ? loadFlight([() => givenCodec.source], wrongSource("flight.wasm")) : loadFlight(places.flight, places.hint ?? hint("flight.wasm")));

export function readyWith(places) {
  const loadDispatcher = dispatcherFrom(places);
  const loadCodec = flightFrom(places);
  return async (options) => {
    const { codec } = readyOptions(options);
    await Promise.all([loadDispatcher(), codec && loadCodec()]);
  };
}

export function initWith(places) {
  const loadDispatcher = dispatcherFrom(places);
  return async (sources) => {
    const { dispatcher, flight } = sourcesOf(sources);
    if (flight !== undefined) givenCodec = { source: flight };
    // A load that is in progress or finished ignores other sources. Handled here, so that a rejected source
    // causes no `unhandledrejection`.
    for (const source of [dispatcher, flight]) Promise.resolve(source).catch(() => {});
    await (dispatcher === undefined ? loadDispatcher() : load([() => dispatcher], wrongSource("actionlane.wasm")));
  };
}

export const dispatcherWith = (places) => (options) => new Dispatcher({ load: dispatcherFrom(places), loadFlight: flightFrom(places) }, options);

export function decodeWith(places) {
  const decode = (stream, options) => codec.decode(flightFrom(places), stream, options, decode);
  return decode;
}

export function encodeWith(places) {
  const encode = (value, options) => codec.encode(flightFrom(places), value, options, encode);
  return encode;
}

/** Returns the sources by module: a single source is the dispatcher's; a plain object names each. */
function sourcesOf(given) {
  const isPlain = Object.prototype.toString.call(given) === "[object Object]";
  // A `Response`, a `Request` or a promise can also look like a plain object.
  if (!isPlain || ["arrayBuffer", "then", "url"].some((member) => member in given)) return { dispatcher: given };
  for (const name of Object.keys(given)) {
    if (name !== "dispatcher" && name !== "flight") throw invalid(`init: there is no module named ${name}`);
  }
  return given;
}

const hint = (file) => `serve "actionlane/${file}" of this version and pass its address to init(), or import from "actionlane/inline"`;
const wrongSource = (file) => `init() needs "actionlane/${file}" of this version of the package`;
