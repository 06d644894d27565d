// Every error says which call it is of. This is the one place where that is put before what Rust, or a file of this side, says of it.

import { ActionError } from "./error.js";
import { showCaller } from "./stack.js";

const DIGITS = 8;

/** How messages call an action: by its name, or by the first digits of its id, as they stand in the header of a request. Undefined without either. */
export function nameOf({ name, actionId }) {
  return name ?? (/^[\da-f]{40,42}$/i.test(actionId) ? `action ${actionId.slice(0, DIGITS)}` : undefined);
}

/** Has an error say which call it is of, in its message, too, and puts the call's caller in the place of its stack. `at`: what `callerOf` gave. */
export function owned(error, of, at) {
  if (!(error instanceof ActionError)) return error; // Next's own
  if (of.actionId) {
    error.actionId ??= of.actionId;
    if (of.name) error.actionName ??= of.name;
  }
  const owner = nameOf(of);
  if (owner !== undefined) error.message = `${owner}: ${error.message}`;
  showCaller(error, at);
  return error;
}
