// Finds the `fetch` beneath a dispatcher, also if requests are alike and if wrappers send theirs more than once.
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { ID, makeGate } from "./server.js";

const own = globalThis.fetch;
let answer, seen;
/** The page's own `fetch`, in place before the package is imported. */
const native = async (input, init) => {
  const url = input.url ?? String(input);
  seen.push(url);
  return answer(url, init);
};
globalThis.fetch = native;
const { createDispatcher } = await import("../node.js");
beforeEach(() => {
  globalThis.fetch = native;
  seen = [];
  answer = () => flight();
});
after(() => (globalThis.fetch = own));

const url = "http://x.test/";
const flight = () => new Response('0:{"a":"$@1","f":"","b":"x"}\n1:1\n', { headers: { "content-type": "text/x-component" } });
const action = { method: "POST", headers: { "next-action": ID }, body: "[]" };
const get = (d, tag) => d.fetch(new Request(`${url}${tag}`));
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Counts the requests under way, of all dispatchers. */
const openRequests = () => globalThis[Symbol.for("actionlane.sent")].open.size;

test("two requests of the page that are alike are two", async () => {
  const gate = makeGate();
  answer = () => gate.opened.then(() => new Response("ok"));
  const d = createDispatcher({ url });
  const two = [get(d, "same"), get(d, "same")];
  await turn();
  assert.equal(d.snapshot().length, 2);
  gate.open();
  assert.deepEqual((await Promise.all(two)).map(({ status }) => status), [200, 200]);
  assert.equal((await get(d, "same")).status, 200);
  assert.equal((await d.fetch(`${url}other`)).status, 200);
  assert.equal((await d.route(`${url}other`)).status, 200);
});

test("they are two also beneath a later wrapper, and that wrapper is called afterwards too", async () => {
  const gates = [makeGate(), makeGate()];
  const heard = [];
  globalThis.fetch = async (...args) => {
    heard.push(args);
    return native(...args);
  };
  answer = () => gates[seen.length - 1]?.opened.then(() => new Response("ok")) ?? new Response("ok");
  const d = createDispatcher({ url });
  const [one, other] = [get(d, "same"), get(d, "same")];
  gates[0].open();
  await one;
  gates[1].open();
  await other;
  heard.length = 0;
  await get(d, "later");
  assert.equal(heard.length, 1);
});

test("actions that are Requests wait for each other", async () => {
  let running = 0, most = 0;
  answer = async () => {
    most = Math.max(most, ++running);
    for (let turns = 0; turns < 5; turns++) await turn();
    running--;
    return flight();
  };
  const d = createDispatcher({ url });
  globalThis.fetch = d.fetch;
  for (let burst = 0; burst < 2; burst++) {
    const all = [];
    for (let one = 0; one < 4; one++) {
      all.push(globalThis.fetch(new Request(url, action)));
      if (one === 0) while (running === 0) await turn();
    }
    await Promise.all(all);
    assert.equal(most, 1);
  }
});

/** Wrappers above a dispatcher that send two requests for each one they get. */
const TWICE = {
  "again after a refusal": (inner) => async (...args) => {
    const first = await inner(...args);
    return first.status === 401 ? inner(...args) : first;
  },
  "a line for the log at once": (inner) => (...args) => {
    inner(`${url}log`).catch(() => {});
    return inner(...args);
  },
  "for a token first": (inner) => async (input, init) => {
    await inner(`${url}token`, { signal: init?.signal });
    return inner(input, init);
  },
};

for (const [name, wrap] of Object.entries(TWICE)) {
  for (const between of [false, true]) {
    test(`a wrapper that sends ${name}, ${between ? "above another wrapper" : "directly above the page's own fetch"}`, async () => {
      let heard = 0;
      if (between) globalThis.fetch = (...args) => (heard++, native(...args));
      let refused = 0;
      answer = () => (name.includes("refusal") && refused++ % 2 === 0 ? new Response("", { status: 401 }) : flight());
      const d = createDispatcher({ url });
      globalThis.fetch = wrap(d.fetch);
      for (let turn = 1; turn <= 3; turn++) {
        seen = [];
        heard = 0;
        assert.equal(await d.call(ID), 1);
        assert.deepEqual([seen.length, heard], [2, between ? 2 : 0], "a call");
        assert.equal((await d.route(url)).status, 200);
        assert.equal((await globalThis.fetch(url)).status, 200);
        assert.deepEqual([seen.length, heard], [6, between ? 6 : 0], "all");
      }
    });
  }
}

test("a fetch that leads back to its dispatcher is reported, not followed for ever", async () => {
  let d;
  for (const back of [(...args) => d.fetch(...args), async (...args) => (await null, d.fetch(...args))]) {
    globalThis.fetch = back;
    answer = back;
    d = createDispatcher({ url });
    await assert.rejects(d.route(url), (error) => /leads back to this dispatcher/.test(error.cause?.message ?? error.message));
  }
});

test("an aborted request is no longer under way, even if fetch never answers", async () => {
  answer = () => new Promise(() => {});
  const d = createDispatcher({ url });
  const call = d.call(ID);
  const route = d.route(url);
  await turn();
  assert.ok(openRequests() > 0);
  call.abort();
  d.cancel(() => true);
  await assert.rejects(call, { code: "ABORTED" });
  await assert.rejects(route, { code: "ABORTED" });
  assert.equal(openRequests(), 0);
});
