// The seam and the names that a build writes: policies of actions that are passed as props, and by file.
import assert from "node:assert/strict";
import { test } from "node:test";
import { configureActions } from "../next/run/policies.js";
import { note } from "../next/run/names.js";
import { page } from "../next/run/page.js";
import { ID, NAMED, app, useSeam } from "./next_page.js";
import { until } from "./server.js";

useSeam();

const PATH = "/base/_next/static/actionlane/names.json";

/** Waits for the request of the names, and answers it. */
async function answerNames(names) {
  await until(() => app.sent.some(({ url }) => url.startsWith(PATH)));
  const at = app.sent.findIndex(({ url }) => url.startsWith(PATH));
  const [request] = app.sent.splice(at, 1);
  request.head({ "content-type": "application/json" }, names ? 200 : 404);
  if (names) request.chunk(JSON.stringify(names));
  request.stream.close();
  return request;
}

/** Calls the action and returns its lane; undefined if it goes Next's own way. */
async function laneOf(id) {
  const promise = app.call(id, []);
  await until(() => app.sent.some(({ headers }) => headers.has("next-action")) || app.own.length > 0);
  if (app.own.length > 0) return void app.own.pop();
  const { lane } = page().lanes.dispatcher.snapshot().at(-1);
  app.sent.pop().answer(1);
  await promise;
  return lane;
}

function withNames() {
  app.internals.settings.names = PATH;
}

test("a policy reaches an action that is passed as a prop, once the names are loaded", async () => {
  withNames();
  configureActions({ add: { lane: "cart" } });
  const lane = laneOf(ID);
  const request = await answerNames({ [ID]: "app/cart/actions#add" });
  assert.match(request.url, /^\/base\/.*\?build=$/);
  assert.equal(await lane, "cart");
  assert.equal(await laneOf(NAMED), undefined);
});

test("a policy by file is for the action of that file, also if another has the same name", async () => {
  withNames();
  note(NAMED, "add");
  configureActions({ "app/cart/actions#add": { lane: "cart" }, add: { lane: "other" }, "./app/x.ts#remove": { lane: "x" } });
  const lane = laneOf(ID);
  await answerNames({ [ID]: "app/cart/actions#add", [NAMED]: "app/admin/app/cart/actions#add", third: "app/x#remove" });
  assert.equal(await lane, "cart");
  assert.equal(await laneOf(NAMED), "other");
  assert.equal(await laneOf("third"), "x");
});

test("a function is given name and file", async () => {
  withNames();
  const seen = [];
  configureActions((action) => void seen.push(action));
  const lane = laneOf(ID);
  await answerNames({ [ID]: "app/actions#add" });
  assert.equal(await lane, undefined);
  assert.deepEqual(seen, [{ id: ID, name: "add", file: "app/actions" }]);
});

test("an action without a policy waits for the names and not for the dispatcher, and keeps its place in Next's queue", async () => {
  withNames();
  note(NAMED, "save");
  configureActions({ add: { lane: "one" } });
  const calls = [app.call(ID, [1]), app.call(NAMED, [2])];
  await answerNames({});
  assert.deepEqual(await Promise.all(calls), ["next's own", "next's own"]);
  assert.deepEqual(app.own, [[ID, [1]], [NAMED, [2]]]);
  assert.equal(page().loading, undefined);
});

test("calls made before the names are loaded keep their order", async () => {
  withNames();
  note(NAMED, "save");
  configureActions({ add: { lane: "one" }, save: { lane: "one" } });
  const calls = [app.call(ID, [1]), app.call(NAMED, [2])];
  await answerNames({ [ID]: "app/actions#add" });
  await until(() => app.sent.length === 1);
  assert.equal(app.sent[0].init.body, "[1]");
  app.sent[0].answer("first");
  await until(() => app.sent.length === 2);
  app.sent[1].answer("second");
  assert.deepEqual(await Promise.all(calls), ["first", "second"]);
});

test("names that cannot be loaded: policies reach imported actions, with one warning", async () => {
  withNames();
  const said = [];
  console.warn = (text) => said.push(text);
  configureActions({ add: { lane: "cart" } });
  const lane = laneOf(ID);
  await answerNames(undefined);
  assert.equal(await lane, undefined);
  note(NAMED, "add");
  assert.equal(await laneOf(NAMED), "cart");
  assert.equal(said.length, 1);
  assert.match(said[0], /names of actions could not be loaded/);
});

test("an imported action that no policy can name does not wait for the names", async () => {
  withNames();
  note(NAMED, "save");
  configureActions({ "app/cart/actions#add": { lane: "cart" } });
  assert.equal(await app.call(NAMED, []), "next's own");
  assert.equal(app.sent.length, 0);
});

test("policies for imported actions and a default load no names", async () => {
  withNames();
  note(NAMED, "save");
  configureActions({ save: { lane: "s" } });
  assert.equal(await laneOf(NAMED), "s");
  configureActions({ default: { lane: "d" } });
  assert.equal(await laneOf(ID), "d");
  assert.equal(page().files, undefined);
});

test("in development no file is known, and the name of a policy by file decides", async () => {
  note(NAMED, "add");
  configureActions({ "app/cart/actions#add": { lane: "cart" } });
  assert.equal(await laneOf(NAMED), "cart");
  assert.equal(await laneOf(ID), undefined);
});
