// The globals and document properties that the package takes from the page around it.
//
// Pages shadow globals (`var origin = "BER"`, `const performance = …`), and elements stand in the place of
// the document's own properties (`<img name="scripts">`). Neither reaches what is had from here, whether
// the page did it before this module ran or after:
//
// - properties of the document come from its class, where no element stands before them;
// - the origin, the clock and addresses have a second source, for pages that have shadowed them by `var`;
// - classes of the platform are taken once, from `globalThis`, which `let`, `const` and `class` of a script
//   do not change;
// - `document` and `location` cannot be shadowed.
//
// Functions that a page puts in the place of the browser's are called, as they are meant to be: `fetch`,
// `setTimeout`. Classes other than `URL`, and parts of the language, that it has replaced by `var` before this module
// ran cannot be had back: they are used as they are, which is what a polyfill wants. Nothing is needed at import:
// what there is not, in a worker or in Node.js, is undefined.

export let AbortController, AbortSignal, Blob, CustomEvent, File, FormData, Headers, Map, ReadableStream, Request, Response, Set,
  TextDecoder, TextEncoder, URLSearchParams, WeakMap, WebAssembly;

/** Takes what was not there before: test runners bring some of it after this module. */
export function take() {
  AbortController ??= globalThis.AbortController;
  AbortSignal ??= globalThis.AbortSignal;
  Blob ??= globalThis.Blob;
  CustomEvent ??= globalThis.CustomEvent;
  File ??= globalThis.File;
  FormData ??= globalThis.FormData;
  Headers ??= globalThis.Headers;
  Map ??= globalThis.Map;
  ReadableStream ??= globalThis.ReadableStream;
  Request ??= globalThis.Request;
  Response ??= globalThis.Response;
  Set ??= globalThis.Set;
  TextDecoder ??= globalThis.TextDecoder;
  TextEncoder ??= globalThis.TextEncoder;
  URLSearchParams ??= globalThis.URLSearchParams;
  WeakMap ??= globalThis.WeakMap;
  WebAssembly ??= globalThis.WebAssembly;
}

take();

const { URL: given, performance: own, location: first, setTimeout: firstTimer } = globalThis;

/** Where the document was when this module ran. */
export const firstPath = first?.pathname ?? "/";

/** A property as the class of `target` defines it. */
export function propertyOf(target, name) {
  for (let from = Object.getPrototypeOf(target); from; from = Object.getPrototypeOf(from)) {
    const found = Object.getOwnPropertyDescriptor(from, name);
    if (found) return found.get ? found.get.call(target) : found.value;
  }
  return target[name];
}

/** A property of the document; undefined where there is none. */
export function ofDocument(name) {
  const { document } = globalThis;
  return document && propertyOf(document, name);
}

/** The document as it is now, as text; empty where there is none. */
export const pageText = () => ofDocument("documentElement")?.outerHTML ?? "";

export const addEventListener = (...args) => propertyOf(globalThis, "addEventListener")?.apply(globalThis, args);
export const removeEventListener = (...args) => propertyOf(globalThis, "removeEventListener")?.apply(globalThis, args);

export const fetch = (...args) => globalThis.fetch(...args);
export const setTimeout = (...args) => globalThis.setTimeout(...args);
export const clearTimeout = (...args) => globalThis.clearTimeout(...args);
export const queueMicrotask = (...args) => globalThis.queueMicrotask(...args);

export const navigator = {
  get locks() { return globalThis.navigator?.locks; },
  get onLine() { return globalThis.navigator?.onLine; },
  get userAgent() { return globalThis.navigator?.userAgent; },
};

export const crypto = {
  getRandomValues: (into) => globalThis.crypto.getRandomValues(into),
  randomUUID: () => globalThis.crypto.randomUUID(),
};

let clock;

export const performance = {
  now: () => (isFaked() ? globalThis.performance.now() : (clock ??= makeClock())()),
  getEntriesByType: (type) => (isClock(own) ? own.getEntriesByType?.(type) : undefined) ?? [],
};

/** Whether other timers have come since, and perhaps another clock with them, as tests do. */
const isFaked = () => globalThis.setTimeout !== firstTimer && typeof globalThis.performance?.now === "function";

/** In ms; the same clock for as long as the page lives. */
function makeClock() {
  if (isClock(own)) return () => own.now();
  // Events are stamped by the same clock.
  const create = ofDocument("createEvent");
  if (create) return () => create.call(document, "Event").timeStamp;
  const start = Date.now();
  let last = 0;
  return () => (last = Math.max(last, Date.now() - start));
}

/** Whether it is the browser's own, or one that tests have changed. */
function isClock(given) {
  try {
    return typeof Object.getPrototypeOf(given).now.call(given) === "number";
  } catch {
    return false;
  }
}

/** The origin of the page or worker: "null" for one that nobody shares, undefined where there is none. */
export function pageOrigin() {
  const { origin, location } = globalThis;
  if (origin === "null" || !location) return origin;
  if (location.origin !== "null") return location.origin;
  // `about:srcdoc` has the origin of the page that it is in.
  return [origin, ofDocument("baseURI")].map(parsed).find(Boolean)?.origin;
}

/** An address by its parts; undefined for what is none. */
export function parsed(url) {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}

/** Reads addresses by an `<a>`, for pages with something else in the place of `URL`. */
class Address {
  constructor(url, base) {
    const page = ofDocument("implementation").createHTMLDocument("");
    const [a, within] = ["a", "base"].map((name) => page.createElement(name));
    page.head.append(within);
    if (base !== undefined) within.href = base;
    a.href = url;
    if (a.protocol === ":" || (base === undefined && !/^[a-z][a-z\d+.-]*:/i.test(url))) throw new TypeError("not a URL");
    for (const part of ["href", "origin", "protocol", "pathname", "search", "hash"]) this[part] = a[part];
    this.searchParams = new URLSearchParams(a.search);
  }

  toString() {
    return this.href;
  }
}

const isGiven = typeof given === "function" && "searchParams" in Object(given.prototype);

export const URL = isGiven || !globalThis.document ? given : Address;
