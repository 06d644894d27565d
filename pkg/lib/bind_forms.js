// Loads the part that sends the forms of a page. Must not know forms: most pages bind none.

import { part } from "./loading/lazy_part.js";
import { report } from "./error/report.js";

/** Loads `pkg/forms/forms.js`; `actionlane/forms` sets its property `there`. */
export const loadForms = /* @__PURE__ */ part(() => import("../forms/forms.js"), "bindForms", "NETWORK");

/** Binds the forms below `root`, at once if the part is loaded. Returns the function that ends it. */
export function bindForms(client, root, options) {
  let unbind = () => (unbind = undefined);
  const start = ({ bind }) => unbind && (unbind = bind(client, root, options));
  if (loadForms.there) start(loadForms.there);
  else loadForms().then(start).catch(report);
  return () => unbind?.();
}
