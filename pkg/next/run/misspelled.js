// Says in development that a policy names no action of the page but nearly one. A policy for another page is no fault,
// so one that is near none is not reported.

import { nearest } from "../../lib/options/did_you_mean.js";

const said = new Set();

export function warnOf(policies, names) {
  for (const policy of policies) {
    const name = policy.slice(policy.lastIndexOf("#") + 1);
    if (policy === "default" || names.includes(name) || said.has(policy)) continue;
    const near = nearest(name, names.filter((name) => !policies.some((other) => other.slice(other.lastIndexOf("#") + 1) === name)));
    if (near === undefined) continue;
    said.add(policy);
    console.warn(`actionlane: a policy is for ${JSON.stringify(policy)}, and this page has no action of that name; did you mean ${JSON.stringify(near)}?`);
  }
}
