// Writes, reads and judges the records of the outbox, by the grammar and rules of src/outbox.rs.
// tests/vectors/outbox.json tests both. Touches no storage.

import { TextDecoder, TextEncoder } from "../page/globals.js";

/** The version that is written, and the only one that is read. */
const VERSION = 1;
/** Size in bytes of the version and the checksum. */
const HEAD_SIZE = 5;
const DAMAGED = { message: "an entry of the outbox is damaged" };

/**
 * Writes the record of a durable call, without its body. Its fields: `owner`, `lane`, `actionId`, `url` (absolute),
 * `header` (lower case) and its `key`; `queuedAt` (ms since 1970); `ttl` (ms from then); `sequence`, the place among
 * the calls of its sender (a bigint); `form`, true if the body is a form; its own `headers`, as pairs. Optional:
 * `name`, and `failed`, the code of the error with which it failed for good.
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
  const record = new Uint8Array(parts.reduce((size, part) => size + part.length, HEAD_SIZE));
  let at = HEAD_SIZE;
  for (const part of parts) {
    record.set(part, at);
    at += part.length;
  }
  record[0] = VERSION;
  viewOf(record).setUint32(1, fnv(record.subarray(HEAD_SIZE)), true);
  return record;
}

/**
 * Returns `{ record }`, or `{ unreadable }` for a record that cannot be read: its `message`, and the `version`
 * if another version wrote it.
 */
export function decode(bytes) {
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) return { unreadable: DAMAGED };
  const [version] = bytes;
  if (version !== VERSION) return { unreadable: { message: `an entry of the outbox is of version ${version}, not ${VERSION}`, version } };
  try {
    const record = fieldsOf(bytes);
    return isValid(record) ? { record } : { unreadable: DAMAGED };
  } catch {
    return { unreadable: DAMAGED };
  }
}

/** Returns the fields of a record. Throws if it ends too early or contains invalid text. */
function fieldsOf(bytes) {
  const view = viewOf(bytes);
  if (view.getUint32(1, true) !== fnv(bytes.subarray(HEAD_SIZE))) throw DAMAGED;
  let at = HEAD_SIZE;
  const take = (size) => (at += size) - size;
  const length = () => view.getUint32(take(4), true);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const text = () => {
    const size = length();
    if (size > bytes.length - at) throw DAMAGED;
    return decoder.decode(bytes.subarray(at, (at += size)));
  };
  const orUndefined = (text) => (text === "" ? undefined : text);
  const [owner, lane, actionId, name, url, header, key, failed] = Array.from({ length: 8 }, text);
  const record = { owner, lane, actionId, name: orUndefined(name), url, header, key, failed: orUndefined(failed) };
  record.queuedAt = view.getFloat64(take(8), true);
  record.ttl = view.getFloat64(take(8), true);
  record.sequence = view.getBigUint64(take(8), true);
  const form = view.getUint8(take(1));
  record.form = form === 1;
  record.headers = [];
  for (let left = length(); left > 0; left -= 1) record.headers.push([text(), text()]);
  if (form > 1 || at !== bytes.length || !/^(?:[\da-f]{40}|[\da-f]{42})$/i.test(record.actionId)) throw DAMAGED;
  return record;
}

/** True if a record has the values that every written one has. */
function isValid({ owner, lane, url, header, key, queuedAt, ttl }) {
  return [owner, lane, url, header, key].every((text) => text !== "") && Number.isFinite(queuedAt) && ttl > 0;
}

/**
 * Returns the record marked as failed with this code; with `undefined`, as not failed. Returns undefined if it
 * cannot be read.
 */
export function withFailure(bytes, failed) {
  const { record } = decode(bytes);
  return record && encode({ ...record, failed });
}

/**
 * Decides what a dispatcher of this owner does with the records found. Returns them in the order of calling, after
 * those that are unreadable or belong to another owner. With `failedToo`, failed ones are sent again.
 *
 * `found`: objects of `head`, the record; `form`, true if the body is the parts of a form, false for a string,
 * undefined for anything else; and `alive`, true if the page that sends it still exists. Returns objects of the `index`
 * in `found`, the fields of the record, and the `verdict`:
 * - `send`: send it, for `left` ms at most;
 * - `leave`: its sender does that;
 * - `failed`: it failed for good, and stays;
 * - `expired`: its time is over;
 * - `foreign`: it belongs to another owner;
 * - `aside`: it stays as it is; `message` says why, and `version` is set if another version wrote it.
 */
export function sift(found, owner, failedToo, now) {
  const sifted = found.map((one, index) => ({ index, ...judge(one, owner, failedToo, now) }));
  return sifted.sort(byCall).map(({ index, verdict, record, ...more }) => ({ index, verdict, ...more, ...(record && shownOf(record)) }));
}

function judge({ head, form, alive }, owner, failedToo, now) {
  const { record, unreadable } = decode(head);
  if (unreadable) return { verdict: "aside", ...unreadable };
  if (record.owner !== owner) return { verdict: "foreign" };
  if (form !== record.form) return { verdict: "aside", ...DAMAGED };
  if (alive) return { verdict: "leave", record };
  // If the clock was set back, the record gets no more time than it had.
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

/** Computes FNV-1a, which detects damage, not forgery. */
function fnv(bytes) {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
