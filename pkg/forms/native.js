// Leaves a submission to the browser after all. Must not send anything itself.

import { whileEnabled } from "./pending.js";

/** Posts the form as the browser does without this script. Listeners of the page do not see the event a second time. */
export function postNatively(form, submitter) {
  const root = form.getRootNode();
  const top = root.defaultView ?? root;
  const hide = (event) => event.stopImmediatePropagation();
  top.addEventListener("submit", hide, true);
  try {
    // A button that has left the form meanwhile cannot submit it.
    whileEnabled(submitter, () => HTMLFormElement.prototype.requestSubmit.call(form, submitter?.form === form ? submitter : null));
  } finally {
    top.removeEventListener("submit", hide, true);
  }
}
