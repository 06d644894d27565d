// A stored result as text: it comes back as `structuredClone` would give it, in every runtime, or is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { decodeRecord, encodeRecord } from "../server.js";

const stored = (value) => ({ type: "value", value });
const again = (value) => decodeRecord(encodeRecord(stored(value))).value;

const ring = { name: "ring" };
ring.self = [ring, new Map([[ring, new Set([ring])]])];
const shared = { at: new Date(5) };
const named = Object.assign([1, , 3], { extra: true });
const realm = runInNewContext("({ at: new Date(7), list: [new Map([[1, new Set([2n])]])], of: Object.create(null), broken: new RangeError('x') })");

const VALUES = {
  "nothing": undefined,
  "null": null,
  "texts": ["", "é\0\ud800", "\u{1f600}", '"\\\n'],
  "numbers": [0, -0, NaN, Infinity, -Infinity, 5e-324, 1e21, 2 ** 53],
  "bigints": [0n, -1n, 2n ** 100n],
  "booleans and holes": [true, false, [, undefined, null], [, ,], new Array(3)],
  "names beside the items": named,
  "dates": [new Date(0), new Date(-1)],
  "patterns": [/a\/b/giu, new RegExp("")],
  "objects": { a: { b: { c: [] } }, "": 1, 0: 2, then: "x" },
  "an own __proto__": JSON.parse('{"__proto__":{"polluted":true},"constructor":1}'),
  "maps and sets": new Map([[{ key: 1 }, new Set([[1], new Map()])], [NaN, undefined]]),
  "rings": ring,
  "one object in two places": [shared, shared, { shared }],
  "boxed": [Object(1n), Object("a"), Object(-0), Object(NaN), Object(false)],
  "memory": [new ArrayBuffer(3), new Uint8Array([0, 255]), new Float64Array([-0, NaN]), new BigInt64Array([-1n]), new DataView(new ArrayBuffer(2))],
  "a part of memory": new Uint16Array(new Uint16Array([1, 2, 3]).buffer, 2, 1),
  "errors": [new Error("x"), new RangeError("y", { cause: new Date(1) }), new TypeError("", { cause: undefined })],
  "another realm": realm,
};

for (const [name, value] of Object.entries(VALUES)) {
  test(`${name} come back as structuredClone gives them`, () => {
    const expected = structuredClone(value);
    assert.deepEqual(again(value), expected);
    assert.deepEqual(again(again(value)), expected, "a second time too");
  });
}

test("a date that is none stays none", () => {
  assert(Number.isNaN(again(new Date(NaN)).getTime()));
});

test("a part of memory is kept without the rest", () => {
  assert.equal(again(new Uint8Array(1_000).subarray(0, 2)).buffer.byteLength, 2);
});

test("one object in two places stays one, and a ring closes", () => {
  const [a, b, { shared: c }] = again(VALUES["one object in two places"]);
  assert(a === b && b === c);
  const back = again(ring);
  assert(back.self[0] === back && back.self[1].get(back).has(back));
});

test("no text makes a prototype", () => {
  const back = again(VALUES["an own __proto__"]);
  assert.equal(Object.getPrototypeOf(back), Object.prototype);
  assert.equal({}.polluted, undefined);
  assert(Object.hasOwn(back, "__proto__"));
});

test("an error keeps its stack and its class", () => {
  const error = new SyntaxError("z");
  const back = again(error);
  assert.deepEqual([back.stack, back instanceof SyntaxError, Object.keys(back)], [error.stack, true, []]);
});

test("functions, symbols and objects that would lose their content are refused", () => {
  for (const value of [() => {}, Symbol("s"), new URL("http://x"), Promise.resolve(), new WeakMap(), new (class { #a = 1; get a() { return this.#a; } })()]) {
    for (const wrapped of [value, [value], new Map([[1, value]])]) assert.throws(() => encodeRecord(stored(wrapped)), TypeError);
  }
});

test("a record is bounded in bytes, not in characters", () => {
  assert.throws(() => encodeRecord(stored("x".repeat(2 ** 20))), { name: "RangeError", message: /1048576/ });
  assert(encodeRecord(stored("x".repeat(2 ** 20 - 100))).length < 2 ** 20);
  assert.throws(() => encodeRecord(stored("é".repeat(60)), 100), RangeError);
  assert(encodeRecord(stored("e".repeat(30)), 100));
});

test("a deep value needs no deep stack", () => {
  let deep = [];
  for (let n = 0; n < 40_000; n += 1) deep = [deep];
  let depth = 0;
  for (let at = decodeRecord(encodeRecord(stored(deep))).value; at.length > 0; [at] = at) depth += 1;
  assert.equal(depth, 40_000);
});

test("the first character is the version, and a text of another version is refused", () => {
  assert.equal(encodeRecord({ type: "lost" })[0], "1");
  for (const text of ["2[]", "", null, "{}"]) assert.throws(() => decodeRecord(text), { name: "TypeError", message: /version/ });
});
