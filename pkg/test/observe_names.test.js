// `actionlane/observe` finds the names of actions when somebody looks, and says why an action has none.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { makeGate, serve, until } from "./server.js";

const KEY = Symbol.for("actionlane.observe.1");
const [SAVE, PAY, INLINE, PROP, HIDDEN, OTHER] = ["7f", "40", "60", "20", "61", "62"].map((start) => start.padEnd(42, "0"));
const OF_14 = "a".repeat(40);
const native = globalThis.fetch;
const nativeTable = console.table;
let server;
let files;
let observed;
let copies = 0;

before(async () => {
  server = await serve(async (request, response) => {
    const file = files[request.url];
    if (request.method === "POST") return response.end("");
    if (file === undefined) return response.writeHead(404).end();
    await file.gate?.opened;
    response.end(file.text ?? file);
  });
});
after(() => server.close());
beforeEach(async () => {
  files = {};
  server.requests.length = 0;
  globalThis.document = { baseURI: server.url };
  // Each copy has searched nothing yet.
  const { discover } = await import(`../lib/skew/discover.js?${++copies}`);
  const { observeWith } = await import("../observe/observe.js");
  const look = await import(`../observe/look.js?${copies}`);
  observed = observeWith(async () => look)();
  observed.fresh = discover;
});
afterEach(() => {
  observed.restore();
  for (const name of [KEY, "document"]) delete globalThis[name];
  globalThis.fetch = native;
  console.table = nativeTable;
});

const reference = (id, name) => `(0,r.createServerReference)("${id}",r.callServer,void 0,r.findSourceMapURL,"${name}")`;
const scriptTags = (...paths) => paths.map((path) => `<script src="${path}" async=""></script>`).join("");
const show = (html) => (globalThis.document.documentElement = { outerHTML: `<html><head>${html}</head></html>` });
const send = async (id) => (await globalThis.fetch(server.url, { method: "POST", headers: { "next-action": id } })).text();
const fetched = () => server.requests.filter(({ method }) => method === "GET").map(({ url }) => url);

test("names come from the scripts of the page, whose base path does not matter", async () => {
  files = { "/base/_next/static/chunks/a.js": reference(SAVE, "save"), "/base/_next/static/chunks/b.js": reference(PAY, "pay") };
  show(scriptTags(...Object.keys(files)));
  await send(SAVE);
  await send(PAY);
  assert.deepEqual(fetched(), [], "nothing is searched before somebody looks");
  assert.deepEqual((await observed.named()).map(({ name }) => name), ["save", "pay"]);
  await send(SAVE);
  assert.equal(observed.entries()[2].name, "save", "later entries have their names at once");
});

test("a script is searched once, and after a navigation only the new ones are", async () => {
  const one = `/_next/static/chunks/${copies}-1.js`;
  const two = `/_next/static/chunks/${copies}-2.js`;
  files = { [one]: reference(SAVE, "save"), [two]: reference(PAY, "pay") };
  show(scriptTags(one));
  const first = await observed.fresh();
  assert.deepEqual(first, { actions: [{ id: SAVE, name: "save" }], unread: 0 });
  show(scriptTags(one, two));
  assert.deepEqual((await observed.fresh()).actions.map(({ name }) => name), ["save", "pay"]);
  assert.deepEqual(fetched(), [one, two]);
});

test("scripts that the Flight data of the page names are searched, too", async () => {
  const chunk = "static/chunks/in-flight.js";
  files = { [`/_next/${chunk}`]: reference(SAVE, "save") };
  show(`<script>self.__next_f.push([1,"2:I[1,[\\"${chunk}\\"],\\"\\"]\\n"])</script>`);
  assert.deepEqual((await observed.fresh()).actions, [{ id: SAVE, name: "save" }]);
});

test("actions of forms are found without a name", async () => {
  show(`<form><input type="hidden" name="$ACTION_ID_${INLINE}"></form>`);
  assert.deepEqual(await observed.fresh(), { actions: [{ id: INLINE }], unread: 0 });
});

test("another document or an element may be searched", async () => {
  show("");
  const root = { outerHTML: `<input name="$ACTION_ID_${INLINE}">` };
  assert.deepEqual((await observed.discover(root)).actions.at(-1), { id: INLINE });
  assert.deepEqual((await observed.discover({ documentElement: root })).actions.at(-1), { id: INLINE });
});

