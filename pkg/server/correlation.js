// Keeps the id and the trace of a request for all code that runs for it, also after `await`. Must not take over an id
// that could break a log line or a header, and must not import Node.js: where `AsyncLocalStorage` is missing, only
// `fn` itself gets the correlation.

/** Longest id that is taken over, in characters. */
const LONGEST = 128;
/** Characters of UUIDs, base64 and the ids of proxies. Quotes, brackets, commas, spaces and lines are refused. */
const ID = /^[\w.:/+=@~-]+$/;

/** A `traceparent` of W3C Trace Context. A later version may have more parts. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[\x21-\x7e]*)?$/;
const LONGEST_TRACEPARENT = 512;

/** Place of the storage. Next.js bundles this file several times for one server, and all copies must share it. */
const STORAGE = Symbol.for("actionlane.correlation");

export function withCorrelation(headers, fn) {
  if (typeof headers?.get !== "function") throw new TypeError("withCorrelation: headers has a method get(name)");
  if (typeof fn !== "function") throw new TypeError("withCorrelation: fn is a function");
  const correlation = read(headers);
  const storage = sharedStorage();
  return storage ? storage.run(correlation, fn, correlation) : fn(correlation);
}

export const correlationId = () => current()?.id;

export const traceparent = () => current()?.traceparent;

/** Returns the correlation of the request that the caller runs for. */
export const current = () => globalThis[STORAGE]?.getStore();

function sharedStorage() {
  if (globalThis[STORAGE]) return globalThis[STORAGE];
  // Next.js sets the global one, in both of its runtimes. The analyser of its edge builds refuses a bare `process`.
  const Storage = globalThis.AsyncLocalStorage ?? globalThis.process?.getBuiltinModule?.("node:async_hooks")?.AsyncLocalStorage;
  if (Storage) Object.defineProperty(globalThis, STORAGE, { value: new Storage() });
  return globalThis[STORAGE];
}

/** Makes a correlation of what the client has sent, and of new ids where that is missing or refused. */
function read(headers) {
  const trace = readTrace(headers.get("traceparent"));
  const sent = headers.get("x-request-id");
  const id = isId(sent) ? sent : (trace?.id ?? crypto.randomUUID());
  return Object.freeze({ id, traceparent: trace?.value ?? `00-${randomHex(16)}-${randomHex(8)}-01` });
}

const isId = (text) => typeof text === "string" && text.length <= LONGEST && ID.test(text);

/** Reads a `traceparent`. Of a later version it keeps what version 00 has, as the specification asks for. */
function readTrace(text) {
  const [, version, id, span, flags, more] = (typeof text === "string" && text.length <= LONGEST_TRACEPARENT && TRACEPARENT.exec(text)) || [];
  if (version === undefined || version === "ff" || isZero(id) || isZero(span)) return undefined;
  if (version === "00") return more === undefined ? { id, value: text } : undefined;
  const sampled = Number.parseInt(flags, 16) & 1;
  return { id, value: `00-${id}-${span}-0${sampled}` };
}

const isZero = (digits) => /^0+$/.test(digits);

function randomHex(length) {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  if (bytes.every((byte) => byte === 0)) bytes[0] = 1; // no id is all zeros
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
