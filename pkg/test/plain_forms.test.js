// Forms among plain arguments, encoded in JavaScript: every part equals that of the encoder in Rust, which
// `encode()` uses if a version is given.

import assert from "node:assert/strict";
import { test } from "node:test";
import { formPrefixes, plain } from "../lib/arguments/plain.js";
import { WIRE_FORMS, WIRE_OLD_FORMS } from "../lib/boundary/codes.js";
import { createDispatcher, decode, encode } from "../node.js";
import { ID } from "./server.js";

const FILE = new File(["bytes"], "a.txt", { type: "text/plain" });

function form(...entries) {
  const made = new FormData();
  for (const [name, value] of entries) made.append(name, value);
  return made;
}

const parts = async (body) => {
  if (typeof body === "string") return body;
  return Promise.all(Array.from(body, async ([name, value]) => [name, typeof value === "string" ? value : [value.name, value.type, await value.text()]]));
};

const filled = form(["title", "one"], ["title", "$two\n"], ["file", FILE], ["_1_x", ""], ["é:😀", "\ud83d\ude00"]);
const ARGUMENTS = {
  "alone": [filled],
  "with the state of useActionState": [{ message: "$x", at: new Date(0) }, filled],
  "beside other plain arguments": [new Map([["k", [1]]]), filled, "text", new Set([filled])],
  "empty": [form()],
  "twice, and another": [filled, { again: filled, other: form(["a", "b"]) }, filled],
  "in an array": [[filled], 1n],
  "the sixteenth": [...Array.from({ length: 16 }, (_, at) => new Set([at])), filled],
  "with an empty file": [form(["file", new File([], "")])],
  "with a blob": [form(["blob", new Blob(["x"])])],
};

for (const [name, args] of Object.entries(ARGUMENTS)) {
  test(`the encoders agree on a form ${name}`, async () => {
    const { body } = plain(args, undefined, ["_"]);
    assert.ok(body, "the arguments are plain");
    assert.deepEqual(await parts(body), await parts(await encode(args, { nextVersion: "16.4.6" })));
    assert.deepEqual(await parts(body), await parts(await encode(args)));
    const both = plain(args, undefined, ["_", ""]).body;
    assert.deepEqual(await parts(both), await parts(await encode(args, { nextVersion: "any" })));
    const old = plain(args, undefined, [""]).body;
    assert.deepEqual(await parts(old), await parts(await encode(args, { nextVersion: "15.4.8" })));
  });
}

test("an object that only resembles a form is not plain", () => {
  const odd = [new (class extends FormData {})(), Object.assign(form(), { forEach() {} }), Object.assign(form(), { toJSON: () => 1 }), Object.assign(form(), { then() {} })];
  for (const one of [...odd, Object.setPrototypeOf(form(), null), Object.create(FormData.prototype)]) {
    assert.equal(plain([one], undefined, ["_"]).body, undefined);
  }
  assert.equal(plain([form()]).body, undefined, "without a prefix its entries have no names");
  assert.equal(plain([[form()]], 1, ["_"]).body, undefined, "too deep");
  assert.deepEqual([WIRE_FORMS, WIRE_OLD_FORMS, WIRE_FORMS | WIRE_OLD_FORMS, 0].map(formPrefixes), [["_"], [""], ["_", ""], []]);
});

test("a call encodes forms as its server reads them, and an answer may refer back to them", async () => {
  for (const [nextVersion, names] of [["16.4.6", ["_1_a", "0"]], ["15.4.8", ["1_a", "0"]], ["any", ["_1_a", "1_a", "0"]], [undefined, ["_1_a", "0"]]]) {
    let sent;
    const fetch = async (_, { body }) => {
      sent = body;
      return new Response('0:{"a":"$T0:0","f":"","b":"x"}\n', { headers: { "content-type": "text/x-component" } });
    };
    const d = createDispatcher({ url: "http://localhost/", fetch, ...(nextVersion && { nextVersion }) });
    const given = form(["a", "1"]);
    assert.equal(await d.call(ID, [given]), given);
    assert.deepEqual([...sent.keys()], names, nextVersion);
    d.close();
  }
  const [temporaryReferences, given] = [{}, form(["a", "1"])];
  await encode([given], { temporaryReferences });
  assert.equal(await decode(new TextEncoder().encode('0:"$T0:0"\n'), { temporaryReferences }).value, given);
});
