// Plain answers, read without the decoder: the value equals the decoder's, and is complete at the same byte.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { inspect } from "node:util";
import { MORE, NOT_PLAIN, PlainAnswer, THROWN, VALUE } from "../lib/answer/plain.js";
import { makeDecoding } from "../lib/codec/flight.js";
import { ready } from "../node.js";

const vectors = (name) => new URL(`../../tests/vectors/${name}`, import.meta.url);
const json = (name) => JSON.parse(readFileSync(vectors(name)));
const bytes = (text) => new TextEncoder().encode(text);

/** Reads the pieces and returns the reader. */
function read(goal, pieces, limits) {
  const answer = new PlainAnswer(goal, limits);
  for (const piece of pieces) answer.push(piece);
  return answer;
}

/** Prints a whole value, to compare by: `deepStrictEqual` finds no two invalid dates equal. */
const all = (value) => inspect(value, { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity });

const halves = (whole, at) => [whole.subarray(0, at), whole.subarray(at)];
const each = (whole) => Array.from(whole, (_, at) => whole.subarray(at, at + 1));

/** Answers of actions, each with its value. */
const VALUES = [
  ['0:{"a":"$@1","f":"","b":"x"}\n1:{"ok":true,"list":[1,"two",null]}\n', { ok: true, list: [1, "two", null] }],
  ['0:["$@1",["x",null]]\n1:"v"\n', "v"],
  ['0:{"b":"x","q":"","i":false,"a":"$@1"}\n:HL["/a.css"]\n1:D{}\n1:7\n', 7],
  ['1:[1]\n2:"unused"\n0:{"a":"$@1"}\n', [1]],
  ['0:{"a":5}\n', 5],
  ['0:{"a":{"x":["$2"]}}\n2:T3,a\nb', { x: ["a\nb"] }],
  ['0:{"a":"$1"}\n1:"$@2"\n2:"$3"\n3:{"x":1}\n', { x: 1 }],
  ['0:{"a":"$@1"}\n1:T4,$@\u00e9', "$@\u00e9"],
  ['0:{"a":"$undefined"}\n', undefined],
  ['0:{"a":"$@1"}\n1:["$undefined",{"a":"$undefined","b":"$$","c":"$$$@1"}]\n', [undefined, { b: "$", c: "$$@1" }]],
  ['0:{"a":"$@1"}\n1:["$NaN","$Infinity","$-Infinity","$-0","$n-12","$n"]\n', [NaN, Infinity, -Infinity, -0, -12n, 0n]],
  ['0:{"a":"$@1"}\n1:["$D2024-02-28T01:02:03.004Z","$D-000001-12-31T23:59:59.999Z"]\n', [new Date(1709082123004), new Date(-62167219200001)]],
  ['0:{"a":"$@1"}\n1:["$D2024-02-30T00:00:00.000Z","$D2024-02-29T00:00:00.000Z","$Dx"]\n', [new Date(NaN), new Date(1709164800000), new Date(NaN)]],
  ['0:{"a":"$@1"}\n1:{"x":"$2:a:1","y":"$3"}\n3:[]\n2:{"a":["$4",{"z":"$3"}]}\n4:"four"\n', { x: { z: [] }, y: [] }],
  ['0:{"a":"$@1","f":[["$","p",null,{"x":"$Q9"}]]}\n1:{"say":"it is \\"$5\\": __proto__"}\n', { say: 'it is "$5": __proto__' }],
  ['0:{"a":"$@1"}\n1:{"\\u0024":"\\u0024$","n":"\\u00241:m","m":[1]}\n', { $: "$", n: [1], m: [1] }],
  ['0:{"a":"$@1"}\n1:[{"\\"a\\\\":1,"b\\\\":"c:","":"$NaN"}, ":" , "\\":"]\n', [{ '"a\\': 1, "b\\": "c:", "": NaN }, ":", '":']],
  ['0:{"a":"$@1"}\n1:{"then":"$2","constructor":1,"x":"$2:$x"}\n2:{"$x":[]}\n', { then: { $x: [] }, constructor: 1, x: [] }],
];

test("plain values are read, in any pieces", () => {
  for (const [text, value] of VALUES) {
    const whole = bytes(text);
    for (const pieces of [[whole], each(whole), ...Array.from(whole, (_, at) => halves(whole, at))]) {
      const answer = read("action", pieces);
      assert.equal(answer.state, VALUE, text);
      assert.equal(all(answer.value), all(value), text);
      assert.equal(answer.pieces, undefined);
    }
    assert.equal(read("action", [whole.subarray(0, -1)]).state, MORE, text);
  }
});

test("a row that is referred to twice gives one object, also in a circle", () => {
  const { value } = read("action", [bytes('0:{"a":"$@1"}\n1:{"x":"$2","y":["$2","$2:in"],"me":"$1","in":"$1:y"}\n2:{"in":{},"back":"$1:x"}\n')]);
  assert.ok(value.x === value.y[0] && value.x.in === value.y[1] && value.me === value && value.in === value.y && value.x.back === value.x);
});

