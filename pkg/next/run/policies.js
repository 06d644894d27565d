// Keeps the policies of the page's actions and finds the one of a call. Must not know the options that a policy can
// have: the dispatcher checks them, which is not loaded yet.

import { loadSoon } from "./late.js";
import { isDevelopment, page } from "./page.js";

const { hasOwn } = Object;

/**
 * Sets the policies of the page. The last call counts. `policies`: options by the name of the action, with `default`
 * for the others; or a function `({ id, name, file }, args) => options`. `options`: those of the dispatcher, read when
 * it is made.
 */
export function configureActions(policies, options) {
  const isObject = typeof policies === "object" && policies !== null;
  if (!isObject && typeof policies !== "function") throw new TypeError("configureActions: expected an object or a function");
  if (isObject) policies = fitting(policies);
  const state = page();
  if (isDevelopment) warnOfLost(state.policies, policies);
  Object.assign(state, { policies, options });
  if (!isObject || Object.keys(policies).length > 0) loadSoon();
  if (isDevelopment) lookForMisspelled();
}

/**
 * Returns the policies without those that are none. In development they throw; in production the page must start
 * without them.
 */
function fitting(policies) {
  const fit = {};
  for (const [name, policy] of Object.entries(policies)) {
    const fault = faultOf(policy);
    if (fault && isDevelopment) throw new TypeError(`configureActions: the policy of ${JSON.stringify(name)} ${fault}`);
    if (fault) console.error(`actionlane: the policy of ${JSON.stringify(name)} ${fault}; the action goes Next's own way`);
    if (policy !== undefined) fit[name] = !fault && policy;
  }
  return fit;
}

function faultOf(policy) {
  if (policy === undefined || policy === false) return undefined;
  if (typeof policy !== "object" || policy === null) return "is no object; false leaves the action to Next";
  return typeof policy.idempotencyKey === "string" && "has an idempotencyKey that all its calls would share; use true";
}

/** Returns the options that the policies have for a call; false or undefined if they leave it to Next. */
export function policyOf(id, args) {
  const { policies, names, files, keyOf } = page();
  if (policies === undefined) return undefined;
  const name = names.get(id);
  if (typeof policies === "function") return checked(policies({ id, name, file: files?.get(id) }, args));
  const key = keyOf?.(policies, id) ?? (name !== undefined && hasOwn(policies, name) ? name : "default");
  return policies[key];
}

/** Returns the options that a function has returned. */
function checked(found) {
  if (!found) return found;
  if (typeof found === "object" && typeof found.then !== "function") return found;
  throw new TypeError("configureActions: the function returned no object of options; it must not be async");
}

/** True if the policy of an action depends on names that are not loaded yet. */
export function needsNames(id) {
  const { policies, names, files } = page();
  if (policies === undefined || files) return false;
  if (typeof policies === "function") return true;
  const name = names.get(id);
  return Object.keys(policies).some((key) => (name === undefined ? key !== "default" : key.endsWith(`#${name}`)));
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
    if (typeof policies !== "object") return;
    import("./misspelled.js").then(({ warnOf, warnOfOptions }) => {
      warnOf(Object.keys(policies), [...names.values()]);
      warnOfOptions(policies);
    }, () => {});
  }, 1000);
}
