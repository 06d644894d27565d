// Gives tests a document with forms as Next.js renders them. Holds no test.
import { JSDOM, VirtualConsole } from "jsdom";

const virtualConsole = new VirtualConsole();
const dom = new JSDOM("<!doctype html><body></body>", { url: "http://127.0.0.1/", virtualConsole });
const { window } = dom;

/** Submissions that the browser would have posted: jsdom cannot, and says so. */
export const posted = [];
virtualConsole.on("jsdomError", ({ message }) => posted.push(message));

/** Node.js's `fetch` sends only its own forms. */
const NodeFormData = globalThis.FormData;
class FormData extends NodeFormData {
  constructor(form, submitter) {
    super();
    if (!form) return;
    for (const [name, value] of new window.FormData(form, submitter ?? undefined)) this.append(name, value);
    for (const [name, file] of files.get(form) ?? []) this.append(name, file);
  }
}

const files = new WeakMap();
/** Adds a file to the submissions of a form: in jsdom none can be chosen. */
export const addFile = (form, name, file) => files.set(form, [[name, file]]);

const { document, location, CustomEvent, XMLHttpRequest } = window;
Object.assign(globalThis, { window, document, location, FormData, CustomEvent, XMLHttpRequest });
const classes = Object.getOwnPropertyNames(window).filter((name) => /^(HTML\w*Element|Node|Element|Document|DocumentFragment)$/.test(name));
for (const name of classes) globalThis[name] = window[name];

/** Moves the page to the origin of a server, so that its dispatcher may send there. */
export const visit = (url) => dom.reconfigure({ url });

/** Shows some HTML as the whole page. Returns its first form. */
export function show(html) {
  document.body.innerHTML = html;
  return document.querySelector("form");
}

/** Promises the next event of this type. */
export const next = (type, target = document) => new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
