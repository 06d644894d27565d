// Row 0 in every shape: tests/vectors/root.json, which src/protocol/root_row.rs reads too.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pageOf } from "../lib/answer/root_row.js";
import { decode } from "../node.js";

const vectors = JSON.parse(readFileSync(new URL("../../tests/vectors/root.json", import.meta.url)));

test("the page in an answer is found as listed", async () => {
  for (const { of, rows, page } of vectors) {
    const { value } = decode(new Response(`${rows.join("\n")}\n`).body);
    const read = pageOf(await value);
    // JSON has no undefined: such a member counts as missing.
    assert.deepEqual(read === undefined ? null : JSON.parse(JSON.stringify(read)), page, `${of}: ${rows}`);
  }
});
