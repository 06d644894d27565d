// Computes what identifies a call: the user, the action, and the key that the client has made for it. Must not give a
// payload to a store: only its hash.

import { IdempotencyError } from "./error.js";

/** Longest key that is accepted, in characters. */
const LONGEST = 255;

/** A quoted string of RFC 8941, with optional parameters. */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"(?:;[^"]*)?$/;
/** The name of a header: a token of RFC 9110. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
/** An unquoted key. Several headers of this name arrive joined by commas, so a comma is refused. */
const BARE = /^[^\s",]+$/;

export function idempotencyKey({ user, action, headers, header = "idempotency-key", fingerprint }) {
  if (typeof header !== "string" || !TOKEN.test(header)) throw new TypeError("idempotencyKey: header is a header's name");
  const sent = headers.get(header);
  return { user, action, key: sent === null || sent === undefined ? undefined : keyIn(sent.trim()), fingerprint };
}

/** True if the call carries a key. Checks `action` and `user` first. */
export function hasKey(key) {
  if (key === null || key === undefined) return false;
  const { user, action } = key;
  if (typeof action !== "string" || action === "") throw new TypeError("idempotent: action is a name, not empty");
  if (user !== null && !isUserId(user)) {
    throw new TypeError(`idempotent: user of "${action}" is an id; null allows anyone to get the result`);
  }
  return key.key !== null && key.key !== undefined;
}

function isUserId(user) {
  return typeof user === "string" ? user !== "" : typeof user === "bigint" || Number.isFinite(user);
}

/** Promises the id under which the call is stored: 64 hexadecimal digits. */
export function idOf({ user, action, key }) {
  if (typeof key !== "string" || key === "" || key.length > LONGEST) {
    throw new IdempotencyError("IDEMPOTENCY_KEY_INVALID", `idempotency-key of "${action}": not one text of 1 to ${LONGEST} characters`);
  }
  return hash(JSON.stringify([user === null ? null : String(user), action, key]));
}

/** Promises the hash of the payload, or `null` without a fingerprint. The payload itself is not stored. */
export async function fingerprintOf({ fingerprint, action }) {
  if (fingerprint === undefined || fingerprint === null) return null;
  if (typeof fingerprint !== "string") throw new TypeError(`idempotent: fingerprint of "${action}" is a text`);
  return hash(fingerprint);
}

/** Returns the key in the value of a header; "" if it cannot be read. */
function keyIn(value) {
  const quoted = QUOTED.exec(value);
  if (quoted) return quoted[1].replace(/\\(.)/g, "$1");
  return BARE.test(value) ? value : "";
}

async function hash(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
