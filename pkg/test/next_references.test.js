// Calls of a dispatcher by an imported action and by name, in a page whose bundle has the seam.
import assert from "node:assert/strict";
import { test } from "node:test";
import { actions } from "../actions.js";
import { createDispatcher } from "../node.js";
import { learnNames } from "../next/run/known_names.js";
import { note } from "../next/run/names.js";
import { page } from "../next/run/page.js";
import { ID, NAMED, app, useSeam } from "./next_page.js";
import { until } from "./server.js";

useSeam();

const OTHER = "40".padEnd(42, "c");
const save = async () => "the import itself";
const URL = "https://app.example/shop";
const make = () => createDispatcher({ url: URL, fetch: (...request) => fetch(...request) });

/** Waits for the call's request, answers it, and returns the id that was sent. */
async function idOf(call) {
  await Promise.race([call, until(() => app.sent.length > 0)]);
  const request = app.sent.pop();
  request.answer("done");
  assert.equal(await call, "done");
  return request.headers.get("next-action");
}

const refusal = (call) => call.then(() => "sent", ({ code, message }) => `${code} ${message}`);

test("an imported action is called by its id and carries its name", async () => {
  note(ID, "save", save);
  const d = make();
  const call = d.call(save, [1]);
  assert.equal(d.snapshot()[0].name, "save");
  assert.equal(await idOf(call), ID);
  assert.equal(await idOf(d.bind(save)(1)), ID);
  const other = d.call({ id: save, name: "mine" });
  assert.equal(d.snapshot().at(-1).name, "mine");
  assert.equal(await idOf(other), ID);
});

test("an imported action that is default, and has no name, is called by its id", async () => {
  note(ID, "", save);
  const d = make();
  const call = d.call(save);
  assert.equal(d.snapshot()[0].name, undefined);
  assert.equal(await idOf(call), ID);
});

test("a name calls the imported action that has it, also one that is imported later", async () => {
  const d = make();
  note(NAMED, "add", () => {});
  const bound = d.bind({ name: "save" });
  note(ID, "save", save);
  assert.equal(await idOf(bound()), ID);
  assert.equal(await idOf(d.call({ name: "add" })), NAMED);
});

test("an unknown name is INVALID_OPTION with the nearest", async () => {
  note(ID, "saveTokens", save);
  const d = make();
  assert.equal(await refusal(d.call({ name: "savTokens" })), 'INVALID_OPTION action: this page imports no action called "savTokens"; did you mean "saveTokens"?');
  assert.equal(await refusal(d.call({ name: "x" })), 'INVALID_OPTION action: this page imports no action called "x"');
  assert.match(await refusal(d.call({ url: URL })), /^INVALID_OPTION action: id is missing/);
});

test("a bound copy of an action, and another function, are INVALID_OPTION", async () => {
  note(ID, "save", save);
  for (const ref of [save.bind(null, 1), () => {}]) {
    assert.match(await refusal(make().call(ref)), /^INVALID_OPTION action: this page imports no such action/);
  }
  assert.deepEqual(app.sent, []);
});

test("a name that two actions have is INVALID_OPTION, and each is called by itself", async () => {
  const other = async () => {};
  note(ID, "add", save);
  note(OTHER, "add", other);
  const d = make();
  assert.match(await refusal(d.call({ name: "add" })), /^INVALID_OPTION action: several actions of this page are called "add"/);
  assert.equal(await idOf(d.call(other)), OTHER);
});

test("names that the build has written, of actions that the page does not import, change nothing", async () => {
  note(ID, "add", save);
  const learned = learnNames("/names.json");
  await until(() => app.sent.length > 0);
  const request = app.sent.pop();
  request.head({ "content-type": "application/json" });
  request.chunk(JSON.stringify({ [ID]: "app/cart/actions#add", [OTHER]: "app/admin/actions#add", [NAMED]: "app/actions#remove" }));
  request.stream.close();
  await learned;
  assert.equal(page().names.get(NAMED), "remove");
  const d = make();
  assert.equal(await idOf(d.call({ name: "add" })), ID);
  assert.equal(await refusal(d.call({ name: "remov" })), 'INVALID_OPTION action: this page imports no action called "remov"');
});

test("an action whose parameters have changed in development is called by its last id", async () => {
  const [before, now] = ["40", "60"].map((info) => info.padEnd(42, "d"));
  for (const id of [before, now, before]) note(id, "save", () => {});
  assert.equal(await idOf(make().call({ name: "save" })), before);
  note(now, "save", save);
  assert.equal(await idOf(make().call({ name: "save" })), now);
});

test("a page that imports no action says where ids come from", async () => {
  page();
  assert.match(await refusal(make().call(save)), /^INVALID_OPTION action: imported actions and names are found only under withActionlane/);
  assert.match(await refusal(make().call({ name: "save" })), /^INVALID_OPTION action: imported actions and names are found only under withActionlane/);
});

test("calls by name take the names of the page", async () => {
  note(ID, "saveTokens", save);
  const api = actions(make());
  assert.equal(await idOf(api.saveTokens(1)), ID);
  assert.match(await refusal(api.savTokens(1)), /did you mean "saveTokens"\?$/);
});
