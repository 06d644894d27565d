import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDispatcher, encode } from "../node.js";
import { ID, serve } from "./server.js";

let server;
before(async () => (server = await serve()));
after(() => server.close());

const INVALID = { code: "INVALID_OPTION", sent: "no" };

test("what only looks like a text when it is made one is none", async () => {
  for (const options of [{ nextVersion: 16 }, { nextVersion: ["16.4.6"] }, { basePath: ["/shop"] }]) {
    assert.throws(() => createDispatcher(options), INVALID, JSON.stringify(options));
  }
  for (const header of [5, ["x-key"], null]) {
    assert.throws(() => createDispatcher({ idempotency: { header } }), { ...INVALID, message: "header: expected the name of a header" });
  }
  await assert.rejects(encode([1], { nextVersion: 16 }), INVALID);
});

test("a filter that names nothing cancels nothing", async () => {
  const d = createDispatcher({ url: server.url });
  const calls = [d.call(ID, [1]), d.call(ID, [2], { lane: "cart" })];
  for (const filter of [{}, { name: undefined }, { lane: "cart", name: undefined }, Object.create(null)]) {
    assert.throws(() => d.cancel(filter), INVALID);
  }
  await Promise.all(calls);
});
