// The seam and the ends of a call: signal and deadline at each moment, and what they must not end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { configureActions } from "../next/run/policies.js";
import { page } from "../next/run/page.js";
import { ID, REVALIDATED, all, app, codeOf, sent, useSeam } from "./next_page.js";
import { until } from "./server.js";

useSeam();

/** Loads the dispatcher. */
async function loaded() {
  all();
  const { promise, request } = await sent();
  request.answer(1);
  await promise;
  app.sent.length = 0;
}

/** Has the arguments of the next call written only when the returned function is called. */
function holdArguments() {
  const { encodeReply } = app.internals;
  let go;
  const held = new Promise((resolve) => (go = resolve));
  app.internals.encodeReply = async (args) => {
    app.internals.encodeReply = encodeReply;
    await held;
    return encodeReply(args);
  };
  return go;
}

test("an abort while the arguments are written rejects at once, sends nothing, and leaves the lane to others", async () => {
  await loaded();
  const controller = new AbortController();
  configureActions({ default: { lane: "one" } });
  holdArguments();
  configureActions({ default: { lane: "one", signal: controller.signal } });
  const first = app.call(ID, ["never"]);
  configureActions({ default: { lane: "one" } });
  const second = app.call(ID, [2]);
  controller.abort("enough");
  await assert.rejects(first, { code: "ABORTED", sent: "no", cause: "enough" });
  await until(() => app.sent.length === 1);
  assert.equal(app.sent[0].init.body, "[2]");
  app.sent[0].answer("two");
  assert.equal(await second, "two");
});

test("a deadline counts from the call: it ends one that is not sent, and the rest of it one that is", async () => {
  await loaded();
  configureActions({ default: { lane: "one", deadline: 30 } });
  holdArguments();
  await assert.rejects(app.call(ID, ["never"]), { code: "DEADLINE", sent: "no" });
  configureActions({ default: { lane: "two", deadline: 30 } });
  const { promise } = await sent();
  assert.equal(await codeOf(promise), "DEADLINE");
});

test("an abort before the dispatcher is loaded rejects at once with the signal's reason", async () => {
  let open;
  page().loading = new Promise((resolve) => (open = resolve));
  const controller = new AbortController();
  configureActions({ default: { signal: controller.signal } });
  const promise = app.call(ID, [1]);
  controller.abort("enough");
  assert.equal(await promise.catch((reason) => reason), "enough");
  // Another call, without a signal, keeps its place behind one that has another.
  const order = [];
  const calls = [new AbortController().signal, undefined].map((signal, at) => {
    configureActions({ default: { signal } });
    return app.call(ID, [at]).then(() => order.push(at));
  });
  open(undefined);
  await Promise.all(calls);
  assert.deepEqual(order, [0, 1]);
  app.own.splice(0, 2);
  assert.deepEqual(app.own, [], "nor does it go Next's own way");
  page().loading = undefined;
});

test("an abort after the call has settled does not break the page that the router still reads", async () => {
  for (const more of [{}, { retry: 1, idempotencyKey: true }]) {
    const controller = new AbortController();
    all({ signal: controller.signal, ...more });
    let body;
    const { dispatch } = app.internals;
    app.internals.dispatch = (action) => {
      const inner = globalThis.fetch;
      globalThis.fetch = async (...request) => {
        const response = await inner(...request);
        body = response.clone().text();
        return response;
      };
      dispatch(action);
    };
    const { promise, request } = await sent();
    request.head(REVALIDATED);
    request.chunk('0:{"a":"$@1","f":"","b":"build"}\n1:"value"\n');
    assert.equal(await promise, "value");
    controller.abort();
    request.chunk("2:[]\n");
    request.stream.close();
    assert.match(await body, /2:\[\]/);
    app.internals.dispatch = dispatch;
  }
});

test("an answer that stalls before its value is held back no longer than stallTimeout, and is sent again", async () => {
  configureActions({ default: { retry: { limit: 1, delay: 0 }, idempotencyKey: true, stallTimeout: 30 } });
  const { promise, request } = await sent();
  request.head();
  request.chunk('0:{"a":"$@1","f":"","b":"build"}\n');
  await until(() => app.sent.length === 2);
  app.sent[1].answer("value");
  assert.equal(await promise, "value");
});
