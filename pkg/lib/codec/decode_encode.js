// Does the part of `decode()` and `encode()` that needs the codec; `codec.js` does the part before. `flight` is the
// module `flight.js`, as an argument: importing it here would make a circle. Must not be imported by the entry.

import { invalid, isActionError } from "../error.js";
import { OUTCOME_BROKEN } from "../boundary/codes.js";
import { NONE, plain } from "../arguments/plain.js";
import { WeakMap } from "../page/globals.js";
import { hasStackRoom } from "../boundary/stack_room.js";
import { onAbort } from "../abort_signals.js";

/** The encoder of the arguments sent, by the caller's `temporaryReferences`. */
const referencesOf = new WeakMap();

/** Prefixes of the names of a form's entries if no Next.js version is given. */
const USUAL_PREFIXES = ["_"];

/** Promises the body of arguments. The options are those that `encodeOptions` returns. */
export async function write(flight, value, { nextVersion, signal, temporaryReferences, maxDepth }) {
  // All versions of Next.js that take plain arguments take the same text.
  const tried = nextVersion === undefined || flight.writesPlain(nextVersion) ? plain(value, maxDepth, nextVersion === undefined ? USUAL_PREFIXES : []) : NONE;
  const encodingOptions = { nextVersion, forgets: !temporaryReferences, limits: maxDepth === undefined ? undefined : { maxDepth }, tried };
  const { body, references } = tried.body ? { body: tried.body, references: tried } : await encodeAny(flight, value, signal, encodingOptions);
  if (temporaryReferences) referencesOf.set(temporaryReferences, references);
  return body;
}

async function encodeAny(flight, value, signal, encodingOptions) {
  if (!hasStackRoom()) await null;
  let unlisten;
  const stop = signal && new Promise((resolve) => (unlisten = onAbort(signal, resolve)));
  try {
    const encoding = flight.makeEncoding(value, { ...encodingOptions, stop });
    return { body: encoding.body ?? (await encoding.rest()), references: encoding };
  } finally {
    unlisten?.();
  }
}

/**
 * Reads `chunks`, a `Reader` of `body.js`, to its end. Settles `value` as soon as it is known. `limits`:
 * undefined for the defaults.
 */
export async function read(flight, chunks, { temporaryReferences, limits }, value) {
  const find = temporaryReferences && ((path) => referencesOf.get(temporaryReferences)?.find(path));
  const failure = {};
  const decoding = flight.makeDecoding({
    action: false,
    limits,
    told: (kind, found) => (kind === OUTCOME_BROKEN ? value.reject(found) : value.resolve(found)),
    call: refuseCall,
    find,
    lost(error) {
      failure.error = error;
      value.reject(error);
      Promise.resolve(chunks.cancel(error)).catch(() => {});
    },
  });
  try {
    for (;;) {
      const chunk = await chunks.read();
      if (failure.error) throw failure.error;
      if (chunk === undefined) break;
      if (chunk === null) throw new TypeError("the stream gave something other than bytes");
      const error = decoding.push(chunk);
      if (!error) continue;
      Promise.resolve(chunks.cancel(error)).catch(() => {});
      throw error;
    }
    decoding.end();
  } catch (cause) {
    const broke = decoding.fail("the stream broke off", cause);
    throw isActionError(cause) ? cause : (broke ?? cause);
  }
}

function refuseCall() {
  return Promise.reject(invalid("a server function can be called only if a dispatcher has decoded it"));
}
