// Tells if a submission is one of a form that Next has rendered for a Server Action. Must not read values: Rust does,
// in `src/protocol/form.rs`.

import { isForeign, ofDocument, parsed } from "../lib/page/globals.js";

/** True for the name of a field that names an action. */
export const namesAction = (name) => typeof name === "string" && /^\$ACTION_(ID|REF)_/.test(name);

/** True for the name of a field that Next has put into the form: the action does not see it. */
export const isNexts = (name) => name.startsWith("$ACTION_");

/**
 * True if the browser would post the submission to an action, into this page: a field or the button names one, and
 * neither sends it elsewhere. `enctype` does not count, because a call has its own. Attributes are read, because fields
 * of the same names hide the form's properties.
 */
export function isForAction(form, submitter) {
  if (form.localName !== "form") return false;
  const own = (name) => submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name);
  const address = addressOf(form, submitter);
  const isButtons = namesAction(submitter?.getAttribute("name"));
  // The action of the form's fields is at the form's address.
  if (!isButtons && !(hasActionField(form) && resolved(address)?.href === resolved(form.getAttribute("action"))?.href)) return false;
  const target = own("target") ?? document.querySelector("base[target]")?.getAttribute("target");
  return /^post$/i.test(own("method")) && /^(_self)?$/i.test(target ?? "") && (!address || isOfPage(resolved(address)));
}

/** Returns the address that the submission goes to; undefined for that of the page. */
export function addressOf(form, submitter) {
  return (submitter?.getAttribute("formaction") ?? form.getAttribute("action")) || undefined;
}

/** Resolves an address as the browser does: none is that of the document, which may differ from its base. */
const resolved = (address) => parsed(address || ofDocument("URL"), ofDocument("baseURI"));

/** True if the dispatcher may send there: see `destination` of `options.js`. */
const isOfPage = (url) => /^https?:/.test(url?.protocol) && !isForeign(url);

/** True if the codec reads the form's fields: the action has bound arguments. */
export const needsCodec = (form) => elementsOf(form).some((field) => /^\$ACTION_REF_/.test(field.name));

/** Looks at the form's controls, also those outside of it, with `form="id"`. Buttons count only if pressed. */
function hasActionField(form) {
  return elementsOf(form).some((field) => field.type === "hidden" && namesAction(field.name));
}

/** Lists the controls of the form. A field of the name `elements` hides the property. */
export function elementsOf(form) {
  return [...Object.getOwnPropertyDescriptor(HTMLFormElement.prototype, "elements").get.call(form)];
}
