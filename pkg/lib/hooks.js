// Runs the page's hooks, before each request of an action and after it.

import { pick } from "./entry.js";
import { Headers } from "./platform.js";
import { carefully, report } from "./report.js";

/** Lets the page change the headers of the next request. Throws and rejects as it does. */
export function beforeRequest({ beforeRequest }, entry, headers) {
  return beforeRequest?.({ ...request(entry), headers });
}

/** Tells of the head of an answer. It is read from a copy, so that nothing can be changed about it. */
export function afterResponse({ afterResponse }, entry, { status, headers, url }) {
  if (!afterResponse) return;
  tell(() => afterResponse({ ...request(entry), status, headers: new Headers(headers), ...(url !== undefined && { redirected: url }) }));
}

/** Tells that a call has failed. */
export function onError({ onError }, entry, error) {
  if (onError) tell(() => onError(error, pick(entry, ["id", "actionId", "name"])));
}

const request = (entry) => pick(entry, ["id", "actionId", "name", "url", "attempt"]);

function tell(run) {
  carefully(() => Promise.resolve(run()).catch(report));
}
