// The name finder of JavaScript, on the vectors of tests/vectors/manifest, which src/protocol/manifest reads too.
// `cargo xtask finder` compares the two on random texts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { basePathOf } from "../lib/page/base_path.js";
import { replaces } from "../lib/skew/lookup.js";
import { scanHtml, scanScript } from "../lib/skew/manifest.js";
import { assetPrefix, isOwnScript } from "../lib/skew/search.js";

const read = (file) => readFileSync(new URL(`../../tests/vectors/manifest/${file}`, import.meta.url), "utf8");
const vectors = JSON.parse(read("cases.json"));
const ID = "60aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

function named(text) {
  const found = [];
  scanScript(text, found);
  return found;
}

/** Lists all that the finder reads in a text. Lone surrogates are replaced, as encoders do. */
function finds(text) {
  const found = Object.entries({ ...scanHtml(text), named: named(text) }).filter(([, value]) => value !== undefined && value.length > 0);
  return JSON.parse(JSON.stringify(Object.fromEntries(found)), (_, value) => (typeof value === "string" ? Buffer.from(value).toString() : value));
}

test("the finder reads documents and scripts as the one in Rust does", () => {
  for (const { of, file, text = read(file), finds: expected } of vectors.texts) {
    assert.deepEqual(finds(text), expected, file ?? `${of}: ${text}`);
  }
  assert.ok(vectors.texts.length > 100);
});

test("base paths, and the scripts and ids that are accepted, are the same too", () => {
  for (const { said, loaded, prefix, basePath } of vectors.basePaths) {
    assert.equal(basePathOf(said ?? undefined, loaded, prefix ?? undefined), basePath, `${said} at ${loaded}, ${prefix}`);
  }
  for (const { old, id, holds } of vectors.replacements) assert.equal(replaces(old, id), holds, `${old} ${id}`);
  const { origin, prefixes, own, foreign } = vectors.scripts;
  for (const url of own) assert.equal(isOwnScript(url, origin, prefixes), true, url);
  for (const url of foreign) assert.equal(isOwnScript(url, origin, prefixes), false, url);
  for (const { url, prefix } of vectors.prefixes) assert.equal(assetPrefix(url), prefix ?? undefined, url);
});

test("a real text may be cut anywhere", () => {
  for (const { file } of vectors.texts.filter(({ file }) => file)) {
    const text = read(file);
    for (let cut = 0; cut < text.length; cut += file.endsWith(".js") ? 1 : 7) {
      for (const part of [text.slice(0, cut), text.slice(cut)]) finds(part);
    }
  }
});

// Each text is a megabyte, which a reader that backtracks would read again and again: this test would take minutes.
test("a text that repeats is read once", () => {
  for (const piece of vectors.repeated) {
    const text = piece.repeat((1 << 20) / piece.length);
    assert.deepEqual(named(text), [], piece);
    scanHtml(text);
    scanHtml(`<script src='${text}'></script>`);
    scanHtml(`<input name='${text}' value='${text}'><link rel='${text}' href=a>`);
    scanHtml(`<script>self.__next_f.push([1,"${text}`);
    scanHtml(`<script>self.__next_f.push([1,"${text}"])</script>`);
    scanHtml(`<script>self.__next_f.push([1,${JSON.stringify(text)}])</script>`);
    scanHtml(`<script>self.__next_f.push([1,${JSON.stringify(`1:I["${text}"]\n2:"${text}"\n0:{"b":"${text}"}`)}])</script>`);
    basePathOf(text, text, text);
    assetPrefix(text);
  }
});

test("a string with more escapes than patterns take hides nothing after it", () => {
  const escapes = '\\"'.repeat(6 << 20);
  assert.deepEqual(scanHtml(`<script>self.__next_f.push([1,"${escapes}"])</script><script src=/a.js></script>`).scripts, ["/a.js"]);
});

test("lists, addresses and names are bounded", () => {
  const many = Array.from({ length: 1024 }, (_, at) => `<script src=${at}></script><input name=$ACTION_ID_${String(at).padStart(40, "0")}>`).join("");
  const { scripts, ids } = scanHtml(many);
  assert.deepEqual([scripts.length, ids.length], [512, 512]);
  for (const char of ["a", "é"]) {
    const lengths = (most, count) => [most, most + 1].map((length) => count(char.repeat(length)));
    assert.deepEqual(lengths(4096, (url) => scanHtml(`<script src=${url}></script>`).scripts.length), [1, 0]);
    assert.deepEqual(lengths(1024, (name) => named(`createServerReference)("${ID}",a,b,c,"${name}")`).length), [1, 0]);
  }
});
