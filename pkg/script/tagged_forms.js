// Binds the forms of the page if the tag of the script has `data-forms`. Must not run before the whole script has: the
// parts that it loads ask the script for modules.

import { ofDocument, queueMicrotask } from "../lib/page/globals.js";

/** The `<script>` element that runs this. */
const tag = ofDocument("currentScript") ?? ofDocument("querySelector")?.call(globalThis.document, "script[data-forms]");
const { forms: wanted, nextVersion } = tag?.dataset ?? {};

/**
 * Makes a dispatcher and binds the forms with it, if the tag asks for it; `data-next-version` is its option
 * `nextVersion`. Calls `made(dispatcher)`.
 */
export function bindTagged(createDispatcher, made) {
  if (wanted === undefined) return;
  queueMicrotask(() => {
    const d = createDispatcher({ nextVersion });
    made(d);
    d.bindForms();
  });
}
