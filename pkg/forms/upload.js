// Shows the upload of a form in its `<progress data-for="id of the form">` elements. Must not send anything.

/**
 * Returns the option `onProgress` for a submission of the form; undefined if no element shows it, so that the form is
 * sent with `fetch`. So is one with options that forbid to report, of the dispatcher (`common`) or its own. The
 * elements are looked up each time, because the page may replace them.
 */
export function uploadProgress(form, common = {}, own = {}) {
  if (common.fetch || common.credentials === "omit" || own.keepalive || barsOf(form).length === 0) return undefined;
  return ({ loaded, total }) => {
    for (const bar of barsOf(form)) {
      bar.max = total;
      bar.value = loaded;
    }
  };
}

/** Returns the elements. The id comes from the attribute: a field of the name `id` hides the property. */
function barsOf(form) {
  const id = form.getAttribute("id");
  return id ? [...form.getRootNode().querySelectorAll("progress[data-for]")].filter((bar) => bar.getAttribute("data-for") === id) : [];
}
