// Copies and checks the options that come from the page. Each is read once, by name, so that no getter of the page runs
// later; a getter that throws or an unknown name is an INVALID_OPTION. Must not decide what a value means: Rust does.

import { sendable } from "./page/url.js";
import { isToken } from "./page/next_app.js";
import { ActionError, invalid } from "./error.js";
import { checkDispatcher } from "./options/no_effect.js";
import { didYouMean } from "./options/did_you_mean.js";
import { MAX_ARGUMENTS } from "./boundary/codes.js";
import { Headers, Map, URL, isForeign, ofDocument, pageOrigin } from "./page/globals.js";

export const DISPATCHER = {
  url: (value) => (typeof value === "function" ? value : address(value)),
  headers: (value) => (typeof value === "function" ? value : headers(value)),
  fetch: (value) => expect(typeof value === "function", value, "a function"),
  credentials: (value) => word(value, "omit", "same-origin", "include"),
  timeout: duration,
  stallTimeout: duration,
  deadline: duration,
  retry,
  idempotency,
  lanes,
  offline: (value) => word(value, "wait", "fail"),
  probe: (value) => (value === false ? value : address(value)),
  maxBodyBytes: (value) => (value === false ? Infinity : count(value)),
  maxQueued: count,
  scope: (value) => word(value, "dispatcher", "origin"),
  leaseTimeout: duration,
  keepalive: flag,
  nextVersion,
  basePath: path,
  host,
  redirect: (value) => word(value, "follow", "throw"),
  render: (value) => word(value, "auto", "skip"),
  skew: (value) => word(value, "recover", "fail", "reload"),
  deploymentId: (value) => (value === "" ? value : token(value)),
  trace,
  hooks: (value) => boundMethods(value, HOOKS, "hooks"),
  outbox,
  limits,
};

export const CALL = {
  lane: (value) => (typeof value === "function" ? value : laneName(value)),
  strategy,
  key: text,
  signal,
  timeout: duration,
  stallTimeout: duration,
  deadline: duration,
  retry,
  idempotencyKey: (value) => (typeof value === "boolean" ? value : key(value)),
  headers,
  url: address,
  name: text,
  redirect: DISPATCHER.redirect,
  render: DISPATCHER.render,
  skew: DISPATCHER.skew,
  keepalive: flag,
  trace,
  durable: (value) => (typeof value === "boolean" ? value && {} : copy(object(value), DURABLE, "durable")),
  limits,
  onProgress: method,
};

/** The reasons why a request that is already built cannot have these options. */
const NOT_FOR_BUILT = {
  url: "the request has one",
  durable: "a request that is built already is not stored; use d.call",
  keepalive: "it is a member of init",
  redirect: "the reader of the answer follows it",
  render: "the request itself asks for that",
  skew: "the reader of the answer does that",
  limits: "the limits of the dispatcher apply",
  onProgress: "fetch reports none; use d.call",
};

const { lane, strategy: checkStrategy, ...USUAL } = CALL;

/** The options of `fetch()` for an action, whose request is already built. */
const FETCH = {
  ...USUAL,
  lane: (value) => laneName(only(typeof value !== "function", value, "lane: a function needs the arguments, which are unknown here; give a name")),
  strategy: (value) => only(checkStrategy(value) !== "join", value, 'strategy: "join" shares an answer, and a Response is read once'),
  headers: DISPATCHER.headers,
  frees: (value) => word(value, "value", "head"),
  ...named(Object.keys(NOT_FOR_BUILT), (name) => `${name}: ${NOT_FOR_BUILT[name]}`),
};

const OUTBOX = { owner, onResult: method };

export const DURABLE = { owner, ttl: duration };

/** The properties by which `cancel()` chooses calls; `state` has only the states that can be cancelled. */
const CANCEL = { id: count, actionId: text, name: text, lane: laneName, state: (value) => word(value, "loading", "preparing", "waiting", "running") };

export const RETRY = { limit: count, budget: duration, delay: time, backoffLimit: time, maxRetryAfter: time };

export const LANE = { concurrency: (value) => expect(count(value) > 0, value, "a whole number above 0"), strategy };

