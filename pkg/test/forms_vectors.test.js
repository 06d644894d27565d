// Texts that options accept or refuse: tests/vectors/forms.json. Rust reads three of these lists too: see the test
// in src/protocol.rs.
// src/protocol.rs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { createDispatcher, encode } from "../node.js";
import "../lib/warnings/texts.js"; // with this loaded, warnings are printed at once
import { idempotencyKey } from "../server.js";
import { ID, serve } from "./server.js";

const forms = JSON.parse(readFileSync(new URL("../../tests/vectors/forms.json", import.meta.url)));
const { warn } = console;
let server, warnings;
before(async () => {
  server = await serve();
  console.warn = (text) => warnings.push(text);
});
after(() => ((console.warn = warn), server.close()));

const taken = (promise) => promise.then(() => true, ({ code, sent }) => (assert.deepEqual([code, sent], ["INVALID_OPTION", "no"]), false));

/** Makes a dispatcher; undefined if it refuses `options`. */
function makes(options) {
  try {
    return createDispatcher({ url: server.url, ...options });
  } catch ({ code }) {
    assert.equal(code, "INVALID_OPTION");
    return undefined;
  }
}

const calls = (options, id = ID) => createDispatcher({ url: server.url }).call(id, [], options);

test("traceparent has the form of the standard", async () => {
  for (const { text, holds } of forms.traceparent) {
    const trace = { traceparent: text };
    assert.equal(makes({ trace }) !== undefined, holds, JSON.stringify(text));
    assert.equal(await taken(calls({ trace })), holds, JSON.stringify(text));
  }
});

test("nextVersion is a version's number, with its parts in range", async () => {
  for (const { text, holds, late = false } of forms.nextVersion) {
    const made = makes({ nextVersion: text });
    // Numbers out of range are found by Rust only.
    assert.equal(made !== undefined, holds || late, JSON.stringify(text));
    if (made) assert.equal(await taken(made.call(ID)), holds, JSON.stringify(text));
    assert.equal(await taken(encode([1], { nextVersion: text })), holds, JSON.stringify(text));
  }
});

test("the id of an action is hexadecimal, and says if its function is cached", async () => {
  for (const [at, { text, holds, cached }] of forms.actionId.entries()) {
    warnings = [];
    assert.equal(await taken(calls({ retry: 1 }, { id: text, name: `action ${at}` })), holds, JSON.stringify(text));
    await new Promise((resolve) => setImmediate(resolve));
    if (holds) assert.equal(warnings.length, cached ? 0 : 1, JSON.stringify(text));
  }
});

test("an idempotency key has the same form in the page and on the server", async () => {
  const read = (key) => idempotencyKey({ user: 1, action: "a", headers: { get: () => key } }).key;
  for (const { text, holds } of forms.idempotencyKey) {
    assert.equal(await taken(calls({ idempotencyKey: text })), holds, JSON.stringify(text));
    assert.equal(await taken(createDispatcher().route(server.url, {}, { idempotencyKey: text })), holds, JSON.stringify(text));
    if (!holds) continue;
    assert.equal(server.requests.at(-1).headers[forms.idempotencyHeader], text);
    assert.equal(read(text), text);
  }
});

test("a request id and a deployment id are texts that a header carries unchanged", async () => {
  for (const { text, holds } of forms.token) {
    assert.equal(await taken(calls({ trace: { requestId: text } })), holds, JSON.stringify(text));
    assert.equal(makes({ deploymentId: text }) !== undefined, holds, JSON.stringify(text));
  }
});

test("a header's name is one that HTTP allows", () => {
  for (const { text, holds } of forms.header) {
    assert.equal(makes({ idempotency: { header: text } }) !== undefined, holds, JSON.stringify(text));
  }
});
