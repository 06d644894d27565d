// Binds the forms below a root of the document: hears their submissions and hands them to `submission.js`. Must not
// know fields of Next.

import { invalid } from "../lib/error.js";
import { report } from "../lib/error/report.js";
import { part } from "../lib/loading/lazy_part.js";
import { AbortController, CustomEvent, queueMicrotask } from "../lib/page/globals.js";
import { isForAction, needsCodec } from "./action_field.js";
import { formOptions, optionsOf } from "./options.js";
import { Submissions } from "./submission.js";

export { dispatcherWith as home } from "../lib/exports.js"; // see `lazy_part.js`

/** Loads the part that shows a page as the server renders it now. */
const loadMorph = /* @__PURE__ */ part(() => import("./morph.js"), "actionlane:refresh", "NETWORK");

/**
 * Binds the forms below `root`. Listens there alone, so that forms which come later are bound, too. Returns the
 * function that ends it. Throws `INVALID_OPTION`.
 */
export function bind(client, root = document, options = {}) {
  if (typeof root?.addEventListener !== "function") throw invalid("bindForms: expected a document, a shadow root or an element");
  formOptions(options);
  const submissions = new Submissions(client);
  const onSubmit = (event) => {
    // Another script has taken the submission, or another binding of this one.
    if (event.defaultPrevented || client.open.closed) return;
    const { target: form, submitter } = event;
    try {
      if (!isForAction(form, submitter) || isReacts(form)) return;
      submissions.begin(event, form, submitter, { ...options, ...optionsOf(form) });
    } catch (error) {
      report(error); // the browser posts the form
    }
  };
  // The codec is large, so it is loaded once such a form is used, and ahead of its submission.
  const onFocus = ({ target: { form } }) => {
    if (form?.localName === "form" && needsCodec(form)) client.loadFlight().catch(() => {}); // a submission that needs it reports the error
  };
  const page = root.ownerDocument ?? root;
  root.addEventListener("submit", onSubmit);
  root.addEventListener("focusin", onFocus);
  page.addEventListener("actionlane:refresh", refresh);
  root.dispatchEvent(new CustomEvent("actionlane:bound", { bubbles: true }));
  return () => {
    root.removeEventListener("submit", onSubmit);
    root.removeEventListener("focusin", onFocus);
    page.removeEventListener("actionlane:refresh", refresh);
    submissions.leave();
  };
}

/** True if React has hydrated the form: it sends the submissions itself. */
function isReacts(form) {
  return Object.keys(form).some((name) => name.startsWith("__reactFiber$"));
}

/** Stops the refresh that has not shown its page yet: a later one shows more. */
let refreshing;

const TAKEN = Symbol.for("actionlane.refreshing");

/** Refreshes the page, unless one of the listeners has prevented it. Several bindings refresh once. */
function refresh(event) {
  if (event[TAKEN]) return;
  event[TAKEN] = true;
  queueMicrotask(async () => {
    if (event.defaultPrevented) return;
    refreshing?.abort();
    const { signal } = (refreshing = new AbortController());
    try {
      await (await loadMorph()).refreshByMorph({ signal });
    } catch (error) {
      if (!signal.aborted) report(error); // the page stays as it is
    }
  });
}
