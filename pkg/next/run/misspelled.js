// Says in development that a policy names no action of the page but nearly one, and that its options are wrong. Must
// not be part of a page in production. A policy for another page is no fault, so one that is near no action is not
// reported.

import { callOptions, fetchOptions } from "../../lib/options.js";
import { nearest } from "../../lib/options/did_you_mean.js";

const said = new Set();

/** Returns the name of a policy by a file and a name. */
const nameOf = (policy) => policy.slice(policy.lastIndexOf("#") + 1);

export function warnOf(policies, names) {
  for (const policy of policies) {
    const name = nameOf(policy);
    if (policy === "default" || names.includes(name) || said.has(policy)) continue;
    const near = nearest(name, names.filter((name) => !policies.some((other) => nameOf(other) === name)));
    if (near === undefined) continue;
    said.add(policy);
    console.warn(`actionlane: a policy is for ${JSON.stringify(policy)}, and this page has no action of that name; did you mean ${JSON.stringify(near)}? If another page has it, all is well.`);
  }
}

/**
 * Looks at the options of the policies as a call does: Next builds the request, so those of `fetch()` apply, and the
 * ones that `sending.js` takes for itself.
 */
export function warnOfOptions(policies) {
  for (const [name, policy] of Object.entries(policies)) {
    if (!policy || said.has(policy)) continue;
    said.add(policy);
    const { idempotent, lane, render, skew, ...options } = policy;
    try {
      callOptions({ lane, render, skew });
      fetchOptions(options, true);
    } catch ({ message }) {
      console.error(`actionlane: calls of ${JSON.stringify(name)} will fail, because of its policy: ${message}`);
    }
  }
}
