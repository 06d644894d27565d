// Carries the arguments that the server has bound to a form's action, encrypted ones too, into the body of a call. Must
// not decode them.

import { WIRE_ALL_ARGUMENTS } from "../lib/boundary/codes.js";
import { FormData } from "../lib/page/globals.js";

/** Ids of Next 14 have 40 digits. Pages without React do not say the version, and 14 reads forms under other names. */
const NEXT_14 = { digits: 40, version: "14.2.35" };

/**
 * Returns what `call` adds to the arguments of its own. `read`: the form, as `readForm` of `flight.js` returns it;
 * undefined if nothing is bound. `replacesState`: the last of the bound arguments is one of the call's own.
 */
export function carriedBy(client, id, read, replacesState) {
  const isOf14 = id.length === NEXT_14.digits && client.version() === undefined;
  return {
    lastPart: read?.lastPart ?? 0,
    nextVersion: isOf14 ? NEXT_14.version : undefined,
    wire: isOf14 ? WIRE_ALL_ARGUMENTS : undefined,
    into({ body, open }) {
      if (!read) return { body, open };
      return { body: open ? body.then((whole) => merged(read, whole, replacesState)) : merged(read, body, replacesState), open };
    },
  };
}

/** Returns the body with the parts of the bound arguments before its own: those that refer to them come later. */
function merged({ parts, argumentsOf }, body, replacesState) {
  const isText = typeof body === "string";
  const root = argumentsOf(isText ? body : body.get("0"), replacesState);
  if (isText && parts.length === 0) return root;
  const form = new FormData();
  for (let at = 0; at < parts.length; at += 2) form.append(parts[at], parts[at + 1]);
  if (!isText) for (const [name, value] of body) if (name !== "0") form.append(name, value);
  form.append("0", root);
  return form;
}
