// Tells Rust what becomes of a promise, or of the next bytes of a body.

import { trapped } from "./trap.js";

/** What hears it: `told(place, turn, fulfilled, value)` and `gave(place, turn, bytes, readable)`. */
let told, gave;

/** Each instance of the wasm hands in its own. */
export function hear(ofPromises, ofBytes) {
  told = ofPromises;
  gave = ofBytes;
}

/** Waits for a promise, or for whatever else it is. */
export function wait(place, turn, given) {
  const hears = told;
  Promise.resolve(given).then(
    (value) => hears(place, turn, true, value),
    (error) => hears(place, turn, false, error),
  );
}

/** Waits for the next bytes of a body: what `read()` gives, see `readerOf`. `take(bytes)` says how many of them are handed over now. */
export function waitForBytes(place, turn, read, take) {
  const [hearsBytes, hears] = [gave, told];
  read().then((bytes) => give(hearsBytes, place, turn, bytes && take(bytes)), (error) => hears(place, turn, false, error));
}

/** Some bytes are there already. */
export function giveBytes(place, turn, bytes) {
  give(gave, place, turn, bytes);
}

function give(hears, place, turn, bytes) {
  try {
    hears(place, turn, bytes ?? undefined, bytes !== null);
  } catch (error) {
    trapped(error); // there is no memory for them
  }
}
