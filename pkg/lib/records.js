// The records of the outbox, as they lie in the store: written, read, and judged. By the grammar and the rules of
// src/outbox.rs; both are held to tests/vectors/outbox.json.

import { TextDecoder, TextEncoder } from "./platform.js";

/** The version that is written, and the only one that is read. */
const VERSION = 1;
/** The version and the check. */
const HEAD = 5;
const TORN = { message: "an entry of the outbox is damaged" };

/**
 * Writes what is known of a durable call without its body: the `owner`, `lane`, `actionId`, `url` (absolute), `header`
 * (in lower case) and its `key`, `queuedAt` (milliseconds since 1970), `ttl` (milliseconds from then), its place
 * `sequence` among the calls that its sender made (a bigint), whether its body is a `form`, its own `headers` as pairs;
 * and perhaps a `name`, and the code `failed` of the error it failed with for good.
 */
export function encode({ owner, lane, actionId, name = "", url, header, key, failed = "", queuedAt, ttl, sequence, form, headers }) {
  const parts = [];
  const fixed = (size, set) => {
    const bytes = new Uint8Array(size);
    set(new DataView(bytes.buffer));
    parts.push(bytes);
  };
  const length = (length) => fixed(4, (view) => view.setUint32(0, length, true));
  const text = (text) => {
    const bytes = new TextEncoder().encode(text);
    length(bytes.length);
    parts.push(bytes);
  };
  [owner, lane, actionId, name, url, header, key, failed].forEach(text);
  fixed(8, (view) => view.setFloat64(0, queuedAt, true));
  fixed(8, (view) => view.setFloat64(0, ttl, true));
  fixed(8, (view) => view.setBigUint64(0, sequence, true));
  fixed(1, (view) => view.setUint8(0, form ? 1 : 0));
  length(headers.length);
  headers.flat().forEach(text);
  const record = new Uint8Array(parts.reduce((size, part) => size + part.length, HEAD));
  let at = HEAD;
  for (const part of parts) {
    record.set(part, at);
    at += part.length;
  }
  record[0] = VERSION;
  viewOf(record).setUint32(1, fnv(record.subarray(HEAD)), true);
  return record;
}

/**
 * Gives `{ record }`; of one that cannot be read `{ unreadable }`: the `message`, and the `version` if
 * another one has written it.
 */
export function decode(bytes) {
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) return { unreadable: TORN };
  const [version] = bytes;
  if (version !== VERSION) return { unreadable: { message: `an entry of the outbox is of version ${version}, not ${VERSION}`, version } };
  try {
    const record = fieldsOf(bytes);
    return holds(record) ? { record } : { unreadable: TORN };
  } catch {
    return { unreadable: TORN };
  }
}

/** Throws where it ends too early, or what it says is no text. */
function fieldsOf(bytes) {
  const view = viewOf(bytes);
  if (view.getUint32(1, true) !== fnv(bytes.subarray(HEAD))) throw TORN;
  let at = HEAD;
  const take = (size) => (at += size) - size;
  const length = () => view.getUint32(take(4), true);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const text = () => {
    const size = length();
    if (size > bytes.length - at) throw TORN;
    return decoder.decode(bytes.subarray(at, (at += size)));
  };
  const some = (text) => (text === "" ? undefined : text);
  const [owner, lane, actionId, name, url, header, key, failed] = Array.from({ length: 8 }, text);
  const record = { owner, lane, actionId, name: some(name), url, header, key, failed: some(failed) };
  record.queuedAt = view.getFloat64(take(8), true);
  record.ttl = view.getFloat64(take(8), true);
  record.sequence = view.getBigUint64(take(8), true);
  const form = view.getUint8(take(1));
  record.form = form === 1;
  record.headers = [];
  for (let left = length(); left > 0; left -= 1) record.headers.push([text(), text()]);
  if (form > 1 || at !== bytes.length || !/^(?:[\da-f]{40}|[\da-f]{42})$/i.test(record.actionId)) throw TORN;
  return record;
}

/** Checks what every record that was written fulfils. */
function holds({ owner, lane, url, header, key, queuedAt, ttl }) {
  return [owner, lane, url, header, key].every((text) => text !== "") && Number.isFinite(queuedAt) && ttl > 0;
}

/**
 * The record, saying that it has failed with this code, or with `undefined` that it has not. Undefined for
 * one that cannot be read.
 */
export function marked(bytes, failed) {
  const { record } = decode(bytes);
  return record && encode({ ...record, failed });
}

/**
 * Tells what a dispatcher of this owner is to do with what it finds, in that order: the order of calling, after what
 * cannot be read. With `failedToo`, what has failed is sent once more.
 *
 * `found`: objects of the `head`, the record; `form`, whether the body beside it is the parts of a form,
 * undefined where there is no body that could be sent; and `alive`, whether the page that is to send it is
 * still there. Gives objects of the `index` among them, the `verdict`, and what the record says. Verdicts:
 * `send`, for so many milliseconds (`left`); `leave`, its sender does that; `failed` for good, and kept;
 * `expired`, its time is over; `foreign`, somebody else's; `aside`, left as it is, with the `message`, and
 * the `version` if another one has written it.
 */
export function sift(found, owner, failedToo, now) {
  const sifted = found.map((one, index) => ({ index, ...judge(one, owner, failedToo, now) }));
  return sifted.sort(byCall).map(({ index, verdict, record, ...more }) => ({ index, verdict, ...more, ...(record && shownOf(record)) }));
}

function judge({ head, form, alive }, owner, failedToo, now) {
  const { record, unreadable } = decode(head);
  if (unreadable) return { verdict: "aside", ...unreadable };
  if (record.owner !== owner) return { verdict: "foreign" };
  if (form !== record.form) return { verdict: "aside", ...TORN };
  if (alive) return { verdict: "leave", record };
  // A clock that was set back gives it no more time than it had.
  const left = Math.min(record.queuedAt + record.ttl - now, record.ttl);
  if (left <= 0) return { verdict: "expired", record };
  return record.failed !== undefined && !failedToo ? { verdict: "failed", record } : { verdict: "send", left, record };
}

function byCall({ record: a }, { record: b }) {
  if (!a || !b) return (a ? 1 : 0) - (b ? 1 : 0);
  return a.queuedAt - b.queuedAt || (a.sequence > b.sequence ? 1 : 0) - (a.sequence < b.sequence ? 1 : 0);
}

function shownOf({ lane, actionId, name, url, header, key, failed, queuedAt, ttl, headers }) {
  const shown = { lane, actionId, url, header, idempotencyKey: key, queuedAt, expiresAt: queuedAt + ttl, headers };
  if (name !== undefined) shown.name = name;
  if (failed !== undefined) shown.code = failed;
  return shown;
}

const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** FNV-1a: tells what was damaged, not what was forged. */
function fnv(bytes) {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
