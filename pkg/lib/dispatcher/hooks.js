// Runs the page's hooks, before each request of an action and after it. Except `beforeRequest`, no hook may
// affect a call.

import { pick } from "./call_snapshot.js";
import { Headers } from "../page/globals.js";
import { carefully, report } from "../error/report.js";

/** Lets the page change the headers of the next request. Throws or rejects as the hook does. */
export function beforeRequest({ beforeRequest }, entry, headers) {
  return beforeRequest?.({ ...request(entry), headers });
}

/** Reports the head of an answer. The hook gets copies, so that it cannot change the answer. */
export function afterResponse({ afterResponse }, entry, { status, headers, url }) {
  if (!afterResponse) return;
  tell(() => afterResponse({ ...request(entry), status, headers: new Headers(headers), ...(url !== undefined && { redirected: url }) }));
}

/** Reports that a call has failed. */
export function onError({ onError }, entry, error) {
  if (onError) tell(() => onError(error, pick(entry, ["id", "actionId", "name"])));
}

const request = (entry) => pick(entry, ["id", "actionId", "name", "url", "attempt"]);

function tell(run) {
  carefully(() => Promise.resolve(run()).catch(report));
}
