// Keeps the policies of the page's actions and finds the one of a call. Must not know the options that a policy can
// have: the dispatcher checks them, which is not loaded yet.

import { loadSoon } from "./late.js";
import { isDevelopment, page } from "./page.js";

const { hasOwn } = Object;

/**
 * Sets the policies of the page. The last call counts. `policies`: options by the name of the action, with `default`
 * for the others; or a function `({ id, name }, args) => options`. `options`: those of the dispatcher, read when it is
 * made.
 */
export function configureActions(policies, options) {
  const isObject = typeof policies === "object" && policies !== null;
  if (!isObject && typeof policies !== "function") throw new TypeError("configureActions: expected an object or a function");
  if (isObject) {
    for (const [name, policy] of Object.entries(policies)) {
      if (policy !== false && (typeof policy !== "object" || policy === null)) {
        throw new TypeError(`configureActions: the policy of ${JSON.stringify(name)} is no object; false leaves the action to Next`);
      }
    }
  }
  const state = page();
  if (isDevelopment) warnOfLost(state.policies, policies);
  Object.assign(state, { policies, options });
  if (!isObject || Object.keys(policies).length > 0) loadSoon();
  if (isDevelopment) lookForMisspelled();
}

/** Returns the options that the policies have for a call; false or undefined if they leave it to Next. */
export function policyOf(id, args) {
  const { policies, names } = page();
  if (policies === undefined) return undefined;
  const name = names.get(id);
  const found = typeof policies === "function" ? policies({ id, name }, args) : policies[name !== undefined && hasOwn(policies, name) ? name : "default"];
  return found;
}

/** Says in development that an earlier call had policies which this one drops. */
function warnOfLost(before, now) {
  if (typeof before !== "object" || typeof now !== "object") return;
  const lost = Object.keys(before).filter((name) => !hasOwn(now, name));
  if (lost.length > 0) console.warn(`actionlane: configureActions() was called again, without ${lost.join(", ")}. The last call counts: give all policies in one.`);
}

let timer;

/** Compares, in development, the names in the policies with those that the page has shown, once both stand still. */
export function lookForMisspelled() {
  if (typeof window === "undefined") return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    const { policies, names } = page();
    if (typeof policies === "object") import("./misspelled.js").then(({ warnOf }) => warnOf(Object.keys(policies), [...names.values()]), () => {});
  }, 1000);
}
