// Makes addresses acceptable to `fetch`. Must not change an address that `fetch` would accept.

import { URL, ofDocument } from "./globals.js";

const WITH_USER = /^https?:\/\/[^/?#]*@/;

/**
 * Returns the address to call `fetch` with instead of `input`. On a page whose own address holds a user and a password,
 * every relative address does too, and `fetch` refuses those: they are left out, because the browser knows them
 * already. Everything else is returned unchanged.
 */
export function sendable(input) {
  const base = ofDocument("baseURI") ?? globalThis.location?.href;
  if (!WITH_USER.test(base) || (typeof input === "object" && !("href" in input))) return input;
  try {
    const [own, resolved] = [new URL(base), new URL(input, base)];
    if (resolved.username !== own.username || resolved.password !== own.password) return input;
    resolved.username = resolved.password = "";
    return resolved.href;
  } catch {
    return input; // `fetch` reports what is wrong with it
  }
}
