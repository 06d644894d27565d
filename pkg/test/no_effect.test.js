// Errors of wrong options say what is meant, and options without effect are warned of.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { createDispatcher } from "../node.js";
import { nearest } from "../lib/options/did_you_mean.js";
import "../lib/warnings/texts.js"; // with this loaded, warnings are printed at once
import { ID, serve } from "./server.js";

const { warn } = console;
let server, warnings;
before(async () => {
  server = await serve();
  console.warn = (text) => warnings.push(text);
});
after(() => ((console.warn = warn), server.close()));
beforeEach(() => (warnings = []));

const dispatcher = (options) => createDispatcher({ url: server.url, ...options });
const named = (name) => ({ id: ID, name });

/** Returns the message with which a call is refused. */
const refusal = (...args) => dispatcher().call(...args).then(() => assert.fail("the call was accepted"), ({ code, message }) => (assert.equal(code, "INVALID_OPTION"), message));

const says = (message) => ({ code: "INVALID_OPTION", message });

test("an unknown word that resembles a known one is refused with that word", async () => {
  assert.match(await refusal(ID, [], { tiemout: 5 }), /: call: there is no option "tiemout"; did you mean "timeout"\?$/);
  assert.match(await refusal(ID, [], { strategy: "queu last" }), /: strategy: expected .*; did you mean "queue last"\?$/);
  assert.match(await refusal(ID, [], { retry: { limt: 1 } }), /: retry: there is no option "limt"; did you mean "limit"\?$/);
  assert.match(await refusal(ID, [], { colour: "red" }), /: call: there is no option "colour"$/);
  assert.match(await refusal({ id: ID, nmae: "save" }), /^action: there is no option "nmae"; did you mean "name"\?$/);
  assert.throws(() => dispatcher({ credentials: "same-orgin" }), says(/^credentials: expected .*; did you mean "same-origin"\?$/));
  assert.throws(() => dispatcher({ lanes: { cart: { stratgy: "drop" } } }), says('lanes: "cart": there is no option "stratgy"; did you mean "strategy"?'));
  assert.throws(() => dispatcher({ hooks: { onerror() {} } }), says('hooks: there is no option "onerror"; did you mean "onError"?'));
  assert.throws(() => dispatcher().cancel({ state: "wating" }), says(/^state: expected .*; did you mean "waiting"\?$/));
});

test("the nearest word is the one with the fewest changes, within a limit", () => {
  const known = ["timeout", "name", "lane", "retry", "key"];
  const cases = { TIMEOUT: "timeout", tmieout: "timeout", nam: "name", lan: "lane", retries: "retry", k: undefined, colour: undefined, naem: "name", "": undefined };
  for (const [given, found] of Object.entries(cases)) assert.equal(nearest(given, known), found, given);
  assert.equal(nearest("timeout".repeat(100_000), known), undefined);
});

test("a wrong id is refused with a hint where ids come from", async () => {
  const source = "a server component can read the id with refs() of actionlane/server and pass it on: { id, name }";
  const imported = `action: imported actions and names are found only under withActionlane; ${source}`;
  async function saveTokens() {}
  assert.deepEqual([await refusal(saveTokens), await refusal({ id: saveTokens, name: "saveTokens" })], [imported, imported]);
  const name = `action: a name alone finds no action; ${source}`;
  assert.deepEqual([await refusal("saveTokens"), await refusal({ id: "saveTokens" })], [name, name]);
  assert.equal(await refusal({ name: "saveTokens" }), imported);
  assert.equal(await refusal({}), `action: id is missing; ${source}`);
  assert.equal(await refusal("7f00"), "an action's id has 40 or 42 hexadecimal digits, not 4");
});

test("retry without a key warns once for an action, however it is set", async () => {
  const d = dispatcher({ retry: 2 });
  const text = (name) => `actionlane: ${name}: retry does nothing without an idempotency key, as what may have run is not sent again; `
    + "give it idempotencyKey: true and have the server honour the key, or leave retry out";
  await d.call(named("one"));
  await d.call(named("one"));
  await dispatcher().call(named("one"), [], { retry: { limit: 1 } });
  await dispatcher().bind(named("two"), { retry: 1 })();
  await d.call("7e".padEnd(42, "0"));
  assert.deepEqual(warnings, [text("one"), text("two"), text("action 7e000000")]);
});

test("a retry that has an effect, or is switched off, warns of nothing", async () => {
  const d = dispatcher({ retry: 2 });
  await d.call(named("keyed"), [], { idempotencyKey: true });
  await dispatcher({ retry: 2, idempotency: true }).call(named("all keyed"));
  await d.call({ id: "ff".padEnd(42, "0"), name: "cached" });
  await d.call(named("none"), [], { retry: 0 });
  await dispatcher().call(named("none"), [], { retry: { limit: 0 } });
  for (const init of [{}, { method: "HEAD" }]) await d.route(server.url, init, { retry: 1 });
  await d.route(server.url, { method: "POST" }, { retry: 1, idempotencyKey: true });
  await d.route(server.url, { method: "POST" }, { retry: 0 });
  assert.deepEqual(warnings, []);
});

test("a route whose retry has no effect is warned of once", async () => {
  for (const path of ["a", "b"]) await dispatcher().route(server.url + path, { method: "POST" }, { retry: 1 });
  const stream = new Response("body").body;
  await dispatcher().route(server.url, { method: "POST", body: stream, duplex: "half" }, { retry: 1, idempotencyKey: true });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /^actionlane: route: retry does nothing /);
});

test("a lane whose name resembles another one's, and skew recovery without a name, are warned of", async () => {
  const d = dispatcher({ lanes: { paralel: { concurrency: 2 } } });
  for (const lane of ["paralell", "Main", "cart", "mail", "paralel"]) await d.call(ID, [], { lane });
  assert.deepEqual(warnings.map((text) => /lane: "\w+"|not "\w+"/g[Symbol.match](text)), [['lane: "paralell"', 'not "parallel"'], ['lane: "Main"', 'not "main"']]);
  warnings = [];
  await d.call(ID, [], { skew: "recover" });
  await d.call(named("found"), [], { skew: "recover" });
  await dispatcher({ skew: "recover" }).call("7d".padEnd(42, "0"));
  assert.deepEqual(warnings.map((text) => text.slice(0, 34)), ['actionlane: action 7f000000: skew:']);
});

test("an option that can only be a mistake is refused", async () => {
  const limit = "retry: the limit is missing, without which nothing is sent again";
  assert.throws(() => dispatcher({ retry: { delay: 5 } }), says(limit));
  dispatcher({ retry: { delay: 5 }, outbox: { owner: "me" } }).close();
  assert.equal(await refusal(named("save"), [], { retry: { delay: 5 } }), `save: ${limit}`);
  await assert.rejects(dispatcher().route(server.url, {}, { retry: {} }), says(limit));
  assert.match(await refusal(named("save"), [], { durable: true, idempotencyKey: false }), /^save: idempotencyKey: a durable call /);
  for (const state of ["draining", "done"]) assert.throws(() => dispatcher().cancel({ state }), says(/^state: expected /));
});

test("production is never warned", async () => {
  process.env.NODE_ENV = "production";
  await dispatcher().call(named("three"), [], { retry: 1 });
  delete process.env.NODE_ENV;
  assert.deepEqual(warnings, []);
});

test("a page that makes up a name for each call is warned at most a hundred times", async () => {
  const { warnOnce } = await import("../lib/warnings/texts.js?bounded");
  const from = warnings.length;
  for (let nth = 0; nth < 300; nth++) warnOnce(`save ${nth}`);
  assert.equal(warnings.length - from, 100);
});
