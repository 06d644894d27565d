// On a page the user's visit is a number of its own from the first look on: what an answer owes is owed to that page, however the call ends.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.location = { href: "http://localhost/page", origin: "http://localhost" };
const { createDispatcher } = await import("../node.js");

const ID = `40${"a".repeat(40)}`;
const TYPE = { "content-type": "text/x-component" };
const value = () => new Response('0:{"a":"$@1"}\n1:1\n', { headers: TYPE });
/** Says that data is stale, then breaks off. */
const cut = () => {
  const body = new ReadableStream({
    pull(stream) {
      stream.enqueue(new TextEncoder().encode('0:{"a":"$@1"}\n'));
      stream.error(new TypeError("cut"));
    },
  });
  return new Response(body, { headers: { ...TYPE, "x-action-revalidated": "1" } });
};

test("fresh data is owed by an attempt that failed, and another that said nothing", async () => {
  const refreshed = [];
  const answers = [cut(), value()];
  const fetch = async () => answers.shift();
  const d = createDispatcher({ url: location.href, fetch, host: { refresh: (kind) => refreshed.push(kind) }, idempotency: true, retry: { limit: 1, delay: 0 } });
  assert.equal(await d.call(ID, []), 1);
  await d.idle();
  assert.deepEqual(refreshed, ["all"]);
});

/** A call fails while another is under way; then `moving()`, and the other is answered. Gives the refreshes that were asked for. */
async function failsBeside(moving) {
  const refreshed = [];
  let answer;
  const slow = new Promise((resolve) => (answer = resolve));
  const fetch = async (_, { headers }) => (headers["next-action"] === ID ? cut() : slow);
  const d = createDispatcher({ url: "http://localhost/page", fetch, host: { refresh: (kind) => refreshed.push(kind) }, lanes: { other: {} } });
  const other = d.call(`40${"b".repeat(40)}`, [], { lane: "other" });
  await assert.rejects(d.call(ID, []), { code: "NETWORK" });
  moving();
  answer(value());
  await other;
  await d.idle();
  return refreshed;
}

test("and by one that failed while another call was under way", async () => {
  assert.deepEqual(await failsBeside(() => {}), ["all"]);
});

test("not once the user has moved on", async () => {
  assert.deepEqual(await failsBeside(() => (location.href = "http://localhost/elsewhere")), []);
});
