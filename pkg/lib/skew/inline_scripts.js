// Reads the Flight text in the inline scripts of a document, as `src/protocol/manifest/inline_scripts.rs` does. Runs
// no script.

import { TextEncoder } from "../page/globals.js";

/**
 * A string of JSON, or as much of it as there is. It is matched as a whole, or a long text would be scanned
 * again and again.
 */
const STRING = '"[^"\\\\\n\r]*(?:\\\\[^][^"\\\\\n\r]*)*"?';

/** Parses JSON; undefined if it is invalid. */
const read = (json) => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

/** Returns the strings in a text of JSON. */
export const stringsOf = (text) => (text.match(RegExp(STRING, "g")) ?? []).map(read);

/**
 * Returns what row 0 says of the page: its `build`, and the `path` that was requested, without the base path.
 * `scripts`: the texts of the inline scripts. `see(line)` receives the other rows.
 */
export function readPushes(scripts, see) {
  const page = {};
  try {
    readRows(scripts.map(pushed).join(""), page, see);
  } catch {
    // Engines stop matching strings with millions of escapes, which no real page has. The rows read so far count.
  }
  return page;
}

function readRows(flight, page, see) {
  for (let at = 0; at < flight.length; ) {
    const row = /[\da-fA-F]*:[TAOoUSsLlGgMmVb](0?[\da-fA-F]{1,8}),|([\da-fA-F]*)(?::([^\n]*)|[^\n]*)\n?/y;
    row.lastIndex = at;
    const [, length, id, bytes] = row.exec(flight);
    at = row.lastIndex;
    const line = bytes && decoded(bytes);
    if (length) at += parseInt(length, 16); // text or bytes, which may contain anything
    else if (line && id === "0" && !/^[I"]/.test(line) && page.build === undefined && page.path === undefined) readRoot(line, page);
    else if (line) see?.(line);
  }
}

/**
 * Returns the bytes that an inline script pushes, one character each: `self.__next_f.push([1,"text"])`, or with 3 and
 * base64 for bytes that are no text.
 */
function pushed(script) {
  if (!/^[ \t\n\r\f]*\(?self\.__next_f/.test(script)) return "";
  return [...script.matchAll(RegExp(`self\\.__next_f\\.push\\(\\[([13]),(${STRING})`, "g"))].map(([, kind, json]) => {
    const text = read(json) ?? "";
    if (kind < 2) return text.replace(/[^\0-\x7f]{1,999}/gu, (some) => String.fromCharCode(...new TextEncoder().encode(some)));
    // Up to the padding, or to the first invalid character.
    const [digits] = /^[a-z\d+/]*/i.exec(text);
    return atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits);
  }).join("");
}

/** Decodes UTF-8; undefined if it is invalid. */
function decoded(bytes) {
  try {
    return decodeURIComponent(bytes.replace(/[%\x80-\xff]/g, (byte) => `%${byte.charCodeAt().toString(16)}`));
  } catch {
    return undefined;
  }
}

/** Reads `b` and `c` of an object; in Next.js 14, `buildId` and `urlParts`, one level down in an array. */
function readRoot(root, page) {
  const [build, path, level] = root[0] === "{" ? ['"b"', '"c"', 1] : ['"buildId"', '"urlParts"', 2];
  let depth = 0;
  for (const { 0: found, index } of root.matchAll(RegExp(`${STRING}|[[\\]{}]`, "g"))) {
    if (/[[{]/.test(found[0])) depth += 1;
    else if (found[0] !== '"') depth = Math.max(0, depth - 1);
    else if (depth === level) {
      const value = RegExp(`^:(?:(${STRING})|(\\[${STRING}(?:,${STRING})*])|)`).exec(root.slice(index + found.length));
      if (value && found === build && value[1]) page.build = read(value[1]);
      // The path is split at its slashes, so that crawlers do not follow it: `["","blog","en"]`.
      if (value && found === path) page.path = read(value[2])?.join("/");
    }
  }
}
