// The option `limits`: the values it takes, and long and deep answers. tests/e2e/tests/limits.rs tests the exact
// limits, in browsers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createDispatcher, decode, encode } from "../node.js";
import { ID } from "./server.js";


const bytes = (text) => new TextEncoder().encode(text);

test("limits are whole numbers, or Infinity", async () => {
  for (const limits of [null, 1, { maxDepth: "1" }, { maxDepth: -1 }, { maxDepth: 1.5 }, { maxDepth: NaN }, { maxBytes: 2 ** 31 }, { depth: 1 }]) {
    assert.throws(() => createDispatcher({ limits }), { code: "INVALID_OPTION", message: /^limits: |^max/ });
    await assert.rejects(createDispatcher({ url: "http://localhost" }).call(ID, [], { limits }), { code: "INVALID_OPTION", sent: "no" });
  }
  createDispatcher({ limits: {} }).close();
  createDispatcher({ limits: { maxBytes: Infinity, maxDepth: 0 } }).close();
  await assert.rejects(encode([[1]], { maxDepth: 1 }), { code: "ENCODE", message: "argument 0 is nested deeper than 1 containers" });
  await assert.rejects(encode([[new Uint8Array(1)]], { maxDepth: 1 }), { code: "ENCODE" });
  assert.equal(await encode([[1]], { maxDepth: 2 }), "[[1]]");
  assert.equal(await encode([[1]], { maxDepth: Infinity }), "[[1]]");
  assert.equal(await decode(bytes("0:1\n"), { maxBytes: Infinity, maxRowBytes: Infinity }).value, 1);
});

test("a long answer is read in pieces, from any source", async () => {
  const text = "é".repeat(5 << 20);
  const whole = bytes(`0:["$1"]\n1:T${bytes(text).length.toString(16)},${text}`);
  for (const source of [whole, new Response(whole), new ReadableStream({ start: (c) => (c.enqueue(whole), c.close()) })]) {
    assert.deepEqual(await decode(source).value, [text]);
  }
  const fetch = async () => new Response(`0:{"a":"$1","f":"","b":"x"}\n1:T${bytes(text).length.toString(16)},${text}`, { headers: { "content-type": "text/x-component" } });
  const d = createDispatcher({ url: "http://localhost/", fetch });
  assert.equal(await d.call(ID), text);
  await assert.rejects(d.call(ID, [], { limits: { maxRowBytes: 9 << 20 } }), { code: "DECODE", message: /: row 1: longer than / });
});

test("an answer may refer to a value deep inside the arguments", async () => {
  const temporaryReferences = {};
  let deep = [];
  const inner = deep;
  for (let at = 0; at < 10_000; at++) deep = [deep];
  await encode([deep], { temporaryReferences });
  const path = Array(10_001).fill(0).join(":");
  const [same, other] = await decode(bytes(`0:["$T0:${path}","$T0:0"]\n`), { temporaryReferences }).value;
  assert.ok(same === inner && other === deep);
  await assert.rejects(decode(bytes(`0:["$T0:${path}:0"]\n`), { temporaryReferences }).value, { code: "DECODE" });
});
