// Reads the action of a form from its hidden fields. Must not know their grammar beyond the one field that holds an id
// alone: Rust reads all others, in the codec.

import { flightNow } from "../lib/codec/load.js";
import { namesAction } from "./action_field.js";

const BY_ID = "$ACTION_ID_";

/**
 * Returns `{ id, stateKey?, bound?, read? }`, or a promise of it while the codec is loaded. `fields`: names and values
 * alternating; `button`: the name of the button that submitted. Throws, or rejects, if they name no action.
 */
export function readAction(client, fields, button) {
  const name = namesAction(button) ? button : fields.filter((field, at) => at % 2 === 0 && namesAction(field)).at(-1);
  // Needs no codec, which is large. `tests/vectors/form_fields.json` holds this to Rust's own reading.
  if (name?.startsWith(BY_ID)) return { id: name.slice(BY_ID.length) };
  const by = ({ readForm }) => {
    const read = readForm(fields, button ?? undefined);
    return { id: read.id, stateKey: read.stateKey, bound: read.bound, read };
  };
  const flight = flightNow();
  return flight ? by(flight) : client.loadFlight().then(by);
}