test("an entry without a name says why", async () => {
  const path = "/_next/static/chunks/why.js";
  files = { [path]: reference(SAVE, "save") };
  show(scriptTags(path));
  await send(OF_14);
  await send(INLINE);
  assert.deepEqual((await observed.named()).map(({ unnamed }) => unnamed), ["next-14", "inline"]);
  show(scriptTags(path, "/_next/static/chunks/missing.js"));
  assert.deepEqual((await observed.named()).map(({ unnamed }) => unnamed), ["next-14", "unread"]);
  files["/_next/static/chunks/missing.js"] = reference(INLINE, "late");
  const [, entry] = await observed.named();
  assert.deepEqual([entry.name, entry.unnamed], ["late", undefined], "a script that could not be read is tried again");
});

test("a search that is to be seldom does not ask for the same actions again before 10 s have passed", async (t) => {
  const missing = "/_next/static/chunks/seldom.js";
  show(scriptTags(missing));
  t.mock.timers.enable({ apis: ["Date"] });
  const searches = async (id, expected, isSeldom = true) => {
    await send(id);
    assert.equal((await observed.named(isSeldom)).at(-1).unnamed, "unread");
    assert.equal(fetched().length, expected);
  };
  await searches(HIDDEN, 1);
  await searches(HIDDEN, 1);
  await searches(OTHER, 2); // another action
  await searches(OTHER, 3, false);
  t.mock.timers.tick(9_999);
  await searches(HIDDEN, 3);
  t.mock.timers.tick(1);
  await searches(HIDDEN, 4);
});

test("listeners hear nothing of a search that has found nothing new", async () => {
  show("");
  await send(HIDDEN);
  await observed.named();
  await until(() => observed.entries()[0].end !== undefined);
  let count = 0;
  const end = observed.subscribe(() => (count += 1));
  await observed.named();
  end();
  assert.deepEqual([count, observed.entries()[0].unnamed], [0, "inline"]);
});

test("a script of another origin that may not be read is counted", async () => {
  const elsewhere = "http://127.0.0.1:1/assets/_next/static/chunks/a.js";
  show(scriptTags(elsewhere));
  assert.deepEqual(await observed.fresh(), { actions: [], unread: 1 });
});

test("scripts that are not the app's are not loaded", async () => {
  show(scriptTags("https://analytics.example/tag.js"));
  assert.deepEqual(await observed.fresh(), { actions: [], unread: 0 });
});

test("of thousands of scripts one run searches 256, and the next goes on", async () => {
  const paths = Array.from({ length: 2000 }, (_, at) => `/_next/static/chunks/many-${at}.js`);
  files = Object.fromEntries(paths.map((path) => [path, ""]));
  files[paths[300]] = reference(SAVE, "save");
  show(scriptTags(...paths));
  assert.deepEqual(await observed.fresh(), { actions: [], unread: 256 }, "as many are left for the next");
  assert.equal(fetched().length, 256);
  assert.deepEqual((await observed.fresh()).actions, [{ id: SAVE, name: "save" }]);
  assert.equal(fetched().length, 512);
});

test("a run ends after ten seconds, with the names found so far", async (t) => {
  const gate = makeGate();
  // Six are loaded at the same time: the seventh is asked for when another one has been searched.
  const paths = Array.from({ length: 7 }, (_, at) => `/_next/static/chunks/quick-${at}.js`);
  files = Object.fromEntries(paths.map((path) => [path, reference(SAVE, "save")]));
  files[paths[0]] = { gate, text: "" };
  show(scriptTags(...paths));
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const search = observed.fresh();
  while (fetched().length < 7) await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(10_000);
  const { actions, unread } = await search;
  assert.deepEqual(actions, [{ id: SAVE, name: "save" }]);
  assert.ok(unread >= 1);
  gate.open();
});

test("a page without actions and without a document has none", async () => {
  show("");
  assert.deepEqual(await observed.fresh(), { actions: [], unread: 0 });
  delete globalThis.document;
  assert.deepEqual(await observed.fresh(), { actions: [], unread: 0 });
});

test("names of the seam need no search", async (t) => {
  const seam = Symbol.for("actionlane.next");
  globalThis[seam] = { names: new Map([[SAVE, "save"]]) };
  t.after(() => delete globalThis[seam]);
  await send(SAVE);
  assert.equal(observed.entries()[0].name, "save");
});

test("the table has a row for each entry, by name, and says for which one it waited", async () => {
  const path = "/_next/static/chunks/table.js";
  files = { [path]: reference(SAVE, "save") };
  show(scriptTags(path));
  let rows;
  console.table = (given) => (rows = given);
  await send(SAVE);
  await send(PROP);
  await until(() => observed.entries().every(({ end }) => end));
  await observed.table();
  assert.deepEqual(Object.keys(rows), ["1", "2"]);
  assert.deepEqual([rows[1].action, rows[2].action, rows[2]["waited for"]], ["save", "20000000… (inline)", "save #1?"]);
  assert.ok(Number.isInteger(rows[1].total) && rows[1].status === 200);
});
