// The hooks of a dispatcher: when each is called, with what, and what follows if it fails.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { createDispatcher, isActionError, ready } from "../node.js";
import { ID, flight, serve } from "./server.js";

let server;
before(async () => {
  server = await serve((request, response, body) => {
    const { searchParams } = new URL(request.url, "http://x");
    if (searchParams.has("never")) return undefined;
    if (searchParams.has("away")) return response.writeHead(307, { location: "/there" }).end();
    if (searchParams.has("cut") && !request.headers["x-action-forwarded"]) return request.socket.destroy();
    if (!request.headers["x-action-forwarded"]) return flight(response, JSON.stringify(body), { "x-said": "yes" });
    return response.writeHead(409, { "content-type": "text/plain", "x-nextjs-action-not-found": "1" }).end("Server Action unavailable.");
  });
});
after(() => server.close());

const reported = [];
globalThis.reportError = (error) => reported.push(error);
afterEach(() => assert.deepEqual(reported.splice(0), [], "an error was reported that no test expects"));

const make = (hooks, options) => createDispatcher({ url: server.url, hooks, ...options });
const action = { id: ID, name: "echo" };
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("beforeRequest is called before a request, afterResponse at its head", async () => {
  const heard = [];
  const hooks = {
    own: undefined,
    beforeRequest({ headers, ...rest }) { heard.push(["before", this === hooks, rest, [...headers]]); },
    afterResponse({ headers, ...rest }) { heard.push(["after", this === hooks, rest, headers.get("x-said")]); },
    onError: (error) => heard.push(error),
  };
  delete hooks.own;
  const d = make(hooks, { headers: { "x-common": "1", "x-both": "1" } });
  hooks.beforeRequest = () => assert.fail("the hooks are read once");
  await d.call(action, [1], { headers: { "x-both": "2" } });
  const about = { id: 1, actionId: ID, name: "echo", url: server.url, attempt: 1 };
  assert.deepEqual(heard, [
    ["before", true, about, [["x-both", "2"], ["x-common", "1"]]],
    ["after", true, { ...about, status: 200 }, "yes"],
  ]);
});

test("a request waits for beforeRequest, and carries the headers that it leaves", async () => {
  const d = make({
    async beforeRequest({ headers }) {
      await turn();
      headers.set("authorization", "Bearer fresh");
      headers.delete("x-common");
    },
  }, { headers: { "x-common": "1" } });
  await d.call(ID);
  const { headers } = server.requests.at(-1);
  assert.deepEqual([headers.authorization, headers["x-common"], headers["next-action"]], ["Bearer fresh", undefined, ID]);
});

test("a request that is sent again gets headers and hooks again, with its attempt", async () => {
  const heard = [];
  let times = 0;
  const d = make({
    beforeRequest({ attempt, headers }) { heard.push([`before ${attempt}`, headers.get("x-asked")]); headers.set("x-attempt", attempt); },
    afterResponse: ({ attempt, status }) => heard.push([`after ${attempt}`, status]),
  }, { headers: () => ({ "x-asked": String(++times) }) });
  const from = server.requests.length;
  assert.equal(await d.call(ID, [1], { render: "skip", headers: { "x-own": "1" } }), "[1]");
  assert.deepEqual(heard, [["before 1", "1"], ["after 1", 409], ["before 2", "2"], ["after 2", 200]]);
  const sent = server.requests.slice(from).map(({ headers }) => [headers["x-asked"], headers["x-attempt"], headers["x-own"]]);
  assert.deepEqual(sent, [["1", "1", "1"], ["2", "2", "1"]]);
});

test("a beforeRequest that fails fails its call before anything is sent", async () => {
  const cause = new Error("no token");
  const errors = [];
  const failing = [() => { throw cause; }, () => Promise.reject(cause)];
  for (const beforeRequest of failing) {
    let calls = 0;
    const d = make({ beforeRequest: () => (++calls === 1 ? beforeRequest() : undefined), onError: (error) => errors.push(error) });
    const before = server.requests.length;
    const [first, next] = [d.call(ID, ["first"]), d.call(ID, ["next"])];
    await assert.rejects(first, (error) => {
      assert.deepEqual([error.code, error.sent, error.cause, error.message], ["INVALID_OPTION", "no", cause, "action 7f000000: hooks.beforeRequest: it failed"]);
      return errors.at(-1) === error;
    });
    assert.equal(await next, '["next"]', "the lane goes on");
    assert.equal(server.requests.length, before + 1);
  }
});

test("a failure of the second attempt has nothing of the first one's answer", async () => {
  const d = make({ beforeRequest: ({ attempt }) => { if (attempt === 2) throw "second"; } });
  const failed = ({ code, sent, status, outcome }) => [code, sent, status, outcome];
  assert.deepEqual(await d.call(ID, [], { render: "skip" }).catch(failed), ["INVALID_OPTION", "no", undefined, undefined]);
  const plain = createDispatcher({ url: `${server.url}?cut` });
  assert.deepEqual(await plain.call(ID, [], { render: "skip" }).catch(failed), ["NETWORK", "unknown", undefined, undefined]);
});

