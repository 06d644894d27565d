// Names the call in an error. Must stay the only place that puts the call's name before a message, of Rust or
// of JavaScript.

import { ActionError } from "../error.js";
import { showCaller } from "./call_site.js";

const DIGITS = 8;

/**
 * Returns the name of an action for messages: its name, or the first digits of its id, as in the header of a
 * request. Undefined if it has neither.
 */
export function nameOf({ name, actionId }) {
  return name ?? (/^[\da-f]{40,42}$/i.test(actionId) ? `action ${actionId.slice(0, DIGITS)}` : undefined);
}

/**
 * Adds the call to an error: to its properties, its message, and its stack, which becomes that of the call's caller.
 * `at`: the result of `callerOf`.
 */
export function labelError(error, of, at) {
  if (!(error instanceof ActionError)) return error; // an error of Next.js
  if (of.actionId) {
    error.actionId ??= of.actionId;
    if (of.name) error.actionName ??= of.name;
  }
  const owner = nameOf(of);
  if (owner !== undefined) error.message = `${owner}: ${error.message}`;
  showCaller(error, at);
  return error;
}
