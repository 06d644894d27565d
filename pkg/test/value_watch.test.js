// Reading along: tests/vectors/along.json, which src/flight/value_watch.rs reads too. The value is complete with the
// byte after the `|`, which marks the place and is no part of the answer.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ValueWatch } from "../lib/fetch/value_watch.js";

const vectors = JSON.parse(readFileSync(new URL("../../tests/vectors/along.json", import.meta.url)));
const encoder = new TextEncoder();

for (const { of, answer, limits } of vectors) {
  test(`the value is complete where the list says: ${of}`, () => {
    const [before, after] = answer.split("|").map((part) => encoder.encode(part));
    const bytes = encoder.encode(answer.replace("|", ""));
    const watch = new ValueWatch(limits);
    for (const [at, byte] of bytes.entries()) {
      // The page may transfer each chunk after it was read.
      const piece = Uint8Array.of(byte);
      assert.equal(watch.push(piece), after !== undefined && at >= before.length, `after byte ${at}`);
      structuredClone(piece, { transfer: [piece.buffer] });
    }
    for (let cut = 0; cut <= bytes.length; cut++) {
      const halves = new ValueWatch(limits);
      halves.push(bytes.subarray(0, cut));
      assert.equal(halves.push(bytes.subarray(cut)), after !== undefined, `cut at ${cut}`);
    }
  });
}
