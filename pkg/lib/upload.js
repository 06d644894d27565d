// Loads the part that sends a call and reports its progress, before the call is sent. Must not import it statically.

import { part } from "./loading/lazy_part.js";

export const loadUpload = /* @__PURE__ */ part(() => import("./upload/xml_http_request.js"), "onProgress", "NETWORK");

/** Promises the body of a call whose progress is reported, once it can be. Rejects if it cannot. */
export function reportedBody({ options }, own, body) {
  const checked = loadUpload().then(({ checkUpload }) => (checkUpload(own, options), body));
  checked.catch(() => {}); // a call that is refused meanwhile does not wait for it
  return checked;
}
