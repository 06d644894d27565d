// The arguments of `fetch`, read as `fetch` reads them: members that are inherited count, and each getter runs once.

import { sendable } from "./address.js";
import { FormData, Headers, Request, URLSearchParams } from "./platform.js";

// As in src/protocol.rs, whose test reads these lines.
/** The header that makes a POST an action. */
export const NEXT_ACTION = "next-action";
/** The header of an idempotency key, unless the dispatcher names another. */
export const IDEMPOTENCY_KEY = "idempotency-key";

/** The members of `RequestInit` that browsers know, in the order in which they are read. Others are taken along where they are its own. */
const MEMBERS = [
  "body", "browsingTopics", "cache", "credentials", "duplex", "headers", "integrity", "keepalive", "method", "mode", "priority",
  "privateToken", "redirect", "referrer", "referrerPolicy", "signal", "targetAddressSpace", "window",
];

/** A plain copy of `init`, of only what is given; throws a `TypeError` where `fetch` rejects with one. */
export function readInit(init) {
  const read = {};
  if (init === undefined || init === null) return read;
  if (typeof init !== "object" && typeof init !== "function") throw new TypeError("fetch: its second argument is not an object");
  const take = (name) => {
    const value = init[name];
    if (value !== undefined) read[name] = value;
  };
  MEMBERS.forEach(take);
  for (const name of Reflect.ownKeys(init)) {
    if (!MEMBERS.includes(name) && name !== "__proto__" && Object.prototype.propertyIsEnumerable.call(init, name)) take(name);
  }
  if (read.method !== undefined) read.method = `${read.method}`;
  if (read.headers !== undefined) read.headers = headersNow(read.headers);
  return read;
}

/** The request in the place of a URL: of this realm, of another, or of a class of the page's own. */
export function requestOf(input) {
  return typeof input === "object" && typeof input?.method === "string" && typeof input.url === "string" ? input : undefined;
}

/** What to ask for: a request, or a text that nothing changes any more. */
export const targetOf = (input) => requestOf(input) ?? sendable(typeof input === "object" ? String(input) : input);

/** The method, in capitals. `init`: as `readInit` gives it. */
export const methodOf = (input, init) => (init.method ?? requestOf(input)?.method ?? "GET").toUpperCase();

/** The action's id, if this is a POST with that header. */
export function actionOf(input, init) {
  if (methodOf(input, init) !== "POST") return undefined;
  return new Headers(init.headers ?? requestOf(input)?.headers).get(NEXT_ACTION) ?? undefined;
}

/** The signal that belongs to the request: `null` among its options takes that of a `Request` away. */
export function signalOf(input, init) {
  return (init.signal === undefined ? requestOf(input)?.signal : init.signal) ?? undefined;
}

/** A copy of headers in the form they have, so that a wrapper that spreads them or asks for their class finds what it expects. */
function headersNow(headers) {
  if (typeof headers !== "object" || headers === null) return headers; // for `fetch` to refuse
  if (typeof Headers === "function" && headers instanceof Headers) return new Headers(headers);
  if (typeof headers[Symbol.iterator] === "function") return Array.from(headers, (pair) => Array.from(pair));
  return record(Object.entries(headers));
}

/**
 * A plain object of headers: the form in which Next.js gives them to `fetch`, and that wrappers of it understand. `__proto__` is in
 * capitals, which makes it the same header and no property that assigning loses.
 */
export function record(pairs) {
  const made = {};
  for (const [name, value] of pairs) made[keyOf(name)] = value;
  return made;
}

/** The same, of name, value, name, value, … a line each. */
export function recordOf(text) {
  const lines = text.split("\n");
  const made = {};
  for (let at = 0; at < lines.length; at += 2) made[keyOf(lines[at])] = lines[at + 1];
  return made;
}

const keyOf = (name) => (name === "__proto__" ? "__PROTO__" : name);

/** The headers as a plain object with more, in the place of those of their names, which are in lower case. */
export function withHeaders(headers, more) {
  const isRecord = typeof headers?.[Symbol.iterator] !== "function";
  const pairs = isRecord ? Object.entries(headers ?? {}) : [...new Headers(headers)];
  const names = more.map(([name]) => name);
  return record([...pairs.filter(([other]) => !names.includes(other.toLowerCase())), ...more]);
}

/**
 * Gives what to call `fetch` with for one attempt: `init` with this signal. It is all in the request where there is one: some wrappers of `fetch`
 * pass only that on. Headers are a fresh copy, since some change them.
 */
export function argumentsOf(input, init, signal) {
  if (typeof Request === "function" && input instanceof Request) return [new Request(input, { ...init, signal })];
  const made = { ...init, signal };
  if (init.headers !== undefined) made.headers = headersNow(init.headers);
  return [input, made];
}

/** Whether a request can be sent once only: its body is read as it is sent. */
export function isOnce(input, init) {
  if (init.body !== undefined && init.body !== null) return isStream(init.body);
  const request = requestOf(input);
  return request !== undefined && request.method !== "GET" && request.method !== "HEAD";
}

/** Whether this is read piece by piece: a stream of whatever realm, or what Node.js takes for one. */
export const isStream = (body) => typeof body?.getReader === "function" || typeof body?.[Symbol.asyncIterator] === "function";

/** The same body, as it is now: what the page does to it later is of no consequence. */
export function bodyNow(body) {
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  if (body instanceof ArrayBuffer) return body.slice(0);
  if (body instanceof URLSearchParams) return new URLSearchParams(body);
  if (!(body instanceof FormData)) return body;
  const copy = new FormData();
  for (const [name, value] of body) copy.append(name, value);
  return copy;
}