export const IDEMPOTENCY = { header: (value) => expect(matches(value, /^[!#$%&'*+.^_`|~\w-]+$/), value, "the name of a header").toLowerCase() };

const HOOKS = { beforeRequest: method, afterResponse: method, onError: method };

export const TRACE = { traceparent: (value) => flagOr(value, traceparent), requestId: (value) => flagOr(value, token) };

const ROUTE = { signal, timeout: duration, name: text, retry, idempotencyKey: CALL.idempotencyKey };

/** The options of `fetch()` for a request that is no action. */
const NO_ACTION = { ...named(Object.keys(FETCH), (name) => `${name}: only actions have it, and this request is none (a POST with Next-Action)`), ...ROUTE };

export const LIMITS = { maxBytes: most, maxRowBytes: most, maxOpenRows: most, maxDepth: most, maxDigits: most, maxUnreadBytes: most };

const READY = { codec: flag };

const DECODE = { ...LIMITS, temporaryReferences: object };

const ENCODE = { nextVersion, signal, temporaryReferences: object, maxDepth: most };

const REFERENCE = { id: (value) => (typeof value === "function" ? value : text(value)), name: text, url: address };

export function dispatcherOptions(options) {
  const copied = copy(options, DISPATCHER, "dispatcher");
  checkDispatcher(copied);
  if (copied.scope === "origin") oneOverAllTabs(copied.lanes);
  else if (copied.leaseTimeout !== undefined) throw invalid('leaseTimeout: there are leases with scope: "origin" only');
  return copied;
}

export const callOptions = (options) => copy(options, CALL, "call");
export const fetchOptions = (options, isAction) => copy(options, isAction ? FETCH : NO_ACTION, "fetch");
export const readyOptions = (options) => copy(options, READY, "ready");
export const decodeOptions = (options) => copy(options, DECODE, "decode");
export const encodeOptions = (options) => copy(options, ENCODE, "encode");

/**
 * Throws if this page cannot run one call at a time across all tabs. Other faults of the locks show when the
 * first is requested.
 */
function oneOverAllTabs(lanes) {
  const why = [...(lanes ?? [])].find(([, { concurrency }]) => concurrency > 1);
  if (why) throw invalid(`lanes: ${JSON.stringify(why[0])} cannot run several at once with scope "origin"`);
  let request;
  try {
    request = globalThis.navigator.locks.request;
  } catch {
    // The browser has no lock API.
  }
  if (typeof request !== "function") throw invalid('scope: "origin" needs the lock API (navigator.locks), which browsers have on secure pages only');
  if (pageOrigin() === "null") throw invalid('scope: "origin" needs an origin that pages share; that of this document is opaque');
}

/**
 * Returns the properties by which calls are chosen. An empty filter is an error: it is a mistake more often
 * than it means every call.
 */
export function cancelFilter(filter) {
  if (typeof filter !== "object" || filter === null) throw invalid("cancel: expected a function or an object");
  const wanted = copy(filter, CANCEL, "cancel");
  // A property is undefined if it was read from an object that lacks it.
  const named = Object.keys(filter);
  if (named.length === 0 || named.some((name) => wanted[name] === undefined)) {
    throw invalid("cancel: an empty filter would choose every call; if you mean that, pass () => true");
  }
  return wanted;
}

export const routeOptions = (options) => copy(options, ROUTE, "route");

/** Returns the action as `{ id, name?, url? }`. Only `pkg/next/` knows the id of an imported action, or of a name. */
export function reference(ref) {
  const copied = typeof ref === "string" || typeof ref === "function" ? { id: ref } : copy(ref, REFERENCE, "action");
  const { id } = copied;
  if (typeof id === "string") return copied;
  const found = globalThis[Symbol.for("actionlane.next")]?.find?.(copied, didYouMean)
    ?? (id ?? copied.name ? "imported actions and names are found only under withActionlane" : "id is missing") + SOURCE;
  if (typeof found === "string") throw invalid(`action: ${found}`);
  return found;
}

/** Throws if a name was given as id, the usual mistake. Rust checks ids exactly. */
export function checkId(id) {
  if (/^[a-z_$][\w$]*$/i.test(id) && !/^[\da-f]+$/i.test(id)) throw invalid("action: a name alone finds no action" + SOURCE);
}

const SOURCE = "; a server component can read the id with refs() of actionlane/server and pass it on: { id, name }";

export function laneName(value) {
  return expect(typeof value === "string" && value !== "", value, "a name");
}

/** The last result of `destination()` and its input: most calls of a page go to the same URL. */
let lastDestination = {};

/**
 * Returns the absolute URL of a call. Resolved at the call, because the page may be elsewhere when the lane is free.
 */
export function destination(url) {
  // Most URLs are absolute and mean the same on every page, so the page is not asked: reading its origin takes 8 µs,
  // and a document keeps its origin.
  if (lastDestination.whole && lastDestination.url === url) return lastDestination.href;
  const at = globalThis.location?.href;
  const base = ofDocument("baseURI");
  if (typeof url !== "object" && lastDestination.href && lastDestination.url === url && lastDestination.at === at && lastDestination.base === base) return lastDestination.href;
  const href = absolute(url, at, base);
  lastDestination = { url, at, base, href, whole: typeof url === "string" && /^https?:\/\//i.test(url) };
  return href;
}

function absolute(url, at, base) {
  const page = /^https?:/.test(at) ? at : undefined;
  if (url === undefined && page === undefined) throw invalid("url: there is no page to take it from, so it must be given");
  let resolved;
  try {
    resolved = url === undefined ? new URL(page) : new URL(url, base ?? page);
  } catch (cause) {
    throw invalid("url: not a URL", cause);
  }
  if (isForeign(resolved)) {
    const message = "actions go to the page's own origin; to reach another one, give the app a proxy: Next.js answers no preflight";
    throw new ActionError("CROSS_ORIGIN", message);
  }
  return String(sendable(resolved));
}

export function copy(options, table, what) {
  if (options === undefined || options === null) return {};
  if (typeof options !== "object") throw invalid(`${what}: not an object`);
  const copied = {};
  let name;
  try {
    // An AbortSignal or an event passed by mistake has only inherited properties, and would count as no options.
    const prototype = Object.getPrototypeOf(options);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw invalid(`${what}: expected a plain object`);
    for (name of Object.keys(options)) {
      if (!Object.hasOwn(table, name)) throw invalid(`${what}: there is no option ${JSON.stringify(name)}${didYouMean(name, Object.keys(table))}`);
      const value = options[name];
      if (value !== undefined) copied[name] = table[name](value);
    }
  } catch (error) {
    if (error instanceof ActionError) throw error;
    if (error instanceof Expected) throw invalid(`${name}: expected ${error.message}`);
    throw invalid(name === undefined ? `${what}: cannot be read` : `${name}: cannot be read`, error);
  }
  return copied;
}

class Expected extends Error {}

function expect(holds, value, what) {
  if (!holds) throw new Expected(what);
  return value;
}

function only(holds, value, why) {
  if (!holds) throw invalid(why);
  return value;
}

/** Makes checks for options that exist only to say why they are not allowed. */
function named(names, why) {
  return Object.fromEntries(names.map((name) => [name, (value) => only(false, value, why(name))]));
}

/** Tests a string. `pattern.test` alone would turn an array or a number into text. */
function matches(value, pattern) {
  return typeof value === "string" && pattern.test(value);
}

const VERSION = /^v?\d+(\.\d+){0,2}([-+].*)?$/;

function nextVersion(value) {
  return expect(value === "any" || matches(value, VERSION), value, 'a version as "16.4.6", or "any"');
}

/** Returns the version of Next.js that an App Router page states; undefined if it states none. */
export function versionOfPage() {
  try {
    const version = globalThis.next?.version; // usually absent, and throwing is slow
    return matches(version, VERSION) ? version : undefined;
  } catch {
    return undefined;
  }
}

export function flag(value) {
  return expect(typeof value === "boolean", value, "true or false");
}

function text(value) {
  return expect(typeof value === "string", value, "a string");
}

function address(value) {
  // By its tag: a bundler for servers or a test runner may have a `URL` class of its own.
  const isUrl = Object.prototype.toString.call(value) === "[object URL]";
  return String(expect(typeof value === "string" || isUrl, value, "a string or a URL"));
}

function word(value, ...words) {
  return expect(words.includes(value), value, words.join(" or ") + (typeof value === "string" ? didYouMean(value, words) : ""));
}

function path(value) {
  return expect(value === "" || matches(value, /^\/[^?#]*[^/?#]$/), value, 'a path as "/shop", or ""');
}

function method(value) {
  return expect(typeof value === "function", value, "a function");
}

/** Checks the option `host`: a word, or an object of the page, whose functions are read once and called on it. */
function host(value) {
  if (typeof value !== "object" || value === null) return word(value, "auto", "next", "document", "none");
  const own = {};
  for (const name of ["redirect", "refresh"]) {
    const given = value[name];
    if (given !== undefined) own[name] = method(given).bind(value);
  }
  return expect(Object.keys(own).length > 0, own, "an object with redirect(url, type) or refresh(kind)");
}

/** Copies functions of the page, bound to the object that holds them. */
function boundMethods(value, table, what) {
  const own = copy(value, table, what);
  for (const name of Object.keys(own)) own[name] = own[name].bind(value);
  return own;
}

/** Checks the option `trace`: for each header its value, `true` for a generated one, `false` for none. */
function trace(value) {
  if (value === true) return { traceparent: true };
  if (value === false) return { traceparent: false, requestId: false };
  return copy(value, TRACE, "trace");
}

const flagOr = (value, read) => (typeof value === "boolean" ? value : read(value));

/** Checks a `traceparent`, as `protocol/trace.rs` does. */
function traceparent(value) {
  const form = /^(?!ff|00.{54}|.{3}0{32}|.{36}0{16})[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}(-[!-~]*)?$/;
  return expect(matches(value, form), value, 'one as "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"');
}

function token(value) {
  return expect(isToken(value), value, "visible ASCII characters");
}

/** Checks an idempotency key: `actionlane/server` must read it as one key. */
function key(value) {
  return expect(matches(value, /^[!#-+\--~]{1,255}$/), value, "1 to 255 visible ASCII characters without quotes and commas");
}

function strategy(value) {
  return word(value, "queue", "queue last", "drop", "replace", "join");
}

/** Checks the option `retry`: the number of attempts after the first, or an object. */
function retry(value) {
  return typeof value === "number" ? { limit: count(value) } : copy(object(value), RETRY, "retry");
}

/** Checks the option `idempotency`: `every` is true if each call carries a key; an object names the header. */
function idempotency(value) {
  return typeof value === "boolean" ? { every: value } : { every: true, ...copy(object(value), IDEMPOTENCY, "idempotency") };
}

/** Checks the options by lane. */
function lanes(value) {
  const prototype = Object.getPrototypeOf(object(value));
  expect(prototype === null || Object.getPrototypeOf(prototype) === null, value, "an object of lanes by name");
  const names = Object.keys(value);
  return new Map(names.map((name) => [laneName(name), copy(object(value[name]), LANE, `lanes: ${JSON.stringify(name)}`)]));
}

function outbox(value) {
  const own = copy(object(value), OUTBOX, "outbox");
  if (own.owner === undefined) throw invalid("outbox: owner is missing");
  own.onResult = own.onResult?.bind(value);
  return own;
}

function owner(value) {
  return expect(typeof value === "string" && value !== "", value, "who is logged in, as a string");
}

function object(value) {
  return expect(typeof value === "object" && value !== null, value, "an object of your own");
}

function count(value) {
  return expect(Number.isSafeInteger(value) && value >= 0 && value < 2 ** 31, value, "a whole number below 2^31");
}

/** Checks an upper limit; `Infinity` means no limit. */
function most(value) {
  return value === Infinity ? value : count(value);
}

/** Checks the limits of an answer, by name. */
function limits(value) {
  return copy(object(value), LIMITS, "limits");
}

function time(value) {
  return expect(typeof value === "number" && value >= 0, value, "milliseconds");
}

function duration(value) {
  return expect(typeof value === "number" && value > 0, value, "milliseconds above 0");
}

/** Returns milliseconds; undefined for `Infinity`, which means no limit. */
export function finite(duration) {
  return duration === Infinity ? undefined : duration;
}

/** Returns the arguments of a call, read once. Refuses more than Next.js accepts. */
export function argumentList(args) {
  if (args === undefined) return [];
  let list;
  try {
    if (Array.isArray(args) && args.length <= MAX_ARGUMENTS) list = Array.from(args);
  } catch (cause) {
    throw invalid("args: cannot be read", cause);
  }
  if (list === undefined) throw invalid(`args: expected an array of at most ${MAX_ARGUMENTS} arguments`);
  return list;
}

function headers(value) {
  return [...new Headers(value)];
}

function signal(value) {
  const listens = ["addEventListener", "removeEventListener"].every((name) => typeof value?.[name] === "function");
  return expect(listens && typeof value.aborted === "boolean", value, "an AbortSignal");
}
