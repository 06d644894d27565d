// Measures a body without copying it: the size is exact for text, and an upper bound for a form.

import assert from "node:assert/strict";
import { test } from "node:test";

import { largestSizeOf, sizeOf } from "../lib/arguments/size.js";

const bytesOf = (text) => new TextEncoder().encode(text).length;

test("a text has its size in UTF-8", () => {
  const pieces = ["", "a", "é", "日", "😀", "\ud83d", "\ude00", "\u07ff\u0800", "\uffff"];
  for (const one of pieces) {
    for (const other of pieces) {
      const text = one + other;
      assert.equal(sizeOf(text), bytesOf(text), JSON.stringify(text));
      assert.equal(largestSizeOf(text), sizeOf(text));
    }
  }
});

test("a long text has its exact size too, below and above the length at which the browser counts", () => {
  for (const length of [65_535, 65_536, 65_537]) {
    const text = "é".repeat(length - 1) + "\ud83d";
    assert.equal(sizeOf(text), bytesOf(text), `${length}`);
  }
});

test("a form's real size is at most the largest size, and close to the measured one", async () => {
  const form = new FormData();
  for (const [name, value] of [["1_key", "value"], ["0", '["é"]'], ["größe", "x".repeat(5000)]]) form.append(name, value);
  form.append("file", new File([new Uint8Array(3000)], "naïve.txt", { type: "text/plain" }));
  const real = (await new Response(form).arrayBuffer()).byteLength;
  assert.ok(real <= largestSizeOf(form) && Math.abs(real - sizeOf(form)) < 1024, `${real}, measured as${sizeOf(form)}`);
});
