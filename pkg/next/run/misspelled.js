// Says in development that a policy names no action of the page but nearly one. A policy for another page is no fault,
// so one that is near none is not reported.

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
    console.warn(`actionlane: a policy is for ${JSON.stringify(policy)}, and this page has no action of that name; did you mean ${JSON.stringify(near)}?`);
  }
}
