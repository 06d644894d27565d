// The seam after a deployment: an action that the server no longer knows is found by its name and sent once more.
import assert from "node:assert/strict";
import { test } from "node:test";
import { configureActions } from "../next/run/policies.js";
import { note } from "../next/run/names.js";
import { page } from "../next/run/page.js";
import { NAMED, REVALIDATED, app, sent, useSeam } from "./next_page.js";
import { until } from "./server.js";

useSeam();

const NEW = `60${"b".repeat(40)}`;
const NEWER = `60${"c".repeat(40)}`;
const GONE = { "x-nextjs-action-not-found": "1", "content-type": "text/plain" };
const PAGE = '<!DOCTYPE html><html><head><script src="/_next/static/chunks/app.js" async=""></script></head></html>';
const script = (id, name = "save") => `(0,r.createServerReference)("${id}",r.callServer,void 0,r.findSourceMapURL,"${name}")`;
const refuse = (request) => request.head(GONE, 404);

/** Waits for the request with this number, from 0. */
async function nth(at) {
  await until(() => app.sent.length > at);
  return app.sent[at];
}

function give(request, text, type) {
  request.head({ "content-type": type });
  request.chunk(text);
  request.stream.close();
}

/** Answers the search, which begins with the request `at`, with a page that has the action under this id. */
async function deployed(at, id) {
  const document = await nth(at);
  assert.equal(document.headers.get("next-action"), null);
  give(document, PAGE, "text/html");
  give(await nth(at + 1), script(id), "text/javascript");
}

test("an action that the server no longer knows is sent once more by its new id, and later calls at once", async () => {
  note(NAMED, "save");
  configureActions({ save: {} });
  const { promise, request } = await sent([7], NAMED);
  refuse(request);
  await deployed(1, NEW);
  const again = await nth(3);
  assert.equal(again.headers.get("next-action"), NEW);
  assert.equal(again.init.body, "[7]");
  again.answer("saved");
  assert.equal(await promise, "saved");
  const later = await sent([8], NAMED);
  assert.equal(later.request.headers.get("next-action"), NEW);
  later.request.answer("later");
  assert.equal(await later.promise, "later");
  // A second deployment.
  const third = await sent([9], NAMED);
  refuse(third.request);
  await deployed(6, NEWER);
  const last = await nth(8);
  assert.equal(last.headers.get("next-action"), NEWER);
  last.answer("newest");
  assert.equal(await third.promise, "newest");
});

test("calls of a lane keep their order while one is searched for", async () => {
  note(NAMED, "save");
  configureActions({ save: {} });
  const first = await sent([1], NAMED);
  const second = app.call(NAMED, [2]);
  refuse(first.request);
  const refused = await nth(2);
  const [document, other] = app.sent[1].headers.has("next-action") ? [refused, app.sent[1]] : [app.sent[1], refused];
  refuse(other);
  give(document, PAGE, "text/html");
  give(await nth(3), script(NEW), "text/javascript");
  const one = await nth(4);
  assert.equal(one.init.body, "[1]");
  one.answer("one");
  const two = await nth(5);
  assert.equal(two.init.body, "[2]");
  two.answer("two");
  assert.deepEqual(await Promise.all([first.promise, second]), ["one", "two"]);
});

test("a page of another build is not shown: the value is delivered, and the router refreshes", async () => {
  note(NAMED, "save");
  configureActions({ save: {} });
  const { promise, request } = await sent([7], NAMED);
  refuse(request);
  await deployed(1, NEW);
  (await nth(3)).answer("saved", REVALIDATED);
  assert.equal(await promise, "saved");
  assert.deepEqual(app.reducer, []);
  assert.equal(app.refreshes, 1);
});

test("a redirect of another build loads the document", async () => {
  for (const [header, moves] of [["/x;push", [["assign", "https://app.example/x"]]], ["/x;replace", [["replace", "https://app.example/x"]]], ["javascript:0;push", []]]) {
    const before = app.sent.length;
    note(NAMED, "save");
    configureActions({ save: {} });
    const made = [];
    globalThis.location = { assign: (to) => made.push(["assign", to]), replace: (to) => made.push(["replace", to]) };
    let { promise, request } = await sent([7], NAMED);
    if (before === 0) {
      refuse(request);
      await deployed(1, NEW);
      request = await nth(3);
    }
    request.answer(null, { "x-action-redirect": header });
    await assert.rejects(promise, (error) => error.handled === true);
    assert.deepEqual(made, moves);
  }
});

test("an action without a name, one that is gone, and `skew: \"fail\"` are Next's own error", async () => {
  const fails = (promise) => assert.rejects(promise, (error) => error instanceof app.internals.UnrecognizedActionError && error.message.includes(NAMED));
  configureActions({ default: {} });
  const unnamed = await sent([1], NAMED);
  refuse(unnamed.request);
  await fails(unnamed.promise);
  assert.equal(app.sent.length, 1);
  note(NAMED, "save");
  configureActions({ default: { skew: "fail" } });
  const failing = await sent([1], NAMED);
  refuse(failing.request);
  await fails(failing.promise);
  assert.equal(app.sent.length, 2);
  configureActions({ default: {} });
  const gone = await sent([1], NAMED);
  refuse(gone.request);
  give(await nth(3), PAGE, "text/html");
  give(await nth(4), script(NEW, "other"), "text/javascript");
  await fails(gone.promise);
  assert.equal(app.sent.length, 5);
});

test("the dispatcher's `skew` is for actions that say none; \"reload\" loads the document anew", async () => {
  let reloads = 0;
  globalThis.location = { reload: () => (reloads += 1) };
  note(NAMED, "save");
  configureActions({ save: {} }, { skew: "reload" });
  const { promise, request } = await sent([1], NAMED);
  refuse(request);
  await assert.rejects(promise, app.internals.UnrecognizedActionError);
  assert.deepEqual([reloads, app.sent.length], [1, 1]);
  assert.ok(page().lanes);
});
