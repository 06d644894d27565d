// Makes the body of a call of its arguments: plain ones here, all others with the codec, which is loaded for them.

import { flightNow } from "./later.js";
import { WIRE_PLAIN } from "./numbers.js";
import { NONE, formPrefixes, plain } from "./plain.js";

/**
 * Gives `{ body, open }`: a string or a `FormData`, or if it is `open` a promise of one. `wire`: how they
 * are written, see `numbers.js`. `forgets`: what cannot be shown to the server is an error. Throws an
 * `ActionError`, as it rejects with one.
 */
export function bodyOf(client, entry, args, { wire, limits, forgets }) {
  const tried = wire & WIRE_PLAIN ? plain(args, limits?.maxDepth, formPrefixes(wire)) : NONE;
  if (tried.body) {
    entry.find = (path) => tried.find(path);
    return { body: tried.body, open: false };
  }
  const nextVersion = client.version();
  const bounds = limits?.maxDepth === undefined ? undefined : { maxDepth: limits.maxDepth };
  const read = (flight) => {
    const encoding = flight.makeEncoding(args, { nextVersion, forgets, limits: bounds, tried });
    if (entry.over) {
      encoding.free(); // given up by a getter among them
      return { body: NEVER, open: true };
    }
    entry.find = encoding.find;
    entry.free = encoding.free;
    if (encoding.body) return { body: encoding.body, open: false };
    return { body: handled(encoding.rest()), open: true };
  };
  const flight = flightNow();
  if (flight) return read(flight);
  // They are read when it is there: the place in the lane is taken.
  return { body: handled(client.loadFlight().then((flight) => (entry.over ? NEVER : read(flight).body))), open: true };
}

/** Stands for the body of a call that is over: nobody waits for it. */
const NEVER = new Promise(() => {});

/** A call that is refused meanwhile does not wait for it. */
function handled(promise) {
  promise.catch(() => {});
  return promise;
}
