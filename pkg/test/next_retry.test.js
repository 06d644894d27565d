// The seam and answers that break off: calls that may be repeated are, up to the value, and never after the hand-over.
import assert from "node:assert/strict";
import { test } from "node:test";
import { configureActions } from "../next/run/policies.js";
import { ID, REVALIDATED, app, codeOf, sent, useSeam } from "./next_page.js";
import { until } from "./server.js";

useSeam();

const RETRY = { retry: { limit: 1, delay: 0 }, idempotencyKey: true };
const FIRST = '0:{"a":"$@1","f":"","b":"build"}\n';
const broken = () => new TypeError("reset");
const again = () => until(() => app.sent.length === 2).then(() => app.sent[1]);

test("an answer that breaks off before its value is asked for once more, under the same key", async () => {
  for (const headers of [{}, REVALIDATED]) {
    app.sent.length = 0;
    configureActions({ default: RETRY });
    const { promise, request } = await sent();
    request.head(headers);
    request.chunk(FIRST);
    request.stream.error(broken());
    const second = await again();
    assert.equal(second.headers.get("idempotency-key"), request.headers.get("idempotency-key"));
    second.answer("value", headers);
    assert.equal(await promise, "value");
  }
  assert.equal(app.reducer.length, 1, "the first answer with a page was not handed over");
});

test("an answer that ends before its value counts as broken off", async () => {
  configureActions({ default: RETRY });
  const { promise, request } = await sent();
  request.head();
  request.chunk(FIRST);
  request.stream.close();
  (await again()).answer("value");
  assert.equal(await promise, "value");
});

test("the value is delivered when it arrives, and a break after it is not retried", async () => {
  configureActions({ default: RETRY });
  const { promise, request } = await sent();
  request.head(REVALIDATED);
  request.chunk(FIRST);
  request.chunk('1:"value"\n');
  assert.equal(await promise, "value");
  request.stream.error(broken());
  const later = await sent();
  later.request.answer("later");
  assert.equal(await later.promise, "later");
  assert.equal(app.sent.length, 2);
});

test("a call that is retried keeps its place in the lane", async () => {
  configureActions({ default: { lane: "one", ...RETRY } });
  const first = app.call(ID, [1]);
  configureActions({ default: { lane: "one" } });
  const second = app.call(ID, [2]);
  await until(() => app.sent.length === 1);
  assert.equal(app.sent[0].init.body, "[1]");
  app.sent[0].answer("one");
  await until(() => app.sent.length === 2);
  app.sent[1].answer("two");
  assert.deepEqual(await Promise.all([first, second]), ["one", "two"]);
});

test("answers that said that data is stale and broke off are followed by a refresh", async () => {
  configureActions({ default: RETRY });
  const { promise, request } = await sent();
  request.head(REVALIDATED);
  request.stream.error(broken());
  (await again()).answer("value");
  assert.equal(await promise, "value");
  assert.equal(app.refreshes, 1);
  const lost = await sent();
  lost.request.head(REVALIDATED);
  lost.request.stream.error(broken());
  await until(() => app.sent.length === 4);
  app.sent[3].reject(broken());
  assert.equal(await codeOf(lost.promise), "NETWORK");
  assert.equal(app.refreshes, 2);
});

test("without a key nothing is held back", async () => {
  configureActions({ default: { retry: 1 } });
  const { promise, request } = await sent();
  request.head(REVALIDATED);
  await until(() => app.reducer.length === 1);
  request.chunk(FIRST);
  request.chunk('1:"value"\n');
  request.stream.close();
  assert.equal(await promise, "value");
});

test("without `retry`, an answer that breaks off fails the call", async () => {
  configureActions({ default: { idempotencyKey: true } });
  const { promise, request } = await sent();
  request.head();
  request.chunk(FIRST);
  request.stream.error(broken());
  assert.equal(await codeOf(promise), "NETWORK");
  assert.equal(app.sent.length, 1);
});

test("`idempotent` carries a key and is retried", async () => {
  configureActions({ default: { idempotent: true, retry: { limit: 1, delay: 0 } } });
  const { promise, request } = await sent();
  assert.ok(request.headers.has("idempotency-key"));
  request.reject(broken());
  (await again()).answer("value");
  assert.equal(await promise, "value");
  configureActions({ default: { idempotent: false } });
  const plain = await sent([1], ID);
  assert.equal(plain.request.headers.has("idempotency-key"), false);
  plain.request.answer("plain");
  assert.equal(await plain.promise, "plain");
});

test("an answer that is no action's is not held back", async () => {
  configureActions({ default: RETRY });
  const { promise, request } = await sent();
  request.head({ "content-type": "text/html" });
  await until(() => app.reducer.length === 1);
  request.stream.close();
  await promise.catch(() => {});
});

test("an abort while an answer is held back rejects at once", async () => {
  const controller = new AbortController();
  configureActions({ default: { ...RETRY, signal: controller.signal } });
  const { promise, request } = await sent();
  request.head();
  request.chunk(FIRST);
  controller.abort();
  assert.equal(await codeOf(promise), "ABORTED");
  assert.equal(app.sent.length, 1);
});
