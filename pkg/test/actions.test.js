// `actionlane/actions`: calls by name, with a manifest and without.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inspect } from "node:util";
import { actions } from "../actions.js";
import { createDispatcher, isActionError } from "../node.js";
import { ID, flight, serve } from "./server.js";

let server, d;
before(async () => {
  server = await serve((request, response, body) => flight(response, `[${JSON.stringify(request.headers["next-action"])},${body}]`));
  d = createDispatcher({ url: server.url });
});
after(() => {
  d.close();
  server.close();
});

const OTHER = "60".padEnd(42, "b");
/** Returns lane and name of a call, and its value. */
async function shown(call) {
  const { lane, name } = d.snapshot().find(({ id }) => id === call.id);
  return [lane, name, await call];
}

const manifest = { saveTokens: ID, "app/cart/actions#add": OTHER };

test("an action of the manifest is called by its name, with arguments and options", async () => {
  const api = actions(d, manifest, { lane: "payment" });
  assert.deepEqual(await shown(api.saveTokens("id", 1)), ["payment", "saveTokens", [ID, ["id", 1]]]);
  assert.deepEqual(await shown(api["app/cart/actions#add"]()), ["payment", "add", [OTHER, []]]);
});

test("references of the server are a manifest", async () => {
  const { save } = actions(d, { save: { id: ID, name: "saveTokens" } });
  assert.deepEqual(await shown(save()), ["main", "saveTokens", [ID, []]]);
});

test("a name has the same function each time", () => {
  const api = actions(d, manifest);
  assert.equal(api.saveTokens, api.saveTokens);
  assert.notEqual(api.saveTokens, api.other);
});

test("an unknown name rejects with INVALID_OPTION and the nearest name", async () => {
  const { savTokens, toSource } = actions(d, manifest);
  const error = await savTokens(1).catch((error) => error);
  assert.ok(isActionError(error));
  assert.deepEqual([error.code, error.sent, error.message], ["INVALID_OPTION", "no", 'action: the manifest has no action "savTokens"; did you mean "saveTokens"?']);
  await assert.rejects(toSource(), { code: "INVALID_OPTION", message: 'action: the manifest has no action "toSource"' });
});

test("a name that several files have rejects with the keys that there are", async () => {
  const { add } = actions(d, { "app/a#add": "40".padEnd(42, "0"), "app/b#add": "60".padEnd(42, "0") });
  await assert.rejects(add(1), { message: 'action: the manifest has no action "add"; it has "app/a#add", "app/b#add"' });
});

test("the object is no promise and no value of JSON", async () => {
  const api = actions(d, manifest);
  for (const name of ["then", "toJSON", "toString", "valueOf", Symbol.toPrimitive, Symbol.iterator, Symbol.toStringTag]) assert.equal(api[name], undefined, String(name));
  assert.equal(await api, api);
  assert.equal(JSON.stringify({ api }), '{"api":{}}');
  assert.equal(inspect(api), "{}");
  assert.throws(() => (api.saveTokens = 1), TypeError);
});

test("names that every object inherits are no actions", async () => {
  for (const name of ["constructor", "hasOwnProperty", "__proto__"]) await assert.rejects(actions(d, manifest)[name](), { code: "INVALID_OPTION", message: `action: the manifest has no action "${name}"` });
});

test("without a manifest and without withActionlane a call says what to do", async () => {
  const error = await actions(d).save().catch((error) => error);
  assert.equal(error.code, "INVALID_OPTION");
  assert.match(error.message, /give a manifest, as npx actionlane names prints it, or build the page with withActionlane/);
});

test("a wrong manifest and wrong options are INVALID_OPTION", async () => {
  assert.throws(() => actions(d, null), { code: "INVALID_OPTION" });
  assert.throws(() => actions(d, "names.json"), { code: "INVALID_OPTION" });
  await assert.rejects(actions(d, { save: 1 }).save(), { code: "INVALID_OPTION" });
  await assert.rejects(actions(d, manifest, { lanes: "x" }).saveTokens(), { code: "INVALID_OPTION" });
});