test("hooks may not set the protocol's own headers", async () => {
  for (const name of ["Next-Action", "x-deployment-id", "RSC", "x-action-forwarded"]) {
    const before = server.requests.length;
    const d = make({ beforeRequest: ({ headers }) => headers.set(name, "1") });
    await assert.rejects(d.call(ID), (error) => error.code === "INVALID_OPTION" && error.message.includes(name.toLowerCase()) && error.sent === "no");
    assert.equal(server.requests.length, before);
  }
});

test("a call does not wait for afterResponse, which changes nothing", async () => {
  const d = make({
    afterResponse({ headers }) {
      headers.delete("content-type");
      headers.set("x-action-redirect", "/elsewhere;push");
      return new Promise(() => {});
    },
  }, { fetch: async () => new Response('0:{"a":"$@1"}\n1:42\n', { headers: { "content-type": "text/x-component" } }) });
  const { value, redirect, headers } = await d.call(ID).outcome;
  assert.deepEqual([value, redirect, headers.get("content-type")], [42, undefined, "text/x-component"]);
});

test("afterResponse gets the URL that fetch was redirected to", async () => {
  let heard;
  await make({ afterResponse: (answer) => (heard = answer) }).call(ID, [1], { url: `${server.url}?away` });
  assert.deepEqual([heard.url, heard.redirected, heard.status], [`${server.url}?away`, `${server.url}there`, 200]);
});

test("an error of afterResponse or onError is reported, and changes nothing", async () => {
  for (const throwing of [(what) => { throw what; }, (what) => Promise.reject(what)]) {
    const d = make({ afterResponse: () => throwing("after"), onError: () => throwing("error") });
    assert.equal(await d.call(ID, [1]), "[1]");
    await turn();
    assert.deepEqual(reported.splice(0), ["after"]);
    await assert.rejects(d.call("bad"), { code: "INVALID_OPTION" });
    await turn();
    assert.deepEqual(reported.splice(0), ["error"]);
  }
});

test("onError is called for every call that fails, once, before its promise rejects", async () => {
  await ready();
  const heard = [];
  const d = make({ onError: (error, about) => heard.push([error, about]) });
  const failing = [
    ["INVALID_OPTION", () => d.call({ id: "bad", name: "worse" }), { actionId: "bad", name: "worse" }],
    ["INVALID_OPTION", () => d.call(7), {}],
    ["ENCODE", () => d.call(action, [10n ** 301n]), { actionId: ID, name: "echo" }],
    ["NETWORK", () => d.call(ID, [], { url: `${server.url}?cut` }), { actionId: ID }],
    ["TIMEOUT", () => d.call(ID, [], { url: `${server.url}?never`, timeout: 5 }), { actionId: ID }],
    ["ABORTED", () => d.call(ID, [], { signal: AbortSignal.abort() }), { actionId: ID }],
    ["ACTION_THREW", () => make({ onError: (...args) => heard.push(args) }, {
      fetch: async () => new Response('0:{"a":"$@1"}\n1:E{"digest":"7"}\n', { headers: { "content-type": "text/x-component" } }),
    }).call(ID), { actionId: ID }],
  ];
  for (const [code, run, { actionId, name }] of failing) {
    const caught = await run().catch((error) => (assert.equal(heard.length, 1, "onError comes before the rejection"), error));
    assert.equal(caught.code, code);
    const [[error, about]] = heard.splice(0);
    assert.equal(error, caught);
    assert.deepEqual([about.actionId, about.name], [actionId, name], code);
  }
  const running = d.call(ID, [], { url: `${server.url}?never` });
  const waiting = d.call(ID);
  d.clear();
  d.close();
  await Promise.allSettled([running, waiting, d.call(ID)]);
  assert.deepEqual(heard.map(([{ code }]) => code), ["CLEARED", "CLOSED", "CLOSED"]);
});

test("the error that onError gets has the caller's outcome and retry", async () => {
  let seen;
  const d = make({ onError: ({ outcome, retry, status }) => (seen = [outcome.status, typeof retry, status]) });
  const fetch = async () => new Response("", { status: 404, headers: { "x-nextjs-action-not-found": "1" } });
  await assert.rejects(make({ onError: ({ outcome, retry, status }) => (seen = [outcome.status, typeof retry, status]) }, { fetch }).call(ID), { code: "ACTION_NOT_FOUND" });
  assert.deepEqual(seen, [404, "function", 404]);
  d.close();
});

test("hooks are called for actions only: not for routes, not for fetch", async () => {
  const hook = () => assert.fail("a hook was called");
  const d = make({ beforeRequest: hook, afterResponse: hook, onError: hook });
  await (await d.route(server.url)).text();
  await (await d.fetch(server.url, { method: "POST", headers: { "Next-Action": ID }, body: "x" })).text();
  await assert.rejects(d.route("http://127.0.0.1:9/"), isActionError);
  await assert.rejects(d.fetch("http://127.0.0.1:9/", { method: "POST", headers: { "Next-Action": ID } }), TypeError);
});

