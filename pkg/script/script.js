// The script `dist/actionlane.js`: sets `window.actionlane`. The wasm and the parts that few pages need are files
// beside it. Must hold no logic: `beside.js` finds the files.
import { decodeWith, dispatcherWith, encodeWith, initWith, readyWith } from "../lib/exports.js";
import { copy, file } from "./beside.js";
import { bindTagged } from "./tagged_forms.js";

/* global INTEGRITY */ // the integrity of each wasm, put in by the build
const places = {
  dispatcher: [file("dispatcher.wasm", INTEGRITY.dispatcher), copy("dispatcher")],
  flight: [file("flight.wasm", INTEGRITY.flight), copy("flight")],
  hint: "keep the files of actionlane/dist/ beside actionlane.js or say in data-base where they are, pass their addresses to init(), or take actionlane.full.js",
};
export const createDispatcher = dispatcherWith(places);
export const decode = decodeWith(places);
export const encode = encodeWith(places);
export const ready = readyWith(places);
export const init = initWith(places);
export { ActionError, isActionError } from "../lib/error.js";
/** The dispatcher of the page's forms, if the tag has `data-forms`. */
export let forms;
bindTagged(createDispatcher, (made) => (forms = made));
