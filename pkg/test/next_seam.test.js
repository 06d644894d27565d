// The seam at run time: policies, `withOptions`, the hand-over, aborts and time limits after it, and refreshes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { configureActions } from "../next/run/policies.js";
import { load } from "../next/run/late.js";
import { moved } from "../next/run/moves.js";
import { note } from "../next/run/names.js";
import { page } from "../next/run/page.js";
import { withOptions } from "../next/run/with_options.js";
import { ID, NAMED, REVALIDATED, TOKEN, all, app, codeOf, sent, useSeam } from "./next_page.js";
import { until } from "./server.js";

useSeam();

test("without a policy, the call is Next's own: the same promise, and nothing is loaded", async () => {
  const args = [1, 2];
  assert.equal(await app.call(ID, args), "next's own");
  assert.equal(app.own[0][1], args);
  assert.equal(page().loading, undefined);
  assert.equal(globalThis.fetch, app.network);
});

test("a name, `default`, false and a function choose the policy", async () => {
  note(NAMED, "save");
  const seen = [];
  configureActions({ save: { lane: "s" } });
  assert.equal(await app.call(ID, []), "next's own");
  const { promise, request } = await sent([], NAMED);
  request.answer("saved");
  assert.equal(await promise, "saved");
  configureActions({ default: {}, save: false });
  assert.equal(await app.call(NAMED, []), "next's own");
  configureActions({ default: {}, other: false });
  for (const name of ["save", "toString"]) {
    note(NAMED, name);
    const { promise, request } = await sent([], NAMED);
    request.answer(name);
    assert.equal(await promise, name);
  }
  note(NAMED, "save");
  configureActions((action, args) => void seen.push(action, args));
  await app.call(NAMED, [7]);
  assert.deepEqual(seen, [{ id: NAMED, name: "save", file: undefined }, [7]]);
});

test("the request has exactly Next's headers", async () => {
  all();
  app.deployment = "dpl_1";
  const { request, promise } = await sent([1, 2]);
  assert.equal(request.url, "/shop");
  assert.equal(request.init.method, "POST");
  assert.deepEqual([...request.headers], [["accept", "text/x-component"], ["next-action", ID], ["next-router-state-tree", '["",{}]'], ["x-deployment-id", "dpl_1"]]);
  assert.equal(request.init.body, "[1,2]");
  request.answer(1);
  await promise;
  app.isIntercepted = true;
  app.deployment = undefined;
  app.internals.traits.omitsUnused = true;
  const other = await sent([1, 2]);
  assert.equal(other.request.headers.get("next-url"), "/from");
  assert.equal(other.request.headers.has("x-deployment-id"), false);
  assert.equal(other.request.init.body, "[1]");
  other.request.answer(1);
  await other.promise;
});

test("an answer without page, redirect or revalidation settles at once and does not reach the router", async () => {
  all();
  for (const headers of [{}, { "x-action-revalidated": "[[],0,0]" }, { "x-action-revalidated": "0" }]) {
    const { promise, request } = await sent();
    request.answer("value", headers);
    assert.equal(await promise, "value");
  }
  assert.deepEqual(app.reducer, []);
  assert.equal(app.refreshes, 0);
});

test("any other answer is handed to the router, once, under a token", async () => {
  all();
  for (const headers of [REVALIDATED, { "x-action-revalidated": "[[],1,0]" }, { "x-action-revalidated": "[[],0,1]" }, { "x-action-redirect": "/x;push" }, { "content-type": "text/html" }]) {
    const { promise, request } = await sent([{ a: 1 }]);
    request.answer("value", headers);
    assert.equal(await promise, "value");
    const { actionId, actionArgs } = app.reducer.at(-1);
    assert.match(actionId, TOKEN);
    assert.deepEqual(actionArgs, [{ a: 1 }]);
  }
  assert.equal(app.reducer.length, 5);
  assert.equal(app.sent.length, 5, "no token has reached the network");
});

test("arguments that can be read once are not written again", async () => {
  all();
  for (const once of [new ReadableStream(), (function* () {})(), (async function* () {})(), { deep: [new Map([[1, new ReadableStream()]])] }]) {
    const { promise, request } = await sent([once]);
    request.answer("value", REVALIDATED);
    await promise;
    assert.deepEqual(app.reducer.at(-1).actionArgs, []);
  }
});

