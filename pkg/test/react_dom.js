// Gives tests a document and React's renderer, without `act`: React batches and schedules as it does in a page. Holds
// no test but for the version of React.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM, VirtualConsole } from "jsdom";
import { until } from "./server.js";

const dom = new JSDOM("<!doctype html><body></body>", { url: "http://127.0.0.1/", pretendToBeVisual: true, virtualConsole: new VirtualConsole() });
const { window } = dom;
/** Node.js's `fetch` sends only its own forms. */
const NodeFormData = globalThis.FormData;
class FormData extends NodeFormData {
  constructor(form, submitter) {
    super();
    if (form) for (const [name, value] of new window.FormData(form, submitter)) this.append(name, value);
  }
}
Object.assign(globalThis, { window, document: window.document, location: window.location, FormData });
globalThis.navigator ??= window.navigator; // Node.js has one from 21 on

export const React = await import("react");
export const ReactDOM = await import("react-dom");
const { createRoot, hydrateRoot } = await import("react-dom/client");

export const { createElement: h, StrictMode, Suspense } = React;
export const is19 = React.version.startsWith("19.");

/** Moves the page to the origin of a server, so that its dispatcher may send there. */
export const visit = (url) => dom.reconfigure({ url });

test(`the version of React is ${parseInt(React.version, 10)}`, () => assert.equal(is19, !process.execArgv.join().includes("react_18.js")));

let roots = [];

/** Renders an element into a container of its own. */
export function render(element, { into = document.createElement("div"), hydrate = false } = {}) {
  document.body.append(into);
  const errors = [];
  const report = { onRecoverableError: (error) => errors.push(error), onUncaughtError: (error) => errors.push(error), onCaughtError: () => {} };
  const root = hydrate ? hydrateRoot(into, element, report) : createRoot(into, report);
  if (!hydrate) root.render(element);
  const page = {
    into,
    errors,
    again: (element) => root.render(element),
    unmount: () => root.unmount(),
    text: () => into.textContent,
    /** Waits until this text is shown. */
    shows: (text) => until(() => into.textContent === text),
  };
  roots.push(page);
  return page;
}

/** Unmounts everything that was rendered. */
export async function clean() {
  for (const root of roots) root.unmount();
  roots = [];
  await drained();
  document.body.replaceChildren();
}

/** Waits until React and promises have nothing left to do: each turn runs all that the turn before has scheduled. */
export async function drained() {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Makes an action whose calls are answered by the test: `calls[n].resolve(value)`, `calls[n].reject(error)`. */
export function makeAction() {
  const calls = [];
  const action = (...args) => new Promise((resolve, reject) => calls.push({ args, resolve, reject }));
  return { action, calls };
}

/** Collects what is written to the console as an error or a warning. */
export function watchConsole() {
  const said = [];
  const { error, warn } = console;
  console.error = (...args) => said.push(args.map(String).join(" "));
  console.warn = (...args) => said.push(args.map(String).join(" "));
  return { said, end: () => Object.assign(console, { error, warn }) };
}
