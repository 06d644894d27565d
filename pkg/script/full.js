// The script `dist/actionlane.full.js`: sets `window.actionlane` and holds everything in one file. Must not
// load another file.
import dispatcher from "../dist/dispatcher.bytes.js";
import flight from "../dist/flight.bytes.js";
import { decodeWith, dispatcherWith, encodeWith, initWith, readyWith } from "../lib/exports.js";
import { ActionError, isActionError } from "../lib/error.js";
import { inflated } from "./inflate.js";
import { bindTagged } from "./tagged_forms.js";

const places = { dispatcher: [() => inflated(dispatcher)], flight: [() => inflated(flight)], hint: "it is inside this script" };
globalThis.actionlane = {
  ActionError,
  createDispatcher: dispatcherWith(places),
  decode: decodeWith(places),
  encode: encodeWith(places),
  /** The dispatcher of the page's forms, if the tag has `data-forms`. */
  forms: undefined,
  init: initWith(places),
  isActionError,
  ready: readyWith(places),
};
bindTagged(globalThis.actionlane.createDispatcher, (made) => (globalThis.actionlane.forms = made));
