// Sends a request with `XMLHttpRequest`, the only API of browsers that reports how much of a body has been sent.
// Must not read the answer: it becomes a `Response` whose body streams.

import { carefully } from "../error/report.js";
import { invalid } from "../error.js";
import { onAbort } from "../abort_signals.js";
import { ReadableStream, Response, parsed } from "../page/globals.js";

export { dispatcherWith as home } from "../exports.js"; // see `lazy_part.js`

/** Throws if a call with these options cannot report its progress. `common`: the options of the dispatcher. */
export function checkUpload(own, common) {
  if (typeof globalThis.XMLHttpRequest !== "function") throw invalid("onProgress: there is no XMLHttpRequest here, which alone reports progress");
  if (own.keepalive) throw invalid("keepalive: a request that reports its progress ends with the page; leave true out");
  if (common.fetch) throw invalid("onProgress: the dispatcher sends with a fetch of yours, which reports none; use a dispatcher without the option");
  if (common.credentials === "omit") throw invalid('onProgress: XMLHttpRequest always sends cookies to its own origin, so credentials must not be "omit"');
}

/** The statuses of answers that have no body. */
const WITHOUT_BODY = [204, 205, 304];

/**
 * Does what `fetch` does for an action. Calls `onProgress({ loaded, total })` while the body is sent: first with 0 if
 * the browser knows the size by then, then with growing numbers. Rejects as `fetch` does.
 */
export function sendWithProgress(url, { method, headers, body, credentials, signal }, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new globalThis.XMLHttpRequest();
    let stream, unlisten;
    let over = false;
    let reported = -1;
    /** The number of bytes of the answer that have been handed on. */
    let given = 0;

    const end = () => {
      over = true;
      unlisten?.();
    };
    const fail = (error) => {
      if (over) return;
      end();
      reject(error);
      stream?.error(error);
    };
    const cancel = () => {
      end();
      request.abort();
    };
    const report = ({ loaded, total }) => {
      if (over || loaded <= reported || total === 0) return;
      reported = loaded;
      carefully(() => onProgress({ loaded, total }));
    };
    const answer = () => {
      if (isElsewhere(request.responseURL, url)) {
        fail(new TypeError("the request was redirected to another origin"));
        request.abort();
        return;
      }
      const bytes = WITHOUT_BODY.includes(request.status) ? null : new ReadableStream({ start: (made) => (stream = made), cancel });
      resolve(responseOf(request, bytes, url));
    };
    const handOn = () => {
      const { responseText } = request;
      if (stream && responseText.length > given) stream.enqueue(bytesOf(responseText, given));
      given = responseText.length;
    };

    request.upload.onloadstart = request.upload.onprogress = request.upload.onload = report;
    request.onreadystatechange = () => {
      if (over || request.status === 0) return;
      try {
        if (request.readyState === request.HEADERS_RECEIVED) answer();
        else if (request.readyState === request.LOADING) handOn();
      } catch (error) {
        fail(error);
        request.abort();
      }
    };
    request.onload = () => {
      if (over) return;
      handOn();
      end();
      stream?.close();
    };
    request.onerror = request.onabort = request.ontimeout = () => fail(new TypeError("the request failed"));
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.withCredentials = credentials === "include";
    // The text then has a character for each byte, so the bytes can be read while they arrive.
    request.overrideMimeType("text/plain; charset=x-user-defined");
    unlisten = onAbort(signal, (reason) => {
      fail(reason);
      request.abort();
    });
    if (!over) request.send(body);
  });
}

/** True if an answer came from another origin. A `fetch` of the mode `same-origin` would have refused to go there. */
function isElsewhere(answered, url) {
  const [to, from] = [answered, url].map((address) => parsed(address)?.origin);
  return to !== undefined && to !== from;
}

/** Returns the bytes of a text in the encoding `x-user-defined`, from one position on. */
function bytesOf(text, from) {
  const bytes = new Uint8Array(text.length - from);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = text.charCodeAt(from + at) & 0xff;
  return bytes;
}

/** Makes the `Response`. Its constructor cannot set the URL. */
function responseOf(request, body, url) {
  const { status, statusText, responseURL } = request;
  const headers = request.getAllResponseHeaders().split("\r\n").filter(Boolean).map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const made = new Response(body, { status, statusText, headers });
  const redirected = responseURL !== url.replace(/#.*/, "");
  for (const [name, value] of Object.entries({ url: responseURL, redirected })) Object.defineProperty(made, name, { value });
  return made;
}
