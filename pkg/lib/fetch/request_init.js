// Reads the arguments of `fetch` as `fetch` itself reads them: inherited members count, and each getter runs
// once. Must not send the request.

import { NEXT_ACTION, methodOf, requestOf } from "./action_header.js";
import { sendable } from "../page/url.js";
import { FormData, Headers, Request, URL, URLSearchParams, ofDocument } from "../page/globals.js";

/** The header of an idempotency key, unless the dispatcher names another. `src/protocol.rs` tests this line. */
export const IDEMPOTENCY_KEY = "idempotency-key";

/**
 * The members of `RequestInit` that browsers know, in the order in which they are read. Other members are
 * copied if they are own properties.
 */
const MEMBERS = [
  "body", "browsingTopics", "cache", "credentials", "duplex", "headers", "integrity", "keepalive", "method", "mode", "priority",
  "privateToken", "redirect", "referrer", "referrerPolicy", "signal", "targetAddressSpace", "window",
];

/**
 * Returns a plain copy of the members of `init` that are given. Throws a `TypeError` where `fetch` rejects with one.
 */
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

/** Returns the target of a request: a request object, or a string that can no longer change. */
export const targetOf = (input) => requestOf(input) ?? sendable(typeof input === "object" ? String(input) : input);

/** Returns the absolute address of a request; as written if that is no address. */
export function addressOf(input) {
  const url = requestOf(input)?.url ?? String(input);
  try {
    return new URL(url, ofDocument("baseURI") ?? globalThis.location?.href).href;
  } catch {
    return url;
  }
}

/** Returns the id of the action if this is a POST with the header; else undefined. */
export function actionOf(input, init) {
  if (methodOf(input, init) !== "POST") return undefined;
  return new Headers(init.headers ?? requestOf(input)?.headers).get(NEXT_ACTION) ?? undefined;
}

/** Returns the signal of the request. `signal: null` in `init` removes that of a `Request`. */
export function signalOf(input, init) {
  return (init.signal === undefined ? requestOf(input)?.signal : init.signal) ?? undefined;
}

/** Copies headers and keeps their kind: a wrapper may spread them, or call the methods of their class. */
function headersNow(headers) {
  if (typeof headers !== "object" || headers === null) return headers; // `fetch` refuses it
  if (typeof Headers === "function" && headers instanceof Headers) return new Headers(headers);
  if (typeof headers[Symbol.iterator] === "function") return Array.from(headers, (pair) => Array.from(pair));
  return record(Object.entries(headers));
}

/**
 * Makes a plain object of headers, the form that Next.js gives to `fetch` and that wrappers of it expect. `__proto__`
 * is written in capitals: still the same header, but an ordinary property.
 */
export function record(pairs) {
  const made = {};
  for (const [name, value] of pairs) made[keyOf(name)] = value;
  return made;
}

/** Does the same for a text of lines: name, value, name, value, … */
export function recordOf(text) {
  const lines = text.split("\n");
  const made = {};
  for (let at = 0; at < lines.length; at += 2) made[keyOf(lines[at])] = lines[at + 1];
  return made;
}

const keyOf = (name) => (name === "__proto__" ? "__PROTO__" : name);

/** Returns headers as a plain object, with `more` replacing those of the same names. Names in `more` are lower case. */
export function withHeaders(headers, more) {
  const isRecord = typeof headers?.[Symbol.iterator] !== "function";
  const pairs = isRecord ? Object.entries(headers ?? {}) : [...new Headers(headers)];
  const names = more.map(([name]) => name);
  return record([...pairs.filter(([other]) => !names.includes(other.toLowerCase())), ...more]);
}

/**
 * Returns the arguments for one attempt of `fetch`: `init` with this signal. For a `Request`, all is put into the
 * request, because some wrappers of `fetch` pass on only that. Headers are copied, because some wrappers change them.
 */
export function argumentsOf(input, init, signal) {
  if (typeof Request === "function" && input instanceof Request) return [new Request(input, { ...init, signal })];
  const made = { ...init, signal };
  if (init.headers !== undefined) made.headers = headersNow(init.headers);
  return [input, made];
}

/** True if the request can be sent only once, because its body is consumed by sending. */
export function isOnce(input, init) {
  if (init.body !== undefined && init.body !== null) return isStream(init.body);
  const request = requestOf(input);
  return request !== undefined && request.method !== "GET" && request.method !== "HEAD";
}

/** True if the body is read piece by piece: a stream of any realm, or a kind that Node.js treats as one. */
export const isStream = (body) => typeof body?.getReader === "function" || typeof body?.[Symbol.asyncIterator] === "function";

/** Returns a copy of the body as it is now, so that later changes by the page have no effect. */
export function bodyNow(body) {
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  if (body instanceof ArrayBuffer) return body.slice(0);
  if (body instanceof URLSearchParams) return new URLSearchParams(body);
  if (!(body instanceof FormData)) return body;
  const copy = new FormData();
  for (const [name, value] of body) copy.append(name, value);
  return copy;
}
