// Settles a call outside the router, as Next does with an action that a navigation has discarded: the value is
// delivered, a redirect is rejected as handled, and a revalidation owes the page a refresh. Must not navigate.

import { decode, hasPage } from "./answer.js";

/** Promises the value. `owe()` runs before it is delivered, if the page must be refreshed. */
export async function settleApart(home, answer, owe) {
  const { head, response } = answer;
  if (head.redirect) {
    if (head.isRevalidated) owe();
    const [address, type] = head.redirect.split(";");
    throw Object.assign(home.internals.redirectError(address, type || "push"), { handled: true });
  }
  if (!head.isFlight) {
    const isText = head.status >= 400 && response.headers.get("content-type") === "text/plain";
    throw new Error(isText ? await response.text() : "An unexpected response was received from the server.");
  }
  const result = await decode(home, answer);
  if (head.isRevalidated || hasPage(result)) owe();
  return result.a;
}
