// Collects the entries of a submission. Must not send them.

import { isNexts } from "./action_field.js";

/**
 * Returns `{ formData, fields }`: the entries for the action, and the fields of Next, names and values alternating.
 * Listeners of `formdata` run, as in the browser's own submission.
 */
export function entriesOf(form, submitter) {
  const formData = collected(form, submitter);
  const fields = [];
  for (const [name, value] of [...formData]) {
    if (!isNexts(name)) continue;
    if (typeof value === "string") fields.push(name, value);
    formData.delete(name);
  }
  return { formData, fields };
}

let isKnown;

/** True if the browser adds the button's entry: Chromium does from 112 on. Others ignore the second argument. */
function knowsSubmitters() {
  if (isKnown !== undefined) return isKnown;
  try {
    new FormData(document.createElement("form"), document.createElement("input")); // no button, so this throws
    return (isKnown = false);
  } catch {
    return (isKnown = true);
  }
}

function collected(form, submitter) {
  if (!submitter || knowsSubmitters()) return new FormData(form, submitter);
  const { name, value, type } = submitter;
  if (!name || type === "image") return new FormData(form);
  const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  const id = form.getAttribute("id");
  if (id) field.setAttribute("form", id);
  submitter.before(field);
  const formData = new FormData(form);
  field.remove();
  return formData;
}
