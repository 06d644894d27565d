// `refs` of `actionlane/server` reads the marks that every release of React puts on actions, and what it returns goes
// through React to a client component.

import assert from "node:assert/strict";
import { test } from "node:test";

import { refs } from "../../pkg/server.js";
import { RELEASES, load } from "./react.mjs";

const ID = "40".padEnd(42, "a");

for (const { name } of RELEASES) {
  const { edge, client } = load(name);
  // Next.js gives the whole id, and no name of an export.
  const action = () => edge.registerServerReference(async () => {}, ID, null);

  test(`React ${name}: an action has its id, under the name of its key`, () => {
    assert.deepEqual(refs({ save: action(), add: action() }), { save: { id: ID, name: "save" }, add: { id: ID, name: "add" } });
  });

  test(`React ${name}: a module with names of the compiler gives the others`, () => {
    const module = Object.freeze({ __proto__: null, save: action(), $$RSC_SERVER_ACTION_0: action().bind(null, "secret") });
    assert.deepEqual(refs(module), { save: { id: ID, name: "save" } });
  });

  test(`React ${name}: bound arguments are refused, and the key is named`, () => {
    const refused = { name: "TypeError", message: /^refs: save has bound arguments/ };
    assert.throws(() => refs({ save: action().bind(null, 1) }), refused);
    assert.throws(() => refs({ save: action().bind(null, 1).bind(null) }), refused);
    assert.deepEqual(refs({ save: action().bind(null) }), { save: { id: ID, name: "save" } });
  });

  test(`React ${name}: another value than an action is refused, and the key is named`, () => {
    const proxy = edge.createClientModuleProxy("client.js");
    for (const [what, wrong] of Object.entries({ "a function": async () => {}, "an id": ID, nothing: undefined, null: null, "a client component": proxy.Button })) {
      assert.throws(() => refs({ fine: action(), wrong }), { name: "TypeError", message: /^refs: wrong is no Server Action/ }, what);
    }
  });

  test(`React ${name}: references are props that a client component receives`, async () => {
    const given = { actions: refs({ save: action() }) };
    const stream = edge.renderToReadableStream(given, {});
    assert.deepEqual(await client.createFromReadableStream(stream), given);
  });
}

test("another value than an object is refused", () => {
  for (const wrong of [undefined, null, "save", () => {}]) assert.throws(() => refs(wrong), { name: "TypeError", message: /^refs: expected an object/ });
});
