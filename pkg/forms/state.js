// Keeps the states of forms of `useActionState`, and shows them. Must not know the encoding of a state.

/** The states of a binding, by the keys that Next has put into the forms. */
export class States {
  #states = new Map();

  /** Returns `{ value }` if a submission has returned a state. That of a form which has left the page is forgotten. */
  of(form, key) {
    const known = this.#states.get(key);
    if (known && known.form !== form && !known.form.isConnected) this.#states.delete(key);
    return this.#states.get(key);
  }

  set(form, key, value) {
    this.#states.set(key, { form, value });
  }
}

/** Shows a result in the elements that are for the form: `[data-state-for="id of the form"]`. */
export function showState(form, value) {
  const id = form.getAttribute("id");
  if (!id) return;
  for (const place of form.getRootNode().querySelectorAll("[data-state-for]")) {
    if (place.getAttribute("data-state-for") === id) place.textContent = textAt(value, place.getAttribute("data-state"));
  }
}

/** Returns the text of the value at a path such as `error.message`; empty if there is none. */
function textAt(value, path) {
  let found = value;
  for (const key of path ? path.split(".") : []) found = Object(found) === found && Object.hasOwn(found, key) ? found[key] : undefined;
  return ["string", "number", "bigint", "boolean"].includes(typeof found) ? `${found}` : "";
}
