// The name finder, on tests/vectors/manifest, which src/protocol/manifest reads, too. `cargo xtask finder` goes on from there.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { basePathOf } from "../lib/base.js";
import { assetPrefix, isOwnScript, replaces } from "../lib/deployed.js";
import { scanHtml, scanScript } from "../lib/finder.js";

const read = (file) => readFileSync(new URL(`../../tests/vectors/manifest/${file}`, import.meta.url), "utf8");
const vectors = JSON.parse(read("cases.json"));
const ID = "60aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

function named(text) {
  const found = [];
  scanScript(text, found);
  return found;
}

/** All that a text says, each half of a surrogate pair as encoders write it. */
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

test("base paths, and which scripts and ids are taken, are the same too", () => {
  for (const { said, loaded, prefix, basePath } of vectors.basePaths) {
    assert.equal(basePathOf(said ?? undefined, loaded, prefix ?? undefined), basePath, `${said} at ${loaded}, ${prefix}`);
  }
  for (const { old, id, holds } of vectors.replacements) assert.equal(replaces(old, id), holds, `${old} ${id}`);
  const { origin, prefixes, own, foreign } = vectors.scripts;
  for (const url of own) assert.equal(isOwnScript(url, origin, prefixes), true, url);
  for (const url of foreign) assert.equal(isOwnScript(url, origin, prefixes), false, url);
  for (const { url, prefix } of vectors.prefixes) assert.equal(assetPrefix(url), prefix ?? undefined, url);
});

test("any cut of a real text is read", () => {
  for (const { file } of vectors.texts.filter(({ file }) => file)) {
    const text = read(file);
    for (let cut = 0; cut < text.length; cut += file.endsWith(".js") ? 1 : 7) {
      for (const part of [text.slice(0, cut), text.slice(cut)]) finds(part);
    }
  }
});

// Each text is a megabyte of what a reader that goes back would read again and again: this test would take minutes.
test("what repeats is read once", () => {
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

test("strings with more escapes than patterns take hide nothing outside of them", () => {
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
