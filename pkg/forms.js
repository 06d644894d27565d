// The entry `actionlane/forms`, for pages that load it at once. `d.bindForms` loads the same when it is called. Must
// hold no logic.
import * as forms from "./forms/forms.js";
import { loadForms } from "./lib/bind_forms.js";

export function bindForms(d, root, options) {
  loadForms.there = forms;
  return d.bindForms(root, options);
}
