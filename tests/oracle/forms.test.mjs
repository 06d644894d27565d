// Forms with bound arguments: the hidden fields come from React, pass through `src/protocol/form.rs` and the encoder,
// and React's server decodes them as it decodes those of React's own client.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

import { carriedBy } from "../../pkg/forms/carried.js";
import { NONE, formPrefixes, plain } from "../../pkg/lib/arguments/plain.js";
import { WIRE_FORMS, WIRE_PLAIN } from "../../pkg/lib/boundary/codes.js";
import { flightNow } from "../../pkg/lib/codec/load.js";
import { ready } from "../../pkg/node.js";
import { RELEASES, load } from "./react.mjs";
import { SERVER_MANIFEST } from "./webpack.mjs";

const require = createRequire(import.meta.url);
const ID = "60".padEnd(42, "a");

await ready({ codec: true });
const flight = flightNow();

const shared = { a: { list: [1] } };
const bounds = {
  "nothing but the state": () => [null],
  "an object and the state": () => [{ cart: [1, 2] }, { count: 3 }],
  "what JSON has no words for": () => [undefined, NaN, -0, Infinity, 10n, new Date(0), "$5", "a\"$1:b", [undefined]],
  "Maps and Sets": () => [new Map([["a", new Set([1, { b: 2 }])]]), new Set()],
  "an object in two places": () => [shared, shared, { again: shared.a, list: shared.a.list }],
  "what a closure has caught, encrypted": () => [Promise.resolve("aGVsbG8gd29ybGQ=")],
  "seventeen parts": () => Array.from({ length: 17 }, (_, index) => new Map([[index, index]])),
  "a form": () => [new FormData(), formOf([["x", "1"], ["y", "2"]]), "after"],
};

function formOf(entries) {
  const form = new FormData();
  for (const [name, value] of entries) form.append(name, value);
  return form;
}

const entries = () => formOf([["title", "Tea"], ["title", "$K1"], ["file", new File(["hello"], "a.txt", { type: "text/plain" })]]);

/** Returns the hidden fields as React's server renders them, names and values alternating. */
async function fieldsOf(edge, bound, prefix) {
  const action = edge.createServerReference(ID, () => {}).bind(null, ...bound);
  const render = () => action.$$FORM_ACTION(prefix);
  let rendered;
  try {
    rendered = render();
  } catch (open) {
    await open; // React throws what it waits for, and renders again
    rendered = render();
  }
  return [rendered.name, "", ...[...rendered.data].flat()];
}

/**
 * Makes the body of a submission as `pkg/forms/submission.js` and `call` do. `version`: that of Next.js, as far as the
 * page says it.
 */
function bodyOf(fields, states, own, version) {
  const read = flight.readForm(fields, undefined);
  assert.equal(read.id, ID);
  const args = [...Array(read.bound - states.length), ...states, own];
  const carried = carriedBy({ version: () => version }, ID, own, read, states.length > 0);
  const { lastPart, nextVersion = version, wire = WIRE_PLAIN | WIRE_FORMS } = carried;
  const tried = nextVersion === version && version !== undefined ? NONE : plain(args, undefined, formPrefixes(wire), lastPart);
  const encoding = flight.makeEncoding(args, { nextVersion, forgets: false, tried, lastPart });
  return carried.into({ body: encoding.body, open: false }).body;
}

/** Makes values comparable: those of promises, and the entries of forms. */
async function shown(value) {
  if (typeof value?.then === "function") return { promise: await shown(await value) };
  if (value instanceof FormData) return { form: await Promise.all([...value].map(async ([name, entry]) => [name, typeof entry === "string" ? entry : [entry.name, entry.type, await entry.text()]])) };
  if (Array.isArray(value)) return Promise.all(value.map(shown));
  return value;
}

for (const { name, next } of RELEASES) {
  const { edge: server, client } = load(name);
  const edge = require(`./node_modules/react-server-dom-webpack-${name}/client.edge.js`);
  const decode = async (body) => shown(await server.decodeReply(body, SERVER_MANIFEST));

  for (const [what, bound] of Object.entries(bounds)) {
    // React's own client writes a form's decimal number where its server reads hex.
    const isLong = what === "seventeen parts";

    test(`React ${name}: a form that carries ${what} arrives`, async () => {
      const fields = await fieldsOf(edge, bound(), "S_1");
      const ours = await decode(bodyOf(fields, [], entries(), next));
      const theirs = isLong ? await shown([...bound(), entries()]) : await decode(await client.encodeReply([...bound(), entries()]));
      assert.deepEqual(ours, theirs);
    });

    test(`React ${name}: a form that carries ${what} arrives with the next state`, async () => {
      const states = [{ count: 4, seen: new Map([["x", new Date(1)]]), twice: [shared, shared] }];
      const fields = await fieldsOf(edge, bound(), "");
      const ours = await decode(bodyOf(fields, states, entries(), next));
      const all = [...bound().slice(0, -1), ...states, entries()];
      const theirs = isLong ? await shown(all) : await decode(await client.encodeReply(all));
      assert.deepEqual(ours, theirs);
    });
  }

  test(`React ${name}: a form without files arrives though its page does not say the version`, async () => {
    const texts = [["title", "Tea"], ["title", "$K1"], ["1_title", "_1_title"]];
    for (const bound of [[{ cart: [1] }, null], [new Map([["a", 1]]), shared, shared]]) {
      const fields = await fieldsOf(edge, bound, "1");
      assert.deepEqual(await decode(bodyOf(fields, [], formOf(texts))), [...bound, { form: texts }]);
      const state = new Map([["b", 2]]);
      assert.deepEqual(await decode(bodyOf(fields, [state], formOf(texts))), [...bound.slice(0, -1), state, { form: texts }]);
    }
  });
}
