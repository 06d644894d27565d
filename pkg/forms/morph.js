// Makes the document that of the page as the server renders it now, for refreshes of pages without a router. Must not
// run a script of that page, nor take away what the user has typed or opened.

import { Idiomorph } from "../dist/idiomorph.js";

/** Elements that show results, of which the server knows nothing. */
const SHOWS_RESULTS = "[data-error-for],[data-state-for],progress[data-for]";

/** Elements that stay as they are. `noscript` is for pages without scripts. */
const WRITTEN_BY_SCRIPTS = `script,noscript,${SHOWS_RESULTS}`;

/** Attributes of a pending form, and of fields with an error. */
const SET_BY_SCRIPTS = ["aria-busy", "data-pending", "aria-invalid", "aria-errormessage"];

/**
 * Loads the page at `url`, by default that of the document, and morphs the document into it. Elements keep their
 * identity, focus and selection; so do fields their value if it is not the one that the server has rendered. If the
 * server has redirected, the browser goes there.
 *
 * Rejects with the reason of `signal`, and with an error if no page has come.
 */
export async function refreshByMorph({ url, signal } = {}) {
  const asked = url ?? location.href;
  const page = await load(asked, signal);
  // A script of the page has changed the address meanwhile, and with it what the page shows.
  if (url === undefined && withoutHash(location.href) !== withoutHash(asked)) return refreshByMorph({ signal });
  if (page) morph(page);
  return undefined;
}

/** Promises the document of a page, without its scripts and `noscript`; undefined if the browser goes elsewhere. */
async function load(url, signal) {
  signal?.throwIfAborted();
  const asked = new URL(url, document.baseURI);
  // It parses HTML without a sink of Trusted Types, and its document runs no script.
  const request = new XMLHttpRequest();
  const abort = () => request.abort();
  signal?.addEventListener("abort", abort);
  try {
    await new Promise((resolve, reject) => {
      request.onload = resolve;
      request.onerror = () => reject(new Error(`the page at ${asked.pathname} could not be loaded`));
      request.onabort = () => reject(signal.reason);
      request.open("GET", asked);
      request.setRequestHeader("Accept", "text/html");
      request.setRequestHeader("Cache-Control", "no-cache");
      request.responseType = "document";
      request.send();
    });
  } finally {
    signal?.removeEventListener("abort", abort);
  }
  const { status, response, responseURL } = request;
  if (withoutHash(responseURL) !== withoutHash(asked.href)) return void location.assign(responseURL);
  if (status >= 400 || !response?.body) throw new Error(`the page at ${asked.pathname} could not be loaded: status ${status}`);
  // That document has no scripts, so in it the content of `noscript` is elements, and in ours they would be alive.
  for (const element of response.querySelectorAll("script,noscript")) element.remove();
  return response;
}

const withoutHash = (url) => url.replace(/#.*/, "");

function morph(page) {
  const changed = changedFields();
  const forget = nameShowing(page);
  try {
    morphBody(page, changed);
  } finally {
    forget();
  }
  document.title = page.title;
  addStyles(page.head);
}

function morphBody(page, changed) {
  Idiomorph.morph(document.body, page.body, {
    morphStyle: "outerHTML",
    callbacks: {
      beforeNodeMorphed: (old, fresh) => !old.matches?.(WRITTEN_BY_SCRIPTS) && !isHidden(old) && !isHidden(fresh),
      beforeNodeRemoved: (old) => !old.matches?.(WRITTEN_BY_SCRIPTS),
      beforeAttributeUpdated: (name, element, how) => !isKept(name, element, how, changed),
    },
  });
}

const NAME = "actionlane-shows-";

/**
 * Gives each element that shows results an id, and the same one to its counterpart in the page. Otherwise the morph
 * could take it for another element of its kind. Returns the function that takes the ids away.
 */
function nameShowing(page) {
  const counterparts = new Map();
  const keyOf = (element) => JSON.stringify([
    element.localName,
    ...["data-error-for", "data-state-for", "data-state", "data-for"].map((name) => element.getAttribute(name)),
    element.closest("form")?.getAttribute("id"),
  ]);
  const showing = (of) => [...of.querySelectorAll(SHOWS_RESULTS)].filter((element) => !element.id);
  for (const element of showing(page)) counterparts.set(keyOf(element), [...(counterparts.get(keyOf(element)) ?? []), element]);
  showing(document).forEach((element, at) => {
    element.id = NAME + at;
    const counterpart = counterparts.get(keyOf(element))?.shift();
    if (counterpart) counterpart.id = element.id;
  });
  return () => {
    for (const element of document.querySelectorAll(`[id^=${NAME}]`)) element.removeAttribute("id");
  };
}

/** True for a form whose fields hide the properties that the morph reads. It stays as it is; the rest is morphed. */
function isHidden({ attributes, childNodes }) {
  return (attributes && tagOf(attributes) !== "NamedNodeMap") || tagOf(childNodes) !== "NodeList";
}

const tagOf = (object) => object[Symbol.toStringTag];

/** Returns the fields with another value than the server has rendered. */
function changedFields() {
  const fields = [...document.querySelectorAll("input,textarea,select")];
  const changed = new Set(fields.filter((field) => {
    if (field.localName === "select") return isChanged(field);
    return field.value !== field.defaultValue || (field.checked ?? false) !== (field.defaultChecked ?? false);
  }));
  // Checking another button of the group would take the user's choice away.
  for (const { form, name } of [...changed].filter(({ type }) => type === "radio")) {
    for (const field of fields) if (field.type === "radio" && field.form === form && field.name === name) changed.add(field);
  }
  return changed;
}

function isChanged({ options, multiple }) {
  const all = [...options];
  // A list that names no default selects its first option.
  const first = multiple || all.some(({ defaultSelected }) => defaultSelected) ? undefined : all.find(({ disabled }) => !disabled);
  return all.some((option) => option.selected !== (option.defaultSelected || option === first));
}

function isKept(name, element, how, changed) {
  switch (name) {
    case "value":
    case "checked":
      return changed.has(element);
    case "selected":
      return changed.has(element.closest("select"));
    // Opened by the user.
    case "open":
      return how === "remove";
    // Of a form whose call has not ended.
    case "disabled":
      return element.form?.hasAttribute("data-pending") === true;
    default:
      return SET_BY_SCRIPTS.includes(name) || (how === "update" && isForbidden(name, element));
  }
}

/** True if Trusted Types forbid to set the attribute: its text is code. */
function isForbidden(name, element) {
  if (!/^on|^srcdoc$/.test(name)) return false;
  try {
    element.cloneNode().setAttribute(name, "");
    return false;
  } catch {
    return true;
  }
}

/** Adds the style sheets that the document lacks. A deployment may have renamed them. */
function addStyles(head) {
  const known = new Set([...document.head.querySelectorAll("link[rel=stylesheet]")].map(({ href }) => href));
  for (const link of head.querySelectorAll("link[rel=stylesheet]")) {
    if (!known.has(link.href)) document.head.append(document.importNode(link));
  }
}