test("an unknown or used token rejects, in any form of headers, and does not reach the network", async () => {
  all();
  const { promise, request } = await sent();
  request.answer("value", REVALIDATED);
  await promise;
  const token = app.reducer[0].actionId;
  for (const headers of [{ "Next-Action": token }, new Headers({ "next-action": token }), [["NEXT-ACTION", token]], new Map([["next-action", token]])]) {
    await assert.rejects(fetch("/shop", { method: "POST", headers }), /no answer waits for this token/);
  }
  await assert.rejects(fetch(new Request("https://app.example/shop", { method: "POST", headers: { "next-action": token } })), /no answer waits/);
  await assert.rejects(fetch("/shop", { headers: { "next-action": "7f-actionlane-made-up" } }), /no answer waits/);
  assert.equal(app.sent.length, 1);
});

test("other requests go on unchanged, an iterator of headers unread", async () => {
  all();
  const { promise, request } = await sent();
  request.answer("value");
  await promise;
  const headers = [["a", "b"]][Symbol.iterator]();
  const init = { headers };
  fetch("/other", init);
  assert.equal(app.sent.at(-1).init, init);
  assert.deepEqual([...app.sent.at(-1).headers], [["a", "b"]]);
});

test("the page's fetch is wrapped once more only if it was replaced, and not without end", async () => {
  all();
  const again = async () => {
    const { promise, request } = await sent();
    request.answer("value", REVALIDATED);
    return promise;
  };
  await again();
  const first = globalThis.fetch;
  await again();
  assert.equal(globalThis.fetch, first);
  const replace = () => {
    const inner = globalThis.fetch;
    globalThis.fetch = (...args) => inner(...args);
  };
  for (let turn = 0; turn < 40; turn += 1) {
    replace();
    assert.equal(await again(), "value");
  }
  assert.equal(page().guards.length, 16);
});

test("a fetch from before ours lets the token out, is refused, and the value is delivered all the same", async () => {
  all();
  const { promise, request } = await sent();
  const dispatch = app.internals.dispatch;
  app.internals.dispatch = (action) => {
    globalThis.fetch = app.network;
    dispatch(action);
  };
  request.answer("value", REVALIDATED);
  await until(() => app.sent.length === 2);
  assert.match(app.sent[1].headers.get("next-action"), TOKEN);
  app.sent[1].reject(new Error("not found"));
  assert.equal(await promise, "value");
  assert.equal(app.refreshes, 1);
});

test("an action that the server does not know is Next's own error, with the id", async () => {
  all();
  const { promise, request } = await sent();
  request.head({ "x-nextjs-action-not-found": "1", "content-type": "text/plain" }, 404);
  await assert.rejects(promise, (error) => error instanceof app.internals.UnrecognizedActionError && error.message.includes(`"${ID}"`));
  assert.deepEqual(app.reducer, []);
});

test("a page that was left: value delivered, refresh owed, redirect rejected as handled", async () => {
  all();
  const one = await sent();
  app.state = { ...app.state, canonicalUrl: "/elsewhere" };
  moved();
  one.request.answer("value", REVALIDATED);
  assert.equal(await one.promise, "value");
  assert.equal(app.refreshes, 1);
  const two = await sent();
  app.state = { ...app.state, canonicalUrl: "/third" };
  moved();
  two.request.answer(null, { "x-action-redirect": "/x;replace" });
  await assert.rejects(two.promise, (error) => error.handled === true && error.digest.startsWith("NEXT_REDIRECT;replace;/x"));
  const three = await sent();
  app.state = { ...app.state, canonicalUrl: "/fourth" };
  three.request.head({ "content-type": "text/plain" }, 500);
  three.request.chunk("too large");
  three.request.stream.close();
  await assert.rejects(three.promise, /too large/);
  assert.deepEqual(app.reducer, []);
});

test("a page that was left for the same address: the page of the answer is not used", async () => {
  all();
  const { promise, request } = await sent();
  moved();
  request.answer("value", REVALIDATED);
  assert.equal(await promise, "value");
  assert.deepEqual([app.reducer.length, app.refreshes], [0, 1]);
});

