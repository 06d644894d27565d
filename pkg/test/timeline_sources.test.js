// The sources of `actionlane/timeline`: real dispatchers and observers, beside each other, feed one model.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDispatcher, ready } from "../node.js";
import { observe } from "../observe.js";
import { makeModel } from "../timeline/model.js";
import { listen } from "../timeline/sources.js";
import { serve, until } from "./server.js";

const [SAVE, PAY, HIDDEN] = ["7f", "40", "61"].map((start) => start.padEnd(42, "0"));
const KEY = Symbol.for("actionlane.observe.1");
const native = globalThis.fetch;
let server;

before(async () => {
  await ready();
  globalThis.addEventListener = globalThis.removeEventListener = () => {};
  server = await serve((request, response) => {
    if (request.method === "GET") return response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/x-component" });
    response.end('0:{"a":"$@1","q":"","i":false}\n1:1\n');
  });
  globalThis.document = { baseURI: server.url };
});
after(() => {
  for (const name of ["addEventListener", "removeEventListener", "document"]) delete globalThis[name];
  globalThis.fetch = native;
  return server.close();
});

for (const [order, ofSources] of [["first", (d, observed) => [d, observed]], ["last", (d, observed) => [observed, d]]]) {
  test(`a call is shown once if its dispatcher stands ${order} beside an observer`, async (t) => {
    const observed = observe();
    const d = createDispatcher({ url: server.url, fetch: (...args) => globalThis.fetch(...args) });
    const model = makeModel();
    const end = listen(ofSources(d, observed), model, () => {}, () => performance.now());
    t.after(() => {
      end();
      observed.restore();
      d.close();
      delete globalThis[KEY];
    });
    await d.call({ id: SAVE, name: "save" }, [], { lane: "saves" });
    await globalThis.fetch(server.url, { method: "POST", headers: { "next-action": PAY }, body: "[]" });
    const shown = () => [...model.calls.values()].map(({ id, lane }) => [id, lane]);
    await until(() => observed.entries().length === 2 && observed.entries().every((entry) => entry.head !== undefined));
    assert.deepEqual(shown(), [[SAVE, "saves"], [PAY, "actions"]]);
  });
}

test("a script that cannot be read is not asked for at each request of an action without a name", async (t) => {
  globalThis.document.documentElement = { outerHTML: '<script src="/_next/static/chunks/unread.js"></script>' };
  const observed = observe();
  const end = listen([observed], makeModel(), () => {}, () => performance.now());
  t.after(() => {
    end();
    observed.restore();
    delete globalThis[KEY];
  });
  for (let number = 1; number <= 3; number++) {
    await globalThis.fetch(server.url, { method: "POST", headers: { "next-action": HIDDEN }, body: "[]" });
    await until(() => observed.entries().filter(({ unnamed }) => unnamed === "unread").length === number);
  }
  assert.equal(server.requests.filter(({ url }) => url.endsWith("/unread.js")).length, 1);
});
