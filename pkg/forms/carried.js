// Carries the arguments that the server has bound to a form's action, encrypted ones too, into the body of a call. Must
// not decode them.

import { WIRE_ALL_ARGUMENTS, WIRE_FORMS, WIRE_OLD_FORMS, WIRE_PLAIN } from "../lib/boundary/codes.js";
import { FormData } from "../lib/page/globals.js";

// Pages without React do not say the version of Next, on which the names of a form's entries depend.
/** For actions of Next 14, whose ids have 40 digits. */
const NEXT_14 = { nextVersion: "14.2.35", wire: WIRE_ALL_ARGUMENTS };
/** For all later versions: each entry under both names. */
const ANY = { nextVersion: "any", wire: WIRE_ALL_ARGUMENTS | WIRE_PLAIN | WIRE_FORMS | WIRE_OLD_FORMS };

/** Returns the wire format if the version is not known; undefined for today's. Files are not sent twice. */
function formatFor(client, id, formData) {
  if (client.version() !== undefined) return undefined;
  if (id.length === 40) return NEXT_14;
  return [...formData.values()].every((value) => typeof value === "string") ? ANY : undefined;
}

/**
 * Returns what `call` adds to the arguments of its own, of which `formData` is the last. `read`: the form, as
 * `readForm` of `flight.js` returns it; undefined if nothing is bound. `replacesState`: the last of the bound
 * arguments is one of the call's own.
 */
export function carriedBy(client, id, formData, read, replacesState) {
  return {
    lastPart: read?.lastPart ?? 0,
    ...formatFor(client, id, formData),
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
