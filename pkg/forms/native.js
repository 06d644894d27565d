// Leaves a submission to the browser after all. Must not send anything itself.

/** Posts the form as the browser does without this script. Listeners of the page do not see the event a second time. */
export function postNatively(form, submitter) {
  const root = form.getRootNode();
  const top = root.defaultView ?? root;
  const hide = (event) => event.stopImmediatePropagation();
  const copy = submitter && submitter.form !== form ? copyIn(form, submitter) : undefined;
  top.addEventListener("submit", hide, true);
  try {
    HTMLFormElement.prototype.requestSubmit.call(form, copy ?? submitter);
  } finally {
    copy?.remove();
    top.removeEventListener("submit", hide, true);
  }
}

/** Stands in for a button that has left the form, and cannot submit it: without its name another action could run. */
function copyIn(form, button) {
  const copy = button.cloneNode(true);
  copy.removeAttribute("form");
  copy.disabled = false;
  return form.appendChild(copy);
}
