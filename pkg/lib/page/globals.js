// Holds the globals and document properties that the package uses. No other file of `lib/` may use a global of
// these names; a test checks that.
//
// Pages shadow globals (`var origin = "BER"`, `const performance = …`), and elements hide properties of the
// document (`<img name="scripts">`). Neither affects what this file exports, whether the page does it before
// this module runs or after:
//
// - properties of the document are read from its class, where no element hides them;
// - the origin, the clock and addresses have a second source, for pages that have shadowed them by `var`;
// - classes of the platform are read once, from `globalThis`, which `let`, `const` and `class` of a script do
//   not change;
// - `document` and `location` cannot be shadowed.
//
// Functions with which a page replaces `fetch` or `setTimeout` are called, as the page intends. Classes other than
// `URL`, and parts of the language, that it has replaced by `var` before this module ran are used as they are, as a
// polyfill intends. Nothing is needed at import: what is missing, in a worker or in Node.js, is undefined.

export let AbortController, AbortSignal, Blob, CustomEvent, File, FormData, Headers, Map, ReadableStream, Request, Response, Set,
  TextDecoder, TextEncoder, URLSearchParams, WeakMap, WebAssembly;

/** Reads the classes that were missing before: test runners add some after this module has run. */
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

/** The path of the document when this module ran. */
export const firstPath = first?.pathname ?? "/";

/** Returns a property as the class of `target` defines it. */
export function propertyOf(target, name) {
  for (let from = Object.getPrototypeOf(target); from; from = Object.getPrototypeOf(from)) {
    const found = Object.getOwnPropertyDescriptor(from, name);
    if (found) return found.get ? found.get.call(target) : found.value;
  }
  return target[name];
}

/** Returns a property of the document; undefined if there is no document. */
export function ofDocument(name) {
  const { document } = globalThis;
  return document && propertyOf(document, name);
}

/** Returns the current document as text; "" if there is none. */
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

/** True if the timers were replaced since, as tests do, perhaps together with the clock. */
const isFaked = () => globalThis.setTimeout !== firstTimer && typeof globalThis.performance?.now === "function";

/** Makes the clock, in ms. It stays the same for as long as the page lives. */
function makeClock() {
  if (isClock(own)) return () => own.now();
  // The timestamps of events are from the same clock.
  const create = ofDocument("createEvent");
  if (create) return () => create.call(document, "Event").timeStamp;
  const start = Date.now();
  let last = 0;
  return () => (last = Math.max(last, Date.now() - start));
}

/** True if this is the browser's clock, also if tests have changed it. */
function isClock(given) {
  try {
    return typeof Object.getPrototypeOf(given).now.call(given) === "number";
  } catch {
    return false;
  }
}

/** Returns the origin of the page or worker: "null" if it is opaque, undefined if there is none. */
export function pageOrigin() {
  const { origin, location } = globalThis;
  if (origin === "null" || !location) return origin;
  if (location.origin !== "null") return location.origin;
  // `about:srcdoc` has the origin of the page that contains it.
  return [origin, ofDocument("baseURI")].map((url) => parsed(url)).find(Boolean)?.origin;
}

/**
 * True for an address of another origin than the page's. A page of an extension, of an app on a device or of a file is
 * at an origin that answers nothing: there, none is.
 */
export function isForeign({ origin }) {
  const own = pageOrigin();
  return String(own).startsWith("http") && origin !== own;
}

/** Parses an address, which may be relative to `base`; undefined if it is invalid. */
export function parsed(url, base) {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}

/** Parses addresses with an `<a>`, for pages that have replaced `URL` by something else. */
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
