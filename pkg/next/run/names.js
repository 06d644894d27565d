// Notes the ids and names of imported actions, which Next's compiler writes beside each other, and finds an id for
// `d.call`. Knows no policies. Must stay small: every page that imports an action loads it.

import { isDevelopment, page } from "./page.js";
import { lookForMisspelled } from "./policies.js";

export function note(id, name, action) {
  const state = page();
  if (action) state.ids.set(action, id);
  state.find = find;
  if (typeof name !== "string" || name === "") return;
  state.names.set(id, name);
  // The id that was noted last comes last.
  state.imported.delete(id);
  state.imported.add(id);
  if (isDevelopment) lookForMisspelled();
}

/**
 * Returns the reference with an id: that of the imported action that it holds, else that of its name. Returns
 * a text if there is none, and undefined if the reference has neither. `pkg/lib/options.js` calls it with its own
 * `didYouMean`.
 */
function find({ id: action, ...ref }, didYouMean) {
  const { ids, imported, names } = page();
  if (action) {
    const id = ids.get(action);
    if (id) return { name: names.get(id), ...ref, id };
    return "this page imports no such action; bound copies and props have no id";
  }
  if (!ref.name) return undefined;
  const name = JSON.stringify(ref.name);
  // Not all of `names`: some are of actions that the page does not import, once the build's are loaded.
  const found = [...imported].filter((id) => names.get(id) === ref.name);
  // In development an action keeps all of its id but the first two digits, which tell its parameters.
  const isOne = new Set(found.map((id) => id.slice(2))).size === 1;
  if (isOne) return { ...ref, id: found.at(-1) };
  if (found.length > 0) return `several actions of this page are called ${name}`;
  return `this page imports no action called ${name}${didYouMean(ref.name, [...imported].map((id) => names.get(id)))}`;
}
