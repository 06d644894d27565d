// Parts of the package that fail to load when they are needed: as after a deployment, or without a network. Each
// test has a copy of the package that lacks them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { without } from "./copies.js";
import { ID, flight, serve } from "./server.js";

const PARTS = {
  along: ["lib/fetch/prebuilt.js", "lib/fetch/value_watch.js"],
  lock: ["lib/tabs/web_locks.js"],
  outbox: ["lib/outbox/outbox.js", "lib/outbox/record.js", "lib/outbox/indexed_db.js", "lib/outbox/storage_errors.js", "lib/outbox/stored_body.js"],
  payload: ["lib/answer/payload.js", "lib/answer/root_row.js"],
};

let server;
before(async () => (server = await serve()));
after(() => server.close());

/** Imports a copy of the package without these parts; `restore()` puts them back. */
async function withoutParts(t, ...parts) {
  const copy = await without(parts.flatMap((part) => PARTS[part]));
  t.after(copy.remove);
  return { ...(await import(copy.file("node.js"))), restore: copy.restore };
}

/** Collects the errors that `reportError` gets. */
function reports(t) {
  const own = Object.getOwnPropertyDescriptor(globalThis, "reportError");
  const reported = [];
  globalThis.reportError = (error) => reported.push(error);
  t.after(() => (own ? Object.defineProperty(globalThis, "reportError", own) : delete globalThis.reportError));
  return reported;
}

/** Replaces `navigator` by one whose locks are granted at once. Returns the names of the requested locks. */
function locks(t) {
  const own = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  const asked = [];
  const request = async (name, options, granted) => {
    asked.push(name);
    await granted({ name });
  };
  Object.defineProperty(globalThis, "navigator", { value: { locks: { request } }, configurable: true });
  t.after(() => (own ? Object.defineProperty(globalThis, "navigator", own) : delete globalThis.navigator));
  return asked;
}

test("calls, routes and streams need no part", async (t) => {
  const { createDispatcher, decode } = await withoutParts(t, "along", "lock", "outbox", "payload");
  const d = createDispatcher({ url: server.url });
  assert.equal(await d.call(ID, ["x"]), '["x"]');
  assert.equal((await d.route(server.url, { method: "POST" })).status, 200);
  assert.equal(await decode(new TextEncoder().encode('0:"v"\n')).value, "v");
  assert.equal(await (await d.call(ID, ["y"]).outcome).payload, undefined, "the answer has no payload");
  await assert.rejects(d.outbox.entries(), { code: "INVALID_OPTION" });
  d.close();
});

test("without the part that reads along, fetch() of an action fails before it is sent, and the next one loads the part again", async (t) => {
  const { createDispatcher, restore } = await withoutParts(t, "along");
  const d = createDispatcher({ url: server.url });
  const post = { method: "POST", headers: { "next-action": ID, "content-type": "text/plain" }, body: '["x"]' };
  const before = server.requests.length;
  await assert.rejects(d.fetch(server.url, post), (error) => /the part of the package that it needs could not be loaded/.test(error.message));
  assert.equal(server.requests.length, before);
  assert.equal((await d.fetch(server.url, { ...post }, { frees: "head" })).status, 200);
  assert.equal((await d.fetch(server.url)).status, 200, "a request that is no action needs no part");
  await restore();
  assert.match(await (await d.fetch(server.url, post)).text(), /x/);
  d.close();
});

test("without the part for leases no call of the lane is sent, and the next one loads the part again", async (t) => {
  const { createDispatcher, restore } = await withoutParts(t, "lock");
  const asked = locks(t);
  const sent = server.requests.length;
  const d = createDispatcher({ url: server.url, scope: "origin" });
  const calls = [d.call({ id: ID, name: "save" }), d.call(ID), d.call(ID, [], { lane: "cart" })];
  const message = /scope: the part of the package that it needs could not be loaded \(.*web_locks\.js.*\); reload the page/s;
  for (const { reason } of await Promise.allSettled(calls)) {
    assert.deepEqual([reason.code, reason.sent, reason.cause.code], ["NETWORK", "no", "ERR_MODULE_NOT_FOUND"]);
    assert.match(reason.message, message);
  }
  assert.equal((await calls[0].catch((error) => error)).message.split("save: ").length, 2, "each has an error of its own");
  assert.deepEqual([server.requests.length, asked], [sent, []]);
  assert.equal(await d.call(ID, ["parallel"], { lane: "parallel" }), '["parallel"]');
  await restore();
  assert.equal(await d.call(ID, ["again"]), '["again"]');
  assert.deepEqual(asked, ["actionlane:lane:main"]);
  d.close();
});

test("a call that is aborted while the part loads is ABORTED, and its lease is not requested", async (t) => {
  const { createDispatcher, ready } = await withoutParts(t);
  const asked = locks(t);
  await ready();
  const d = createDispatcher({ url: server.url, scope: "origin" });
  const call = d.call(ID);
  assert.equal(call.state, "waiting");
  assert.equal(call.abort("enough"), true);
  await assert.rejects(call, { code: "ABORTED" });
  assert.equal(await d.call(ID, ["next"], { lane: "cart" }), '["next"]');
  assert.deepEqual(asked, ["actionlane:lane:cart"]);
  d.close();
});

test("without the outbox only durable calls fail, and the next one loads it again", async (t) => {
  const { createDispatcher, restore } = await withoutParts(t, "outbox");
  const reported = reports(t);
  const sent = server.requests.length;
  const d = createDispatcher({ url: server.url, outbox: { owner: "ann" } });
  const calls = [d.call(ID, ["durable"], { durable: true }), d.call(ID, ["other"])];
  const part = /the outbox: the part of the package that it needs could not be loaded \(.*outbox\.js.*\); reload the page/s;
  await assert.rejects(calls[0], { code: "STORAGE", sent: "no", message: new RegExp(`durable: ${part.source}`, "s") });
  assert.equal(await calls[1], '["other"]');
  for (const asked of [d.outbox.entries(), d.outbox.remove(1), d.outbox.flush(), d.outbox.clear()]) {
    await assert.rejects(asked, { code: "STORAGE", message: part });
  }
  assert.equal(server.requests.length, sent + 1);
  assert.deepEqual(reported.map(({ code }) => code), ["STORAGE"], "the calls of earlier pages could not be looked for");
  await restore();
  // Node.js lacks the storage of the outbox: the loaded part says so.
  const missing = /(over https or on localhost only|make the call without durable)$/;
  await assert.rejects(d.call(ID, [], { durable: true }), { code: "STORAGE", message: missing });
  await assert.rejects(d.outbox.clear(), { code: "STORAGE", message: missing });
  assert.match(reported[1].message, /the outbox cannot be read/, "the loaded part looks for the calls of earlier pages");
  d.close();
});

test("without the payload's part the outcome is given, and the next read of the payload loads the part", async (t) => {
  const { createDispatcher, restore } = await withoutParts(t, "payload");
  const rendering = await serve((_, response) => {
    response.writeHead(200, { "content-type": "text/x-component", "x-action-revalidated": "1" });
    response.end('0:{"a":"$@1","f":[["children"]],"b":"dev"}\n1:"v"\n');
  });
  t.after(rendering.close);
  const d = createDispatcher({ url: rendering.url, host: "none" });
  const outcome = await d.call(ID).outcome;
  assert.equal(outcome.value, "v");
  await assert.rejects(outcome.payload, { code: "NETWORK", message: /^payload: .*payload\.js/s });
  await restore();
  assert.deepEqual((await outcome.payload).data, [["children"]]);
  assert.equal(outcome.payload, outcome.payload);
  d.close();
});
