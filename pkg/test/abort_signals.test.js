// Abort signals: several for one request, and those of calls that end early or deep in the page's stack.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { hasStackRoom } from "../lib/boundary/stack_room.js";
import { sendWith } from "../lib/abort_signals.js";
import { createDispatcher, ready } from "../node.js";
import { ID } from "./server.js";

/** Makes two signals, and counts their listeners. */
function two() {
  const controllers = [new AbortController(), new AbortController()];
  const signals = controllers.map(({ signal }) => signal);
  return { controllers, signals, listeners: () => signals.map((signal) => getEventListeners(signal, "abort").length) };
}

test("a browser without AbortSignal.any sends with several signals, and no listener stays", async (t) => {
  const { any } = AbortSignal;
  delete AbortSignal.any;
  t.after(() => (AbortSignal.any = any));

  const failed = two();
  await assert.rejects(sendWith(failed.signals, () => Promise.reject(new Error("no answer"))), /no answer/);
  assert.deepEqual(failed.listeners(), [0, 0]);
  await assert.rejects(sendWith(failed.signals, () => { throw new Error("at once"); }), /at once/);
  assert.deepEqual(failed.listeners(), [0, 0]);

  const empty = two();
  await sendWith(empty.signals, async () => new Response(null));
  assert.deepEqual(empty.listeners(), [0, 0]);

  const aborted = two();
  const never = sendWith([...aborted.signals, undefined], (signal) => new Promise((_, reject) => (signal.onabort = () => reject(signal.reason))));
  assert.deepEqual(aborted.listeners(), [1, 1]);
  aborted.controllers[1].abort("why");
  await assert.rejects(never, (reason) => reason === "why");
  assert.deepEqual(aborted.listeners(), [0, 0]);

  const read = two();
  let own;
  const response = await sendWith(read.signals, async (signal) => ((own = signal), new Response("a body")));
  assert.equal(own.aborted, false);
  read.controllers[0].abort("while the body is read");
  assert.equal(own.reason, "while the body is read");
  assert.deepEqual([read.listeners(), await response.text()], [[0, 0], "a body"]);
});

test("a call that ends while it is made listens to no signal", async () => {
  const { signal } = new AbortController();
  const d = createDispatcher({ url: () => (d.cancel(() => true), "http://127.0.0.1/") });
  await assert.rejects(d.call("7f".padEnd(42, "0"), [], { signal }), { code: "ABORTED", sent: "no" });
  assert.deepEqual(getEventListeners(signal, "abort"), []);
});

test("an abort at the end of the page's own stack takes effect a moment later", async () => {
  await ready();
  const d = createDispatcher({ url: "http://127.0.0.1/", fetch: () => new Promise(() => {}) });
  const controllers = [new AbortController(), new AbortController(), new AbortController()];
  const [{ signal: ofCall }, { signal: ofRoute }, { signal: ofFetch }] = controllers;
  const headers = { "next-action": ID };
  const ends = [
    d.call(ID, [], { signal: ofCall, lane: "one" }),
    d.route("http://127.0.0.1/", { signal: ofRoute }),
    d.fetch("http://127.0.0.1/", { method: "POST", headers, body: "[]", signal: ofFetch }),
  ].map((promise) => promise.then(() => "value", ({ code, name }) => (code === "ABORTED" ? code : name)));
  await new Promise((resolve) => setImmediate(resolve));
  let aborted = 0;
  const down = () => {
    if (aborted === 0 && hasStackRoom()) return down();
    if (aborted === 0) for (const controller of controllers) (aborted++, controller.abort());
  };
  down();
  assert.equal(aborted, 3);
  assert.deepEqual(await Promise.all(ends), ["ABORTED", "ABORTED", "AbortError"]);
  assert.equal(d.pending, 0);
});
