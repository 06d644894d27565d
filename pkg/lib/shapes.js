// Things that Rust asks for in one crossing, which would take one for each property.

import { event } from "./entry.js";
import { ActionError } from "./error.js";
import { largestSizeOf, sizeOf } from "./size.js";
import { isTold } from "./told.js";

export { event, largestSizeOf as largestSize, sizeOf as size };

let names = [];

/** Has `head` read these headers, a name a line. */
export function readHeaders(lines) {
  names = lines.split("\n");
}

/**
 * Reads the head of an answer, as lines: the status, the URL that answered if that is another, and the headers, each after `=`, empty where one is not
 * there. Throws for what is no response: a `fetch` of the page's own may give anything.
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

/** Headers of the browser's have no line ends. */
const line = (text) => (text.includes("\n") ? text.replaceAll("\n", " ") : text);

function elsewhere(response) {
  try {
    return response.redirected && typeof response.url === "string" ? response.url : "";
  } catch {
    return "";
  }
}

/** The error of a call. `told`: what else the server tells of it, in the place of a cause. */
export function error(code, message, sent, details, cause) {
  return new ActionError(code, message, { sent, ...details, ...(isTold(cause) ? cause : { cause }) });
}
