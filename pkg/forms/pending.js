// Marks a form while a submission of it is pending. Must not know the submission.

/** By form, the number of pending submissions and the value of `aria-busy` before the first. */
const marks = new WeakMap();

export const isPending = (form) => marks.has(form);

/**
 * Marks the form, and disables `button` if given. Returns the function that takes the marks away; a second call does
 * nothing. The value of the button must have been read before.
 */
export function mark(form, button) {
  const own = marks.get(form) ?? { count: 0, busy: form.getAttribute("aria-busy") };
  own.count += 1;
  marks.set(form, own);
  form.setAttribute("aria-busy", "true");
  form.setAttribute("data-pending", "");
  const enable = button && !button.disabled ? disable(button) : undefined;
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    enable?.();
    own.count -= 1;
    if (own.count > 0) return;
    marks.delete(form);
    form.removeAttribute("data-pending");
    if (own.busy === null) form.removeAttribute("aria-busy");
    else form.setAttribute("aria-busy", own.busy);
  };
}

/** Disables a button. The returned function enables it, and gives it the focus back if nothing else has got it. */
function disable(button) {
  const root = button.getRootNode();
  const hadFocus = root.activeElement === button;
  button.disabled = true;
  return () => {
    button.disabled = false;
    const { activeElement } = root;
    if (hadFocus && (!activeElement || activeElement === button.ownerDocument.body)) button.focus({ preventScroll: true });
  };
}
