// The seam after a deployment: an action of another build is found by its name, on a real server.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { NewIds } from "../next/run/new_ids.js";
import { serve } from "./server.js";

const OLD = `60${"a".repeat(40)}`;
const NEW = `60${"b".repeat(40)}`;
const OTHER_ARGUMENTS = `40${"c".repeat(40)}`;
let files = {};
let server;
before(async () => {
  server = await serve((request, response) => {
    const text = files[request.url];
    response.writeHead(text === undefined ? 404 : 200, { "content-type": "text/html" });
    response.end(text);
  });
});
after(() => server.close());
beforeEach(() => (server.requests.length = 0));

const PAGE = '<!DOCTYPE html><html><head><script src="/_next/static/chunks/app.js" async=""></script></head></html>';
const deployed = (id, name) => ({
  "/": PAGE,
  "/_next/static/chunks/app.js": `(0,r.createServerReference)("${id}",r.callServer,void 0,r.findSourceMapURL,"${name}")`,
});

test("an action has the id of its name in the page as deployed now, found once for all calls", async () => {
  files = deployed(NEW, "save");
  const ids = new NewIds(fetch);
  const found = await Promise.all([ids.of(OLD, "save", server.url), ids.of(OLD, "save", server.url)]);
  assert.deepEqual([...found, await ids.of(OLD, "save", server.url)], [NEW, NEW, NEW]);
  assert.equal(server.requests.length, 2, "the page and its script");
});

test("an action that is gone, takes other arguments or has no name has no new id", async () => {
  const ids = new NewIds(fetch);
  files = deployed(NEW, "other");
  assert.equal(await ids.of(OLD, "save", server.url), undefined);
  files = deployed(OTHER_ARGUMENTS, "save");
  assert.equal(await ids.of(OLD, "save", server.url), undefined);
  server.requests.length = 0;
  assert.equal(await ids.of(OLD, undefined, server.url), undefined);
  assert.equal(server.requests.length, 0);
});

test("a search that failed is made again by the next call", async () => {
  const ids = new NewIds(fetch);
  files = {};
  assert.equal(await ids.of(OLD, "save", server.url), undefined);
  files = deployed(NEW, "save");
  assert.equal(await ids.of(OLD, "save", server.url), NEW);
});
