// Parts of the platform that belong to the page: responses that only resemble a `Response`, a `FormData` that
// fails. They may fail a call, never the instance.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createDispatcher } from "../node.js";
import { ID } from "./server.js";

const ROWS = '0:{"a":"$@1"}\n1:1\n';
const url = "http://localhost/";
/** Makes a dispatcher whose responses have these properties of the page's own. */
const answering = (own) => createDispatcher({
  url,
  fetch: async () => {
    const real = new Response(ROWS, { headers: { "content-type": "text/x-component" } });
    return { status: 200, headers: real.headers, body: real.body, redirected: false, ...own(real) };
  },
});

test("a header whose reading fails counts as absent", async () => {
  const headers = (real) => ({
    get(name) {
      if (name !== "content-type") throw new Error("no");
      return real.headers.get(name);
    },
  });
  assert.equal(await answering((real) => ({ headers: headers(real) })).call(ID), 1);
  await assert.rejects(answering(() => ({ headers: { get() { throw new Error("no"); } } })).call(ID), { code: "INVALID_OPTION", sent: "unknown" });
});

test("a status of any number is read as a whole number from 0 to 65535", async () => {
  for (const [status, seen] of [[200.7, 200], [-1, 0], [NaN, 0], [70_000, 65_535]]) {
    assert.equal((await answering(() => ({ status })).call(ID).outcome).status, seen, `${status}`);
  }
  await assert.rejects(answering(() => ({ status: "200" })).call(ID), { code: "INVALID_OPTION" });
});

test("the URL of a redirected response is a string, or is left out", async () => {
  assert.equal("url" in (await answering(() => ({ redirected: true, url: 7 })).call(ID).outcome), false);
  assert.equal((await answering(() => ({ redirected: true, url: "http://localhost/b" })).call(ID).outcome).url, "http://localhost/b");
});

test("a form that cannot be iterated fails no other call", async () => {
  let answer;
  const gate = new Promise((resolve) => (answer = resolve));
  const fetch = async () => (await gate, new Response(ROWS, { headers: { "content-type": "text/x-component" } }));
  const d = createDispatcher({ url, fetch });
  const other = d.call(ID, ["other"], { lane: "other" });
  const iterate = FormData.prototype[Symbol.iterator];
  FormData.prototype[Symbol.iterator] = () => { throw new Error("patched"); };
  try {
    const form = new FormData();
    form.append("a", "b");
    const call = d.call(ID, [form]);
    answer();
    assert.equal(await call, 1);
  } finally {
    FormData.prototype[Symbol.iterator] = iterate;
  }
  assert.equal(await other, 1);
});

test("an outcome and a call do not keep the arguments alive", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  const d = createDispatcher({ url, fetch: async () => new Response(ROWS, { headers: { "content-type": "text/x-component" } }) });
  const kept = [];
  const made = async () => {
    const argument = { large: "x".repeat(1000) };
    const call = d.call(ID, [argument]);
    kept.push(call, await call.outcome);
    return new WeakRef(argument);
  };
  const argument = await made();
  await d.idle();
  for (let turn = 0; turn < 200 && argument.deref(); turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  }
  assert.equal(argument.deref(), undefined);
  assert.equal(kept.length, 2);
});
