// Refreshes belong to the user's visit: an answer that made data stale refreshes the page, also if its call failed,
// unless the user has moved on.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.location = { href: "http://localhost/page", origin: "http://localhost" };
const { createDispatcher } = await import("../node.js");

const ID = `40${"a".repeat(40)}`;
const TYPE = { "content-type": "text/x-component" };
const value = () => new Response('0:{"a":"$@1"}\n1:1\n', { headers: TYPE });
/** Answers that data is stale, then breaks off. */
const cut = () => {
  const body = new ReadableStream({
    pull(stream) {
      stream.enqueue(new TextEncoder().encode('0:{"a":"$@1"}\n'));
      stream.error(new TypeError("cut"));
    },
  });
  return new Response(body, { headers: { ...TYPE, "x-action-revalidated": "1" } });
};

test("an attempt that failed refreshes the page, though the next one revalidated nothing", async () => {
  const refreshed = [];
  const answers = [cut(), value()];
  const fetch = async () => answers.shift();
  const d = createDispatcher({ url: location.href, fetch, host: { refresh: (kind) => refreshed.push(kind) }, idempotency: true, retry: { limit: 1, delay: 0 } });
  assert.equal(await d.call(ID, []), 1);
  await d.idle();
  assert.deepEqual(refreshed, ["all"]);
});

/**
 * Makes a call that fails while another is open, then runs `moving()` and answers the other. Returns the refreshes.
 */
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

test("a call that failed while another was open refreshes the page", async () => {
  assert.deepEqual(await failsBeside(() => {}), ["all"]);
});

test("a call that failed does not refresh after the user has moved on", async () => {
  assert.deepEqual(await failsBeside(() => (location.href = "http://localhost/elsewhere")), []);
});