/** Answers that are not plain, or not well-formed. */
const OTHERS = [
  ...["$Q2", "$W2", "$K2", "$h2", "$F2", "$L2", "$B2", "$i2", "$T0:0", "$Sx", "$Z", "$z1", "$w1", "$E1", "$", "$@2", "$n1x", "$1A", "$80000000", "$000000001"].flatMap(
    (special) => [`0:{"a":"$@1"}\n1:[${JSON.stringify(special)}]\n`, `0:{"a":"$@1"}\n1:{"x":${JSON.stringify(special)}}\n`],
  ),
  '0:{"a":"$@1"}\n1:["$","p",null,{}]\n',
  '0:{"a":"$@1"}\n1:{"__proto__":{"x":1}}\n',
  '0:{"a":"$@1"}\n1:{"\\u005f_proto__":{"x":1}}\n',
  '0:{"a":"$@1"}\n1:{oops\n',
  '0:{"a":"$@1"}\n1:\n',
  '0:{"a":"$@1"}\n1:o2,ab',
  '0:{"a":"$@1"}\n1:R\n',
  '0:{"a":"$@1"}\n1:I["x",[],""]\n',
  '0:{"a":"$@1"}\n1:"$@1"\n',
  '0:{"a":"$@1"}\n1:"$2"\n2:"$1"\n',
  '0:{"a":"$@1"}\n1:{"x":"$1:y","y":"$1:x"}\n',
  '0:{"a":"$@1"}\n1:{"x":"$2:a"}\n2:{"b":1}\n',
  '0:{"a":"$@1"}\n1:{"x":"$2:length"}\n2:"text"\n',
  '0:{"a":"$@1"}\n1:{"x":"$2:toString"}\n2:{}\n',
  '0:{"a":"$@1"}\n1:{"x":"$2:01"}\n2:[1,2]\n',
  '0:{"a":"$@1"}\n1:{"x":"$2"}\n2:E{"digest":"7"}\n',
  '0:{"a":"$@1"}\n1:{"x":"$0:b"}\n',
  '0:{"a":"$@1"}\n1:{"x":"$NaN","x":1}\n',
  '0:{"a":"$@1"}\n1:{"x":1,"x":"$undefined"}\n',
  '0:{"a":1,"a":2}\n',
  '0:{"a" :1,"a":2}\n',
  '0:{"a":1,"\\u0061":2}\n',
  '0:{"a":"$@1"}\n2:1\n2:2\n',
  '0:{"b":"x"}\n',
  "0:5\n",
  "0:null\n",
  "0:[]\n",
  "0:T1,a",
  "q",
  '0:{"a":"$@1"}\n1:E{"digest":"7","message":"no"}\n',
  '0:{"a":"$@1"}\n1:E{"digest":7}\n',
  '0:{"a":"$@1"}\n1:E{}\n',
  '0:{"a":"$@1"}\n1:E{"digest":"\\ud800"}\n',
];

test("an answer that is not plain keeps all its bytes", () => {
  for (const text of OTHERS) {
    const whole = bytes(text);
    for (const pieces of [[whole], each(whole)]) {
      const answer = read("action", pieces);
      assert.equal(answer.state, NOT_PLAIN, text);
      assert.equal(answer.value, undefined);
      // The pieces pushed so far, up to the one where the reader stopped; none is a copy.
      assert.ok(answer.pieces.length > 0 && answer.pieces.every((piece, at) => piece === pieces[at]), text);
    }
  }
});

test("an answer that ends too early is not plain", () => {
  for (const text of ["", "0:", '0:{"a":"$@1"}\n', '0:{"a":"$@1"}\n1:["$2"]\n', '0:{"a":"$@1"}\n1:T3,ab']) {
    const answer = read("action", [bytes(text)]);
    assert.equal(answer.state, MORE, text);
    assert.equal(answer.end(), NOT_PLAIN, text);
    assert.equal(answer.pieces.length, 1);
  }
});

test("an error of the action is read if it has only a digest", () => {
  for (const rows of ['0:{"a":"$@1"}\n1:E{"digest":"7"}\n', '1:E{"digest":"7"}\n0:["$@1",["x",null]]\n', '0:E{"digest":"7"}\n']) {
    const answer = read("action", [bytes(rows)]);
    assert.deepEqual([answer.state, answer.digest, answer.pieces], [THROWN, "7", undefined], rows);
  }
  assert.equal(read("root", [bytes('0:{"a":"$@1"}\n')]).state, NOT_PLAIN, "for the goal root a promise is a value");
});

test("streams in the page are skipped, but a value that is a stream is not plain", () => {
  const page = '6:X\n7:R\n6:{"in":"the page"}\n0:{"a":"$@1","t":["$","$L9",null,{"children":"$6"}]}\n7:T3,abc6:C\n';
  for (const [row, expected] of [['1:"v"\n', VALUE], ['1:E{"digest":"NEXT_HTTP_ERROR_FALLBACK;404"}\n', THROWN], ['1:{"in":"$6"}\n', NOT_PLAIN], ['1:"$7"\n', NOT_PLAIN]]) {
    const answer = new PlainAnswer("action");
    assert.equal(answer.push(new TextEncoder().encode(page + row)), expected, row);
  }
});

