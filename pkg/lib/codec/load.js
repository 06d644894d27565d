// Loads the codec (a wasm module and its JavaScript) when a value is not plain. Must not import `flight.js`
// statically: most pages never need it.

import { ActionError } from "../error.js";
import { BUILD } from "../loading/dispatcher_wasm.js";

let chunk, attempt;

/** Returns the codec, as `flight.js` exports it; undefined while it is not loaded. */
export const flightNow = () => (chunk?.isLoaded() ? chunk : undefined);

/**
 * Promises the codec. Its wasm comes from the first of `places` that has it: see `compileFirst`. After a failed
 * attempt the next call tries again.
 */
export function loadFlight(places, hint) {
  if (flightNow()) return Promise.resolve(chunk);
  attempt ??= load(places, hint).finally(() => (attempt = undefined));
  return attempt;
}

async function load(places, hint) {
  let found;
  try {
    found = await import("./flight.js");
  } catch (cause) {
    throw new ActionError("WASM_LOAD", "the codec could not be loaded", { cause });
  }
  if (found.BUILD !== BUILD) throw new ActionError("WASM_LOAD", `the codec is of build ${found.BUILD}, the package of ${BUILD}`);
  await found.load(places, hint);
  chunk = found;
  return chunk;
}