test("a redirect is followed if the navigation had begun before the action was called", async () => {
  all();
  for (const [header, given] of [["/x;push", "/x;push"], ["./x;replace", "https://app.example/shop/x;replace"]]) {
    app.state = { ...app.state, canonicalUrl: "/shop" };
    moved();
    const { promise, request } = await sent();
    app.state = { ...app.state, canonicalUrl: "/elsewhere" }; // the navigation is over
    let seen;
    const inner = app.internals.dispatch;
    app.internals.dispatch = (action) => {
      const answer = globalThis.fetch;
      globalThis.fetch = async (...request) => {
        const response = await answer(...request);
        seen = response.headers.get("x-action-redirect");
        return response;
      };
      inner(action);
    };
    request.answer("moved", { "x-action-redirect": header });
    assert.equal(await promise, "moved");
    assert.equal(seen, given);
    app.internals.dispatch = inner;
  }
});

test("a redirect that the router does not take loads the document, unless the user has moved on", async () => {
  all();
  const made = [];
  globalThis.location = { assign: (to) => made.push(to) };
  app.internals.dispatch = () => {
    throw new Error("no router");
  };
  for (const moves of [false, true]) {
    const { promise, request } = await sent();
    app.internals.dispatch = () => {
      if (moves) moved();
      throw new Error("no router");
    };
    request.answer(null, { "x-action-redirect": "/x;push" });
    await assert.rejects(promise, (error) => error.handled === true);
  }
  assert.deepEqual(made, ["https://app.example/x"]);
});

test("a page that was left between the dispatch and the reducer: the same", async () => {
  all();
  let go;
  app.queue = new Promise((resolve) => (go = resolve)); // a navigation that is pending
  const { promise, request } = await sent();
  request.answer("value", REVALIDATED);
  await until(() => page().tokens?.size === 1);
  app.state = { ...app.state, canonicalUrl: "/elsewhere" };
  go();
  assert.equal(await promise, "value");
  assert.equal(app.refreshes, 1);
  assert.equal(app.sent.length, 1);
});

test("abort after the hand-over rejects at once with ABORTED, and the router's queue goes on", async () => {
  all();
  let go;
  app.queue = new Promise((resolve) => (go = resolve));
  const controller = new AbortController();
  const promise = withOptions((...args) => app.call(ID, args), { signal: controller.signal })(1);
  await until(() => app.sent.length === 1);
  app.sent[0].answer("value", REVALIDATED);
  await until(() => page().tokens?.size === 1);
  controller.abort("enough");
  await assert.rejects(promise, (error) => error.code === "ABORTED" && error.cause === "enough" && error.sent === "yes");
  assert.equal(app.refreshes, 1, "the answer had said that data is stale");
  go();
  await app.queue;
  assert.equal(page().tokens.size, 0);
  const { promise: next, request } = await sent();
  request.answer("next", REVALIDATED);
  assert.equal(await next, "next");
});

for (const [option, code] of [["timeout", "TIMEOUT"], ["stallTimeout", "TIMEOUT"], ["deadline", "DEADLINE"]]) {
  test(`${option} holds after the hand-over`, async () => {
    all({ [option]: 50 });
    const { promise, request } = await sent();
    request.head(REVALIDATED);
    await until(() => app.reducer.length === 1);
    assert.equal(await codeOf(promise), code);
    await app.queue;
  });
}

test("a request without an answer is sent again under the same key, if the policy allows that", async () => {
  all({ retry: { limit: 1, delay: 0 }, idempotencyKey: true });
  const { promise, request } = await sent();
  request.reject(new TypeError("Failed to fetch"));
  await until(() => app.sent.length === 2);
  const keys = app.sent.map(({ headers }) => headers.get("idempotency-key"));
  assert.ok(keys[0] && keys[0] === keys[1]);
  app.sent[1].answer("value", REVALIDATED);
  assert.equal(await promise, "value");
  assert.equal(app.sent.length, 2);
});

test("a request without an answer is NETWORK, with the error of fetch as cause", async () => {
  all();
  const { promise, request } = await sent();
  const cause = new TypeError("Failed to fetch");
  request.reject(cause);
  await assert.rejects(promise, (error) => error.code === "NETWORK" && error.cause === cause && error.actionId === ID);
});