test("the reader sees a page in row 0", () => {
  for (const { of, rows, page } of json("root.json")) {
    const answer = read("action", [bytes(`${rows.join("\n")}\n`)]);
    if (answer.state === VALUE) assert.equal(answer.rendered, page !== null, `${of}: ${rows}`);
    else assert.match(of, /^none$|after a redirect/, `${of}: ${rows}`);
  }
  assert.equal(read("action", [bytes('0:{"a":"$@1","t":{"s":1}}\n1:E{"digest":"7"}\n')]).rendered, true);
});

test("limits are those of the decoder: an answer beyond them is not plain", () => {
  const state = (rows, limits) => read("action", [bytes(`0:{"a":"$@1"}\n${rows}\n`)], limits).state;
  assert.deepEqual([state("1:12", { maxBytes: 19 }), state("1:12", { maxBytes: 18 })], [VALUE, NOT_PLAIN]);
  assert.deepEqual([state("1:[1,2,3,4,5,6]", { maxRowBytes: 15 }), state("1:[1,2,3,4,5,67]", { maxRowBytes: 15 })], [VALUE, NOT_PLAIN]);
  assert.deepEqual([state('1:["$2"]\n2:Td,1234567890123', { maxRowBytes: 13 }), state('1:["$2"]\n2:Te,12345678901234', { maxRowBytes: 13 })], [VALUE, NOT_PLAIN]);
  for (const inner of ["1", '"$NaN"', '"[["']) {
    assert.deepEqual([state(`1:[[{"x":${inner}}]]`, { maxDepth: 3 }), state(`1:[[{"x":${inner}}]]`, { maxDepth: 2 })], [VALUE, NOT_PLAIN], inner);
  }
  assert.deepEqual([state('1:"$n-12"', { maxDigits: 2 }), state('1:"$n-123"', { maxDigits: 2 })], [VALUE, NOT_PLAIN]);
  assert.equal(state(`1:${"[".repeat(20_000)}${"]".repeat(20_000)}`), VALUE);
  assert.equal(state(`1:${"[".repeat(20_001)}${"]".repeat(20_001)}`), NOT_PLAIN);
  assert.equal(state(`1:${"[".repeat(200_000)}"$NaN"${"]".repeat(200_000)}`, { maxDepth: Infinity }), NOT_PLAIN, "too deep to walk through");
  const chain = (count) => Array.from({ length: count }, (_, at) => `${(at + 1).toString(16)}:["$${(at + 2).toString(16)}:0"]`).join("\n");
  assert.equal(state(`${chain(40)}\n29:[1]`), VALUE);
  assert.equal(state(`${chain(200)}\nc9:[1]`), NOT_PLAIN, "the decoder follows at most 128 references in a chain");
  const onwards = (count) => `1:["x",${Array.from({ length: count }, (_, at) => `"$1:${at}"`)}]`;
  assert.deepEqual([state(onwards(30)), state(onwards(200))], [VALUE, NOT_PLAIN], "each refers to the one before it");
});

test("a long row in many pieces is read", () => {
  const text = "\u00e9".repeat(500_000);
  const whole = bytes(`0:{"a":"$@1"}\n1:["$2",${JSON.stringify(text)}]\n2:T${bytes(text).length.toString(16)},${text}`);
  const answer = new PlainAnswer("action");
  for (let at = 0; at < whole.length; at += 7) answer.push(whole.subarray(at, at + 7));
  assert.ok(answer.value[0] === text && answer.value[1] === text);
});

test("React's own answers are plain, and delivered as early as by the decoder", async () => {
  await ready({ codec: true });
  const plain = { value: [], thrown: [] };
  for (const folder of ["decode", "stream"]) {
    for (const file of readdirSync(vectors(folder)).filter((file) => file.endsWith(".bin"))) {
      const whole = new Uint8Array(readFileSync(vectors(`${folder}/${file}`)));
      const name = `${folder}/${file.slice(0, -4)}`;
      const { state, value } = read("root", [whole]);
      if (state === VALUE) plain.value.push(name);
      if (state === THROWN) plain.thrown.push(name);
      if (state !== VALUE || whole.length > 10_000) continue;
      let reported = [];
      const decoding = makeDecoding({ action: false, told: (...report) => (reported = report), bind() {}, lost() {} });
      const answer = new PlainAnswer("root");
      for (const [at, piece] of each(whole).entries()) {
        const now = answer.push(piece) === VALUE;
        if (reported.length === 0) decoding.push(piece);
        assert.equal(reported.length > 0, now, `${name}, after byte ${at}`);
      }
      assert.equal(all(answer.value), all(reported[1]), name);
      assert.equal(all(value), all(reported[1]), name);
    }
  }
  const expected = json("plain.json");
  // If the reader accepts fewer, it has become lazier: that is a regression. If it accepts more, add them to the
  // list.
  for (const kind of ["value", "thrown"]) assert.deepEqual(plain[kind].sort(), expected[kind].sort());
});