test("hooks are called for the server's functions too", async () => {
  const OTHER = "60".padEnd(42, "b");
  const heard = [];
  const answers = [`0:{"a":"$@1"}\n2:{"id":"${OTHER}","bound":null}\n1:"$h2"\n`, '0:{"a":42}\n'];
  const fetch = async () => new Response(answers.shift(), { headers: { "content-type": "text/x-component" } });
  const d = make({ beforeRequest: ({ actionId }) => heard.push(actionId) }, { fetch });
  const reference = await d.call(ID);
  assert.equal(await reference(1), 42);
  assert.deepEqual(heard, [ID, OTHER]);
});

test("hooks are functions with known names", () => {
  for (const hooks of [7, "x", () => {}, [], { beforeRequest: 1 }, { onRequest() {} }, { get onError() { throw "getter"; } }, new (class Hooks { a = 1; })()]) {
    assert.throws(() => createDispatcher({ hooks }), { code: "INVALID_OPTION" }, String(hooks));
  }
  createDispatcher({ hooks: {} });
});

test("a hook may call, abort and close from inside", async () => {
  for (const name of ["beforeRequest", "afterResponse", "onError"]) {
    const path = name === "onError" ? "?cut" : "";
    const inside = async (act) => {
      let acted = true;
      const hook = () => {
        if (acted) return;
        acted = true;
        act(d, call);
      };
      const d = make({ [name]: hook }, { url: server.url });
      await d.call(ID).catch(() => {}); // loads the wasm
      acted = false;
      const call = d.call(ID, ["outer"], { url: server.url + path });
      const result = await call.catch((error) => error.code);
      return [d, result];
    };
    const done = name === "onError" ? "NETWORK" : '["outer"]';

    let inner;
    const code = (error) => error.code;
    const [d, called] = await inside((d) => {
      inner = Promise.all([d.call(ID, ["inner"]), d.call(ID, ["beside"], { lane: "parallel" }), d.call("bad").catch(code)]);
    });
    assert.equal(called, done, name);
    assert.deepEqual(await inner, ['["inner"]', '["beside"]', "INVALID_OPTION"], name);
    await d.idle();
    assert.equal(d.pending, 0);

    const [other, aborted] = await inside((_, call) => call.abort("inside"));
    assert.equal(aborted, name === "onError" ? "NETWORK" : "ABORTED", name);
    assert.equal(await other.call(ID, ["next"]), '["next"]', name);

    const [closed, result] = await inside((d) => d.close());
    assert.equal(result, name === "onError" ? "NETWORK" : "CLOSED", name);
    assert.equal(closed.pending, 0);
    await assert.rejects(closed.call(ID), { code: "CLOSED" });
  }
});

test("a call that is aborted during beforeRequest is never sent", async () => {
  let go, started;
  const under_way = new Promise((resolve) => (started = resolve));
  const d = make({ beforeRequest: ({ id }) => (id === 1 ? (started(), new Promise((resolve) => (go = resolve))) : undefined) });
  const call = d.call(ID, ["given up"]);
  await under_way;
  assert.equal(call.abort("enough"), true);
  await assert.rejects(call, { code: "ABORTED", sent: "no" });
  assert.equal(await d.call(ID, ["next"]), '["next"]');
  go();
  await turn();
  assert.ok(!server.requests.some(({ body }) => body.includes("given up")));
});

test("a call that has ended is not ABORTED by a hook that is notified of another call first", async () => {
  // The first two are never answered: they end by what the test does.
  const slow = await serve((request, response, body) => body === "[1]" || flight(response, JSON.stringify(body)));
  const ends = async (strategy, end, options = {}) => {
    let calls = [];
    const aborted = [];
    const onError = (error, { id }) => id === 1 && aborted.push(calls[1].abort("mine"));
    const d = createDispatcher({ url: slow.url, hooks: { onError }, ...options });
    calls = ["a", "b"].map((lane) => d.call(ID, [1], { lane, key: "k", strategy }));
    const settled = Promise.allSettled(calls);
    const before = slow.requests.length;
    while (!options.fetch && slow.requests.length < before + 2) await new Promise((resolve) => setTimeout(resolve, 1));
    const more = end?.(d);
    await more;
    return [...(await settled).map(({ reason }) => [reason.code, reason.sent]), ...aborted];
  };
  try {
    assert.deepEqual(await ends("queue", (d) => d.close()), [["CLOSED", "unknown"], ["CLOSED", "unknown"], false]);
    const replace = (d) => d.call(ID, [2], { lane: "c", key: "k", strategy: "replace" });
    assert.deepEqual(await ends("queue", replace), [["REPLACED", "unknown"], ["REPLACED", "unknown"], false]);
    const fetch = async () => new Response('0:{"a":"$@1"}\n1:E{"digest":"1"}\n', { headers: { "content-type": "text/x-component" } });
    assert.deepEqual(await ends("join", undefined, { fetch }), [["ACTION_THREW", "yes"], ["ACTION_THREW", "yes"], false]);
  } finally {
    slow.close();
  }
});
