// Makes objects and reads properties for Rust, in one crossing instead of one per property. Decides nothing.

import { event } from "../dispatcher/call_snapshot.js";
import { ActionError } from "../error.js";
import { largestSizeOf, sizeOf } from "../arguments/size.js";
import { isErrorDetails } from "../codec/dev_errors.js";

export { event, largestSizeOf as largestSize, sizeOf as size };

let names = [];

/** Sets the headers that `head` reads: one name a line. */
export function readHeaders(lines) {
  names = lines.split("\n");
}

/**
 * Reads the head of an answer, as lines: the status; the URL that answered, if it is another; and each header
 * after `=`, or an empty line if it is missing. Throws for an object that is no response: a `fetch` of the
 * page's own may return anything.
 */
export function head(response) {
  const { status, headers } = response;
  if (typeof status !== "number") throw new TypeError("its status is no number");
  let lines = `${Math.min(Math.max(status | 0, 0), 0xffff)}\n${line(elsewhere(response))}`;
  names.forEach((name, at) => {
    let value = null;
    try {
      value = headers.get(name);
    } catch {
      if (at === 0) throw new TypeError("its headers have no get()");
    }
    lines += typeof value === "string" ? `\n=${line(value)}` : "\n";
  });
  return lines;
}

/** Headers of the browser contain no line ends; those of a `fetch` of the page's own may. */
const line = (text) => (text.includes("\n") ? text.replaceAll("\n", " ") : text);

function elsewhere(response) {
  try {
    return response.redirected && typeof response.url === "string" ? response.url : "";
  } catch {
    return "";
  }
}

/** Makes the error of a call. `cause`: the cause, or what a development server sends besides, see `dev_errors.js`. */
export function error(code, message, sent, details, cause) {
  return new ActionError(code, message, { sent, ...details, ...(isErrorDetails(cause) ? cause : { cause }) });
}
