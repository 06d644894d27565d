// Tells if a submission is one of a form that Next has rendered for a Server Action. Must not read values: Rust does,
// in `src/protocol/form.rs`.

/** True for the name of a field that names an action. */
export const namesAction = (name) => typeof name === "string" && /^\$ACTION_(ID|REF)_/.test(name);

/** True for the name of a field that Next has put into the form: the action does not see it. */
export const isNexts = (name) => name.startsWith("$ACTION_");

/**
 * True if the browser would post the submission to an action: a field or the button names one, and neither sends it
 * elsewhere. Attributes are read, because fields of the same names hide the form's properties.
 */
export function isForAction(form, submitter) {
  if (form.localName !== "form") return false;
  const isButtons = namesAction(submitter?.getAttribute("name"));
  if (!isButtons && (submitter?.getAttribute("formaction") || !hasActionField(form))) return false;
  const own = (name) => submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name) ?? "";
  const target = own("target").toLowerCase();
  return own("method").toLowerCase() === "post" && (target === "" || target === "_self") && !/^\s*javascript:/i.test(own("action"));
}

/** Returns the address that the submission goes to; undefined for that of the page. */
export function addressOf(form, submitter) {
  return submitter?.getAttribute("formaction") || form.getAttribute("action") || undefined;
}

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
