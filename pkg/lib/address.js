// Addresses that `fetch` takes.

import { URL, ofDocument } from "./platform.js";

const WITH_USER = /^https?:\/\/[^/?#]*@/;

/**
 * Gives what to call `fetch` with in the place of `input`. On a page whose own address holds a user and a password, every relative address holds
 * them too, and `fetch` refuses those: here they are left out, as the browser has them already. Everything else is given back as it is.
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
    return input; // `fetch` says what is wrong with it
  }
}