test("a body that breaks off before the value is NETWORK, plain or handed over", async () => {
  all();
  for (const headers of [{}, REVALIDATED]) {
    const { promise, request } = await sent();
    request.head(headers);
    request.chunk('0:{"a":"$@1"}\n');
    await new Promise((resolve) => setTimeout(resolve, 10));
    request.stream.error(new TypeError("network error"));
    assert.equal(await codeOf(promise), "NETWORK");
  }
});

test("the lane is free at the value, while the page still streams into the router", async () => {
  configureActions({ default: { lane: "one" } });
  const first = await sent([1]);
  const second = app.call(ID, [2]);
  first.request.head(REVALIDATED);
  await until(() => app.reducer.length === 1);
  assert.equal(app.sent.length, 1);
  first.request.chunk('0:{"a":"$@1","f":"$2","b":"x"}\n1:"value"\n');
  await until(() => app.sent.length === 2);
  assert.equal(await first.promise, "value");
  app.sent[1].answer("second");
  assert.equal(await second, "second");
});

test("of overlapping revalidations the first page is used, and one refresh follows the burst", async () => {
  all();
  const calls = [];
  for (let at = 0; at < 4; at += 1) calls.push(await sent([at]));
  calls[2].request.answer(2, REVALIDATED);
  assert.equal(await calls[2].promise, 2);
  calls[0].request.answer(0, REVALIDATED);
  assert.equal(await calls[0].promise, 0);
  calls[1].request.answer(1);
  assert.equal(await calls[1].promise, 1);
  assert.equal(app.refreshes, 0, "the burst is not over");
  calls[3].request.answer(3, REVALIDATED);
  assert.equal(await calls[3].promise, 3);
  assert.equal(app.refreshes, 1);
  assert.equal(app.reducer.length, 1);
});

test("revalidations one after the other need no refresh", async () => {
  all();
  for (const value of [1, 2]) {
    const { promise, request } = await sent();
    request.answer(value, REVALIDATED);
    assert.equal(await promise, value);
  }
  assert.equal(app.reducer.length, 2);
  assert.equal(app.refreshes, 0);
});

test("calls that follow each other in a lane do not overlap: each page is used", async () => {
  configureActions({ default: { lane: "one" } });
  const calls = [1, 2, 3].map((at) => app.call(ID, [at]));
  for (const at of [1, 2, 3]) {
    await until(() => app.sent.length === at);
    app.sent[at - 1].answer(at, REVALIDATED);
  }
  assert.deepEqual(await Promise.all(calls), [1, 2, 3]);
  assert.equal(app.reducer.length, 3);
  assert.equal(app.refreshes, 0);
});

test("headers of the options are added, from a function for each attempt", async () => {
  all({ headers: { "x-one": "1" } });
  const one = await sent();
  assert.equal(one.request.headers.get("x-one"), "1");
  one.request.answer(1);
  await one.promise;
  all({ headers: (attempt) => ({ "x-two": String(attempt) }) });
  const two = await sent();
  assert.equal(two.request.headers.get("x-two"), "1");
  two.request.answer(1);
  await two.promise;
});

test("an action of Next's own counts as overlapping", async () => {
  all();
  (await sent()).request.answer(1);
  const lane = await sent();
  fetch("/shop", { method: "POST", headers: { "next-action": NAMED } });
  app.sent.at(-1).answer("own", REVALIDATED);
  await new Promise((resolve) => setTimeout(resolve, 10));
  lane.request.answer("value", REVALIDATED);
  assert.equal(await lane.promise, "value");
  assert.deepEqual(app.reducer, [], "its page may be older than the one that Next has shown");
  assert.equal(app.refreshes, 1);
});

test("render: skip asks the server not to render, and once more without if it refuses", async () => {
  all({ render: "skip" });
  const { promise, request } = await sent();
  assert.equal(request.headers.get("x-action-forwarded"), "1");
  request.head({ "x-nextjs-action-not-found": "1", "content-type": "text/plain" }, 404);
  await until(() => app.sent.length === 2);
  assert.equal(app.sent[1].headers.has("x-action-forwarded"), false);
  app.sent[1].answer("value", REVALIDATED);
  assert.equal(await promise, "value");
  assert.equal(app.refreshes, 1);
});

