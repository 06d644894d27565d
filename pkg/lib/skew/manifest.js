// Finds the actions that a page knows in the text of its document and scripts, as `src/protocol/manifest` does.
// tests/vectors/manifest tests both; `cargo xtask finder` compares them. Runs none of the text and loads nothing.

import { Set } from "../page/globals.js";
import { readPushes, stringsOf } from "./inline_scripts.js";

/**
 * `MAX_ITEMS`: items in a list. `MAX_URL`: characters of a URL. `MAX_NAME`: characters of an action's name.
 * Anything beyond is ignored.
 */
const MAX_ITEMS = 512;
const MAX_URL = 4096;
const MAX_NAME = 1024;

const SPACE = " \t\n\r\f";
const ID = "((?:[\\da-f]{2})?[\\da-f]{40})";

/**
 * Returns `take(pattern)`: it matches a sticky pattern where the last match ended, or finds a global one from there on.
 */
const reader = (text, at = 0) => (pattern) => {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (found) at = pattern.lastIndex;
  return found;
};

/**
 * Reads the text of a document. Returns `scripts`, the addresses of the scripts it loads, as written; `chunks`, the
 * scripts that hold its client components; `ids`, those of actions in forms and of actions passed to client components;
 * `build` and `path`, if it says them.
 */
export function scanHtml(html) {
  const lists = [new Set(), new Set(), new Set()];
  const [scripts, chunks, ids] = lists;
  const inline = [];
  const add = (list, item) => {
    if (item && item.length <= MAX_URL && list.size < MAX_ITEMS) list.add(item);
  };
  const addReference = (model) => add(ids, RegExp(`^{"id":"${ID}","bound":`).exec(model)?.[1]);

  const take = reader(html);
  document: for (let found; (found = take(/<(?:!(?=--)[^]*?(?:-->|$)|[!?/][^]*?(?:>|$)|([a-z][^ \t\n\r\f/>]*))/gi)); ) {
    const [, tag] = found;
    if (!tag) continue;
    const attributes = { __proto__: null };
    for (;;) {
      const [, name] = take(/[ \t\n\r\f/]*(>|=?[^ \t\n\r\f/>=]*)[ \t\n\r\f]*/y);
      if (name === ">") break;
      const value = take(/=[ \t\n\r\f]*/y) ? take(/"([^"]*)"|'([^']*)'|(?!["'])([^ \t\n\r\f>]*)/y) : [];
      if (!name || !value) break document; // a tag that does not end
      attributes[name.toLowerCase()] ??= value[1] ?? value[2] ?? value[3] ?? "";
    }
    const { src, nomodule, href, rel = "", as = "", name = "", value = "" } = attributes;
    const isRaw = /^(?:script|style|title|textarea|noscript|iframe|noembed|noframes|xmp)$/i.test(tag);
    const raw = isRaw && take(RegExp(`([^]*?)</${tag}[${SPACE}/>]`, "iy"));
    if (/^script$/i.test(tag)) {
      if (src === undefined) inline.push(raw?.[1] ?? "");
      else if (nomodule === undefined) add(scripts, dereferenced(src));
    }
    if (/^link$/i.test(tag) && (hasWord(rel, "modulepreload") || (hasWord(rel, "preload") && hasWord(as, "script")))) {
      add(scripts, dereferenced(href ?? ""));
    }
    if (/^(?:input|button)$/i.test(tag)) {
      add(ids, RegExp(`^\\$ACTION_ID_${ID}$`).exec(name)?.[1]);
      if (/^\$ACTION_(?!ID_)[^]*:0$/.test(name)) addReference(dereferenced(value));
    }
    if (raw === null) break; // without its end tag, a browser would not run the script
  }

  const page = readPushes(inline, (line) => {
    if (!/^[I"]/.test(line)) return addReference(line);
    const paths = stringsOf(line);
    for (const path of line[0] === "I" ? paths : [paths[0]]) {
      if (/^(?=static\/chunks\/|[^?#]*\/_next\/static\/)[^?#]*\.js(?:[?#]|$)/.test(path)) add(chunks, path);
    }
  });
  return { scripts: [...scripts], chunks: [...chunks], ids: [...ids], ...page };
}

const hasWord = (words, word) => RegExp(`(^|[${SPACE}])${word}([${SPACE}]|$)`, "i").test(words);

const character = (digits, radix) => {
  const code = parseInt(digits, radix);
  return code < 0x110000 ? String.fromCodePoint(code) : undefined;
};

/** Replaces the character references in the value of an attribute. Unknown ones stay. */
const dereferenced = (value) =>
  value.replace(/&(?:#[xX]([\da-fA-F]{1,7})|#(\d{1,8})|(amp|lt|gt|quot|apos));/g, (all, hex, decimal, name) =>
    (name ? { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }[name] : character(hex ?? decimal, hex ? 16 : 10)) ?? all);

/** Escapes of one character. A malformed `\u` or `\x` becomes U+FFFD; an escaped line end becomes nothing. */
const CHARACTERS = {
  b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", 0: "\0", u: "\ufffd", x: "\ufffd", "\n": "", "\r": "", "\u2028": "", "\u2029": "",
};

/** Replaces the escapes in a literal of JavaScript. */
const unescape = (raw) =>
  raw.replace(/\\(?:u{([\da-fA-F]{1,8})}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|([^]))/g, (all, braced, four, two, char) =>
    char ? (CHARACTERS[char] ?? char) : (character(braced ?? four ?? two, 16) ?? "\ufffd"));

/**
 * Finds the actions in the text of a script: each call of `createServerReference` with an id and, as its fifth
 * argument, a name. Adds `[name, id]` to `found`.
 */
export function scanScript(text, found) {
  const take = reader(text);
  // Skips spaces and comments first.
  const next = (pattern) => {
    while (take(/[ \t\n\r\f]+|\/\*[^]*?(?:\*\/|$)|\/\/[^\n]*\n?/y));
    return take(pattern);
  };
  // Takes a string literal; returns the text between its quotes, as written. Undefined if it does not end, or is a
  // template with an expression.
  const literal = () => {
    const [all, ...ends] = next(/"[^"\\\n\r]*(?:\\[^][^"\\\n\r]*)*("?)|'[^'\\\n\r]*(?:\\[^][^'\\\n\r]*)*('?)|`[^`\\$]*(?:(?:\\[^]|\$(?!{))[^`\\$]*)*(`?)/y) ?? [];
    return ends.some(Boolean) ? all.slice(1, -1) : undefined;
  };
  // Takes an argument, up to the comma or bracket that ends it. True if it ends.
  const pass = () => {
    for (let depth = 0; depth || !next(/(?=[,)\]])/y); ) {
      const [char] = next(/(?=["'`])|[\w$.\\#!?,()[\]\x80-\uffff]/y) ?? [" "];
      if (char === " " || (!char && literal() === undefined)) return false;
      if (/[([]/.test(char)) depth += 1;
      if (/[)\]]/.test(char)) depth -= 1;
    }
    return true;
  };
  while (take(/createServerReference/g)) {
    if (take(/["'`]/y) && !next(/]/y)) continue;
    next(/\)/y);
    const id = next(/\(/y) && next(RegExp(`(["'\`])${ID}\\1`, "y"));
    if (!id) continue;
    let argument = 1;
    while (argument < 4 && next(/,/y) && pass()) argument++;
    const name = argument === 4 && next(/,/y) && literal();
    if (name && name.length <= MAX_NAME && next(/(?=[),])/y)) found.push([unescape(name), id[2]]);
  }
}
