// Makes the body of a call: plain arguments here, all others with the codec, which is loaded for them. Must not
// send it.

import { flightNow } from "./codec/load.js";
import { WIRE_PLAIN } from "./boundary/codes.js";
import { NONE, formPrefixes, plain } from "./arguments/plain.js";

/**
 * Returns `{ body, open }`: a string or a `FormData`, or a promise of one if `open`. `wire`: the wire format, see
 * `codes.js`. `forgets`: a value that only a temporary reference could stand for is an error. `carried`: see `call`.
 * Throws an `ActionError`, or the promise rejects with one.
 */
export function bodyOf(client, entry, args, { wire, limits, forgets, carried }) {
  const tried = wire & WIRE_PLAIN ? plain(args, limits?.maxDepth, formPrefixes(wire), carried?.lastPart) : NONE;
  if (tried.body) {
    entry.find = (path) => tried.find(path);
    return { body: tried.body, open: false };
  }
  const nextVersion = carried?.nextVersion ?? client.version();
  const bounds = limits?.maxDepth === undefined ? undefined : { maxDepth: limits.maxDepth };
  const read = (flight) => {
    const encoding = flight.makeEncoding(args, { nextVersion, forgets, limits: bounds, tried, lastPart: carried?.lastPart });
    if (entry.over) {
      encoding.free(); // ended by a getter among the arguments
      return { body: NEVER, open: true };
    }
    entry.find = encoding.find;
    entry.free = encoding.free;
    if (encoding.body) return { body: encoding.body, open: false };
    return { body: handled(encoding.rest()), open: true };
  };
  const flight = flightNow();
  if (flight) return read(flight);
  // The arguments are read once the codec is loaded; the call has its place in the lane already.
  return { body: handled(client.loadFlight().then((flight) => (entry.over ? NEVER : read(flight).body))), open: true };
}

/** The body of a call that is over: it never settles. */
const NEVER = new Promise(() => {});

/** Marks the promise as handled: a call that is refused meanwhile does not wait for it. */
function handled(promise) {
  promise.catch(() => {});
  return promise;
}
