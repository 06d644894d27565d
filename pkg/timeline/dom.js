// Makes elements without markup in strings, so that a strict Content-Security-Policy and Trusted Types allow it. Must
// know nothing of timelines.

/** Makes an element. An attribute that is a function is a listener, `true` an empty attribute. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else set(element, key, value);
  }
  element.append(...children);
  return element;
}

/** Sets an attribute, or removes it if the value is undefined or false. Changes nothing that is so already. */
export function set(element, key, value) {
  const text = value === undefined || value === false ? null : value === true ? "" : String(value);
  if (element.getAttribute(key) === text) return;
  if (text === null) element.removeAttribute(key);
  else element.setAttribute(key, text);
}

/** Sets the text of an element that has no other content. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Makes a list of elements as long as needed, and hides the rest. `make()` makes another one. */
export function pool(parent, make) {
  const made = [];
  return (count) => {
    while (made.length < count) {
      made.push(make());
      parent.append(made.at(-1));
    }
    made.forEach((element, index) => (element.hidden = index >= count));
    return made;
  };
}