test("a page in a plain answer is not lost", async () => {
  all();
  const { promise, request } = await sent();
  request.answer("value", {}, [["page"]]);
  assert.equal(await promise, "value");
  assert.equal(app.refreshes, 1);
});

test("calls enter their lane in the order in which they were made, however long their arguments take", async () => {
  configureActions({ default: { lane: "one" } });
  const gates = [];
  app.internals.encodeReply = async ([name]) => {
    if (name === "slow") await new Promise((resolve) => gates.push(resolve));
    return JSON.stringify([name]);
  };
  const calls = ["slow", "quick"].map((name) => app.call(ID, [name]));
  await until(() => gates.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(app.sent.length, 0);
  gates[0]();
  await until(() => app.sent.length === 1);
  assert.equal(app.sent[0].init.body, '["slow"]');
  app.sent[0].answer(1);
  await until(() => app.sent.length === 2);
  app.sent[1].answer(2);
  assert.deepEqual(await Promise.all(calls), [1, 2]);
});

test("arguments that cannot be written reject, and the lane goes on", async () => {
  configureActions({ default: { lane: "one" } });
  const { encodeReply } = app.internals;
  app.internals.encodeReply = async () => {
    throw new Error("a symbol");
  };
  await assert.rejects(app.call(ID, [1]), /a symbol/);
  app.internals.encodeReply = encodeReply;
  const { promise, request } = await sent();
  request.answer(1);
  assert.equal(await promise, 1);
});

test("a body above the server's limit is sent, and the server's refusal is BODY_TOO_LARGE", async () => {
  all();
  const large = ["x".repeat(1000)];
  const one = await sent(large);
  one.request.head({ "content-type": "text/plain" }, 500);
  await assert.rejects(one.promise, { code: "BODY_TOO_LARGE", sent: "yes", status: 500 });
  // Next 16 gives an answer of the action, with a masked error.
  const masked = await sent(large);
  masked.request.head({}, 500);
  await assert.rejects(masked.promise, { code: "BODY_TOO_LARGE", sent: "yes", status: 500 });
  const two = await sent(large);
  two.request.reject(new TypeError("reset"));
  await assert.rejects(two.promise, { code: "BODY_TOO_LARGE", sent: "unknown" });
  const taken = await sent(large);
  taken.request.answer("value");
  assert.equal(await taken.promise, "value");
});

test("a body above the dispatcher's maxBodyBytes is not sent", async () => {
  configureActions({ default: {} }, { maxBodyBytes: 100 });
  assert.equal(await codeOf(app.call(ID, ["x".repeat(100)])), "BODY_TOO_LARGE");
  assert.equal(app.sent.length, 0);
});

test("options that do not fit reject the call, and nothing is sent", async () => {
  for (const [options, pattern] of [[{ laen: "x" }, /lane/], [{ timeout: -1 }, /timeout/], [{ strategy: "join" }, /join/]]) {
    all(options);
    await assert.rejects(app.call(ID, []), (error) => error.code === "INVALID_OPTION" && pattern.test(error.message));
  }
  assert.equal(app.sent.length, 0);
});

test("withOptions: for the action called in it, the first, and not for one after an await", async () => {
  const said = [];
  console.warn = (text) => said.push(text);
  await load();
  const run = async (act, options) => {
    const before = app.sent.length;
    const promise = withOptions(act, options)();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const lanes = page().lanes.dispatcher.snapshot().map(({ lane }) => lane);
    for (const request of app.sent.slice(before)) request.answer("lane");
    return { lanes, value: await promise };
  };
  assert.deepEqual(await run(() => app.call(ID, []), { lane: "l" }), { lanes: ["l"], value: "lane" });
  assert.deepEqual(await run(() => Promise.all([app.call(ID, []), app.call(ID, [])]), { lane: "l" }), { lanes: ["l"], value: ["lane", "next's own"] });
  assert.deepEqual(said, []);
  assert.deepEqual(await run(async () => (await null, app.call(ID, [])), { lane: "l" }), { lanes: [], value: "next's own" });
  assert.match(said[0], /had no effect/);
  assert.throws(() => withOptions({}, {}), TypeError);
  assert.throws(() => withOptions(() => {}, null), TypeError);
});

test("withOptions around withOptions: the action has the options of both, and either signal aborts it", async () => {
  const said = [];
  console.warn = (text) => said.push(text);
  await load();
  const [inner, outer] = [new AbortController(), new AbortController()];
  const act = withOptions(withOptions(() => app.call(ID, []), { lane: "l", name: "inner", signal: inner.signal }), { name: "outer" });
  const call = act();
  await until(() => app.sent.length === 1);
  assert.deepEqual(page().lanes.dispatcher.snapshot().map(({ lane, name }) => [lane, name]), [["l", "outer"]]);
  inner.abort();
  assert.equal(await call.catch(({ code }) => code), "ABORTED");
  const both = withOptions(withOptions(() => app.call(ID, []), { signal: new AbortController().signal }), { signal: outer.signal })();
  outer.abort();
  assert.equal(await both.catch(({ code }) => code), "ABORTED");
  assert.deepEqual(said, []);
});

test("a lane can be a function of the arguments", async () => {
  configureActions({ default: { lane: (order) => `order ${order}` } });
  const { promise, request } = await sent([7]);
  assert.equal(page().lanes.dispatcher.snapshot()[0].lane, "order 7");
  request.answer(1);
  await promise;
});

test("a key that all calls of an action would share is refused; undefined is no policy", () => {
  assert.throws(() => configureActions({ save: { idempotencyKey: "k" } }), /"save".*use true/);
  configureActions({ save: undefined, default: false });
  assert.deepEqual(Object.keys(page().policies), ["default"]);
});

test("a function that returns no options rejects the call", async () => {
  for (const wrong of [true, "payment", async () => ({})]) {
    configureActions(() => (typeof wrong === "function" ? wrong() : wrong));
    await assert.rejects(app.call(ID, []), /returned no object of options/);
  }
});

test("policies that are none are refused; a call that drops some says so", () => {
  assert.throws(() => configureActions(null), TypeError);
  assert.throws(() => configureActions({ save: "fast" }), /"save"/);
  const said = [];
  console.warn = (text) => said.push(text);
  configureActions({ save: {}, load: {} });
  configureActions({ save: {} });
  assert.match(said[0], /without load/);
});

test("a policy that is nearly a name is named", async () => {
  const { warnOf } = await import("../next/run/misspelled.js");
  const said = [];
  console.warn = (text) => said.push(text);
  warnOf(["default", "createPaymentSesion", "ofAnotherPage", "app/a#save", "app/a#removve"], ["createPaymentSession", "save", "remove"]);
  assert.equal(said.length, 2);
  assert.match(said[0], /"createPaymentSesion".*did you mean "createPaymentSession"/);
  assert.match(said[1], /"app\/a#removve".*did you mean "remove"/);
});

test("a policy whose options are wrong is named", async () => {
  const { warnOfOptions } = await import("../next/run/misspelled.js");
  const said = [];
  console.error = (text) => said.push(text);
  const fine = { lane: () => "a", idempotent: true, frees: "head", render: "skip", skew: "fail" };
  const policies = { signUp: { lan: "a" }, pay: { timeout: "10s" }, save: fine, load: false, order: { durable: true } };
  warnOfOptions(policies);
  warnOfOptions(policies);
  assert.equal(said.length, 3);
  assert.match(said[0], /calls of "signUp" will fail.*no option "lan"; did you mean "lane"\?/);
  assert.match(said[1], /calls of "pay" will fail.*timeout: expected milliseconds/);
  assert.match(said[2], /calls of "order" will fail.*durable: a request that is built already is not stored/);
});

test("a dispatcher that cannot be made: everything goes Next's own way, with one warning", async () => {
  const said = [];
  console.warn = (text) => said.push(text);
  configureActions({ default: {} }, { noSuchOption: 1 });
  assert.deepEqual(await Promise.all([app.call(ID, []), app.call(ID, [])]), ["next's own", "next's own"]);
  assert.equal(await app.call(ID, []), "next's own");
  assert.equal(said.length, 1);
});

test("another version of the package in the page is an error", () => {
  page().form = 2;
  assert.throws(() => configureActions({}), /two versions/);
  delete globalThis[Symbol.for("actionlane.next")];
});
