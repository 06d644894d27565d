// Reads the Flight text that a document carries in its inline scripts: see `src/protocol/manifest/inline.rs`.

import { TextEncoder } from "./platform.js";

/** A string of JSON, or as much of it as there is: taken as a whole, lest a text is read again and again. */
const STRING = '"[^"\\\\\n\r]*(?:\\\\[^][^"\\\\\n\r]*)*"?';

/** Gives what JSON stands for; undefined for a text that is none. */
const read = (json) => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

/** The strings in a text of JSON. */
export const stringsOf = (text) => (text.match(RegExp(STRING, "g")) ?? []).map(read);

/**
 * Gives what the root says of the page: its `build`, and the `path` that was asked for, without the base path.
 * `scripts`: the texts of the inline ones. `see(line)` gets the rows that are not the root.
 */
export function readPushes(scripts, see) {
  const said = {};
  try {
    readRows(scripts.map(pushed).join(""), said, see);
  } catch {
    // Patterns give up on strings with millions of escapes, which no page has. What was read counts.
  }
  return said;
}

function readRows(flight, said, see) {
  for (let at = 0; at < flight.length; ) {
    const row = /[\da-fA-F]*:[TAOoUSsLlGgMmVb](0?[\da-fA-F]{1,8}),|([\da-fA-F]*)(?::([^\n]*)|[^\n]*)\n?/y;
    row.lastIndex = at;
    const [, length, id, bytes] = row.exec(flight);
    at = row.lastIndex;
    const line = bytes && decoded(bytes);
    if (length) at += parseInt(length, 16); // text or bytes, which may say anything
    else if (line && id === "0" && !/^[I"]/.test(line) && said.build === undefined && said.path === undefined) readRoot(line, said);
    else if (line) see?.(line);
  }
}

/**
 * Reads what an inline script pushes, a character a byte: `self.__next_f.push([1,"text"])`, or with 3 and
 * base64 where the bytes are no text.
 */
function pushed(script) {
  if (!/^[ \t\n\r\f]*\(?self\.__next_f/.test(script)) return "";
  return [...script.matchAll(RegExp(`self\\.__next_f\\.push\\(\\[([13]),(${STRING})`, "g"))].map(([, kind, json]) => {
    const text = read(json) ?? "";
    if (kind < 2) return text.replace(/[^\0-\x7f]{1,999}/gu, (some) => String.fromCharCode(...new TextEncoder().encode(some)));
    // Up to the padding, or to the first character that does not belong there.
    const [digits] = /^[a-z\d+/]*/i.exec(text);
    return atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits);
  }).join("");
}

/** Undefined for bytes that are no text. */
function decoded(bytes) {
  try {
    return decodeURIComponent(bytes.replace(/[%\x80-\xff]/g, (byte) => `%${byte.charCodeAt().toString(16)}`));
  } catch {
    return undefined;
  }
}

/** Reads `b` and `c` of an object; in Next.js 14 `buildId` and `urlParts`, one level down in an array. */
function readRoot(root, said) {
  const [build, path, level] = root[0] === "{" ? ['"b"', '"c"', 1] : ['"buildId"', '"urlParts"', 2];
  let depth = 0;
  for (const { 0: found, index } of root.matchAll(RegExp(`${STRING}|[[\\]{}]`, "g"))) {
    if (/[[{]/.test(found[0])) depth += 1;
    else if (found[0] !== '"') depth = Math.max(0, depth - 1);
    else if (depth === level) {
      const value = RegExp(`^:(?:(${STRING})|(\\[${STRING}(?:,${STRING})*])|)`).exec(root.slice(index + found.length));
      if (value && found === build && value[1]) said.build = read(value[1]);
      // A path that was split at its slashes, lest crawlers follow it: `["","blog","en"]`.
      if (value && found === path) said.path = read(value[2])?.join("/");
    }
  }
}
