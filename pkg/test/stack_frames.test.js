// Stacks that are texts with frames alone, as in Firefox: the package's own frames are cut off, for every function
// of the API.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ID } from "./server.js";

Error.prepareStackTrace = (_, frames) => frames.map((frame) => `${frame.getFunctionName() ?? ""}@${frame.getFileName()}:${frame.getLineNumber()}`).join("\n");
const { createDispatcher, decode, encode, ready } = await import("../node.js");

const url = "http://x.test/";
const answering = (model) => async () => new Response(`0:{"a":"$@1","f":"","b":"x"}\n1:${model}\n`, { headers: { "content-type": "text/x-component" } });

test("the first frame of a stack is the page's", async () => {
  await ready();
  const slow = createDispatcher({ url, timeout: 30, fetch: () => new Promise(() => {}) });
  const own = createDispatcher({ url, fetch: answering(`"$h2"\n2:{"id":"${ID}","bound":null}`) });
  const reference = await own.call(ID);
  own.close();
  slow.pause();
  const waiting = slow.call(ID).catch((error) => error);
  slow.clear();
  const failed = await waiting;
  slow.resume();
  const bound = slow.bind(ID);
  const action = { method: "POST", headers: { "next-action": ID }, body: "[]" };
  const acts = {
    call: async function page() { await slow.call(ID); },
    bind: async function page() { await bound(); },
    reference: async function page() { await reference(1); },
    route: async function page() { await slow.route(url, {}, { timeout: 30 }); },
    fetch: async function page() { await slow.fetch(url, action); },
    decode: async function page() { await decode("x").value; },
    encode: async function page() { await encode([10n ** 301n]); },
    retry: async function page() { await failed.retry(); },
  };
  for (const [name, act] of Object.entries(acts)) {
    const error = await act().then(() => assert.fail(name), (error) => error);
    assert.match(error.stack, /^page@[^\n]*frames\.test\.js/, `${name}: ${error.stack}`);
  }
});
