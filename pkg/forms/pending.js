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
  const enable = button ? disable(button) : undefined;
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

/** By button, the number of pending submissions that disable it, and if it had the focus. */
const holds = new WeakMap();

/**
 * Disables a button that the page has not disabled itself. The returned function enables it, unless another submission
 * still disables it, and gives it the focus back if nothing else has got it.
 */
function disable(button) {
  const own = holds.get(button) ?? { count: 0, hadFocus: false };
  if (own.count === 0 && button.disabled) return undefined;
  const root = button.getRootNode();
  own.hadFocus ||= root.activeElement === button;
  own.count += 1;
  holds.set(button, own);
  button.disabled = true;
  return () => {
    own.count -= 1;
    if (own.count > 0) return;
    holds.delete(button);
    button.disabled = false;
    const { activeElement } = root;
    if (own.hadFocus && (!activeElement || activeElement === button.ownerDocument.body)) button.focus({ preventScroll: true });
  };
}

/** Calls `read` with the button enabled, if a pending submission disables it: browsers leave disabled ones out. */
export function whileEnabled(button, read) {
  if (!holds.has(button) || !button.disabled) return read();
  button.disabled = false;
  try {
    return read();
  } finally {
    button.disabled = true;
  }
}
