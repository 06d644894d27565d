// Checks the options of forms, and reads those that a form has as attributes. Must not give them a meaning: the call
// does that.

import { CALL, copy, flag, laneName } from "../lib/options.js";

const { signal, url, name, ...OF_CALL } = CALL;

const FORM = { ...OF_CALL, lane: laneName, idempotencyKey: flag, disableSubmitter: flag, resetOnSuccess: flag, showErrors: flag };

/** Returns a checked copy of the options. Throws `INVALID_OPTION`. */
export const formOptions = (options) => copy(options, FORM, "bindForms");

const word = (value) => value;
const number = (value) => Number(value);
const yes = (value) => value !== "false";

/** The options that a form may have as attributes, such as `data-lane`. */
const ATTRIBUTES = {
  lane: word,
  strategy: word,
  key: word,
  timeout: number,
  idempotencyKey: yes,
  durable: yes,
  resetOnSuccess: yes,
  disableSubmitter: yes,
  showErrors: yes,
};

/** Returns the options that the attributes of an element say. A field of the name `dataset` would hide the property. */
export function optionsOf(element) {
  const options = {};
  for (const [name, read] of Object.entries(ATTRIBUTES)) {
    const value = element.getAttribute(`data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
    if (value !== null) options[name] = read(value);
  }
  return options;
}
