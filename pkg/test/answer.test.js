// Answers of a server, as a dispatcher hands them on: redirects, refreshes, rendered pages, and answers of no
// action.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDispatcher, isActionError } from "../node.js";
import { ID, over, serve } from "./server.js";

// Answers of the server, set by each test: `[status, headers, body]`. The last one is repeated.
let answers = [];
let server;
before(async () => {
  server = await serve((_request, response) => {
    const [status, headers, body] = answers.length > 1 ? answers.shift() : answers[0];
    response.writeHead(status, { "content-type": "text/x-component", ...headers });
    response.end(body);
  });
});
after(() => server.close());

const VALUE = '0:{"a":"$@1","q":"","i":false}\n1:"value"\n';
const PAGE = '0:{"a":"$@1","t":{"s":"","d":{"r":["$","p",null,{"children":"$L2"}]}},"q":"?x=1","i":false,"b":"dev"}\n1:"value"\n2:"late"\n';

/** A host that records its calls in `hostCalls`. */
function host() {
  const hostCalls = [];
  return { hostCalls, redirect: (url, type) => hostCalls.push([url, type]), refresh: (kind) => hostCalls.push(["refresh", kind]) };
}

test("a redirect goes through the host, with its URL resolved, and the call gives undefined", async () => {
  const page = host();
  const d = createDispatcher({ url: `${server.url}shop/cart`, host: page, basePath: "/shop" });
  for (const [header, url, type] of [
    ["/done?x=1;y;push", "shop/done?x=1;y", "push"],
    ["./done#end;replace", "shop/cart/done#end", "replace"],
    ["/next-14", "shop/next-14", undefined],
    [`${"/a".repeat(3000)};push`, `shop${"/a".repeat(3000)}`, "push"],
  ]) {
    answers = [[200, { "x-action-redirect": header }, ""]];
    const call = d.call(ID);
    assert.equal(await call, undefined);
    const expected = { url: server.url + url, ...(type && { type }), followed: true };
    assert.deepEqual((await call.outcome).redirect, expected);
    assert.deepEqual(page.hostCalls.pop(), [server.url + url, type]);
  }
  answers = [[303, { "x-action-redirect": "https://pay.example/;push" }, ""]];
  await d.call(ID);
  assert.deepEqual(page.hostCalls.pop(), ["https://pay.example/", "push"]);
});

test("a redirect that the server reports as an error is followed (Next 14, a URL with a semicolon)", async () => {
  const page = host();
  const d = createDispatcher({ url: server.url, host: page });
  const threw = (url) => [500, {}, `0:["$@1",["dev",null]]\n1:E{"digest":"NEXT_REDIRECT;replace;${url};303;"}\n`];
  answers = [threw("/done?a=1;b=2")];
  const call = d.call(ID);
  assert.equal(await call, undefined);
  assert.deepEqual((await call.outcome).redirect, { url: `${server.url}done?a=1;b=2`, followed: true });
  assert.deepEqual(page.hostCalls, [[`${server.url}done?a=1;b=2`, undefined]]);
  answers = [threw("javascript:alert(1)")];
  await assert.rejects(d.call(ID), ({ code, status, outcome }) => code === "REDIRECT_BLOCKED" && status === 500 && !outcome.redirect.followed);
  assert.equal(page.hostCalls.length, 1);
});

test("data that a redirect made stale is refreshed, also by a host whose redirect is missing or throws", async () => {
  answers = [[200, { "x-action-redirect": "/done;push", "x-action-revalidated": "1" }, ""]];
  for (const [redirects, expected] of [
    [undefined, [["refresh", "all"]]],
    [() => {}, [["refresh", "all"]]],
    [() => { throw new Error("of the page's own"); }, [["refresh", "all"]]],
  ]) {
    const hostCalls = [];
    const own = { ...(redirects && { redirect: redirects }), refresh: (kind) => hostCalls.push(["refresh", kind]) };
    const { error } = console;
    console.error = () => {};
    await createDispatcher({ url: server.url, host: own }).call(ID).finally(() => (console.error = error));
    assert.deepEqual(hostCalls, expected, String(redirects));
  }
});

test("a redirect's URL is read as UTF-8, which is how the server writes it", async () => {
  const page = host();
  const d = createDispatcher({ url: server.url, host: page });
  answers = [[200, { "x-action-redirect": `${Buffer.from("/ziel?q=é").toString("latin1")};push` }, ""]];
  await d.call(ID);
  assert.deepEqual(page.hostCalls, [[`${server.url}ziel?q=%C3%A9`, "push"]]);
});

test("a redirect to a script, to data, to another host without a scheme, or to no address at all is blocked", async () => {
  const page = host();
  const d = createDispatcher({ url: server.url, host: page });
  for (const header of ["javascript:alert(1);push", "data:text/html,x;push", "//evil.example/;push", "/\\evil.example;push", "http://[;push"]) {
    answers = [[200, { "x-action-redirect": header }, ""]];
    const call = d.call(ID);
    await assert.rejects(call, (error) => isActionError(error) && error.code === "REDIRECT_BLOCKED" && error.sent === "yes", header);
    const { outcome } = await call.catch((error) => error);
    assert.deepEqual(outcome.redirect.followed, false);
  }
  assert.deepEqual(page.hostCalls, []);
});

test("a redirect may be left to Next's own router", async () => {
  const page = host();
  const d = createDispatcher({ url: server.url, host: page, redirect: "throw" });
  answers = [[200, { "x-action-redirect": "/done;replace" }, ""]];
  const error = await d.call(ID).catch((error) => error);
  assert.deepEqual([error.message, error.digest], ["NEXT_REDIRECT", `NEXT_REDIRECT;replace;${server.url}done;307;`]);
  assert.equal(isActionError(error), false);
  assert.equal(error.outcome.redirect.url, `${server.url}done`);
  assert.equal(await d.call(ID, [], { redirect: "follow" }), undefined);
  assert.deepEqual(page.hostCalls, [[`${server.url}done`, "replace"]]);
});

test("without a host a redirect is only reported", async () => {
  const d = createDispatcher({ url: server.url, host: "none" });
  answers = [[200, { "x-action-redirect": "/done;push", "x-action-revalidated": "1" }, ""]];
  const call = d.call(ID);
  assert.equal(await call, undefined);
  assert.deepEqual((await call.outcome).redirect, { url: `${server.url}done`, type: "push", followed: false });
});

test("a burst of calls that revalidate refreshes once, before the last of them settles", async () => {
  const page = host();
  const d = createDispatcher({ url: server.url, host: page });
  answers = [[200, { "x-action-revalidated": "2" }, VALUE]];
  const order = [];
  const calls = Array.from({ length: 10 }, () => d.call(ID, [], { lane: "parallel" }));
  await Promise.all(calls.map((call) => call.then(() => order.push(page.hostCalls.length))));
  assert.deepEqual(page.hostCalls, [["refresh", "dynamic"]]);
  assert.equal(order.at(-1), 1);
  answers = [[200, { "x-action-revalidated": "garbage" }, VALUE]];
  await d.call(ID);
  assert.equal(page.hostCalls.length, 1);
});

test("an action that revalidated and then threw refreshes the page, where only the body shows it (Next up to 15.0)", async () => {
  const page = host();
  const d = createDispatcher({ url: server.url, host: page });
  answers = [[500, {}, '0:{"a":"$@1","f":[["",{}]],"b":"dev"}\n1:E{"digest":"7"}\n']];
  await assert.rejects(d.call(ID), ({ code, outcome }) => code === "ACTION_THREW" && outcome.rendered);
  assert.deepEqual(page.hostCalls, [["refresh", "all"]]);
});

test("an error that the page's own host throws changes nothing for the call", async () => {
  const reported = [];
  const { error } = console;
  console.error = (error) => reported.push(error);
  try {
    const fails = () => { throw new Error("the page's own"); };
    const d = createDispatcher({ url: server.url, host: { redirect: fails, refresh: fails } });
    answers = [[200, { "x-action-revalidated": "1" }, VALUE]];
    assert.equal(await d.call(ID), "value");
    answers = [[200, { "x-action-redirect": "/done;push" }, ""]];
    const call = d.call(ID);
    assert.equal(await call, undefined);
    assert.equal((await call.outcome).redirect.followed, false);
  } finally {
    console.error = error;
  }
  assert.deepEqual(reported.map(({ message }) => message), ["the page's own", "the page's own"]);
});

test("the host may call, abort and close from inside its functions", async () => {
  answers = [[200, { "x-action-revalidated": "1" }, VALUE]];
  let inside = 0;
  const d = createDispatcher({
    url: server.url,
    host: {
      refresh() {
        if (inside++ > 0) return;
        d.call(ID).catch(() => {});
        const given = d.call(ID);
        given.catch(() => {});
        given.abort();
        d.lane("main").pause();
        d.lane("main").resume();
      },
    },
  });
  assert.equal(await d.call(ID), "value");
  await d.idle();
  const closing = createDispatcher({ url: server.url, host: { refresh: () => closing.close() } });
  await closing.call(ID).catch(({ code }) => assert.equal(code, "CLOSED"));
});

test("the page inside an answer is given on request, in every shape of row 0", async () => {
  const d = createDispatcher({ url: server.url, host: "none" });
  const data = (body, headers = { "x-action-revalidated": "1" }) => {
    answers = [[200, headers, body]];
    const call = d.call(ID);
    return call.outcome;
  };
  let outcome = await data(PAGE);
  assert.equal(outcome.rendered, true);
  let page = await outcome.payload;
  assert.deepEqual([page.buildId, page.search, page.intercepted, page.data.d.r.type], ["dev", "?x=1", false, "p"]);
  assert.equal(outcome.payload, outcome.payload);
  outcome = await data('0:{"a":"$@1","f":[["",{},"$L2"]],"b":"dev"}\n1:"value"\n2:"x"\n', { "x-action-revalidated": "[[],1,0]" });
  assert.deepEqual([outcome.rendered, (await outcome.payload).data.length, outcome.value], [true, 1, "value"]);
  outcome = await data('0:["$@1",["dev",[["children"]]]]\n1:"value"\n', { "x-action-revalidated": "[[],0,1]" });
  assert.deepEqual([outcome.rendered, await outcome.payload], [true, { data: [["children"]], buildId: "dev" }]);
  for (const none of ['0:{"a":"$@1","f":"","b":"dev"}\n1:"value"\n', '0:["$@1",["dev",null]]\n1:"value"\n', VALUE]) {
    outcome = await data(none);
    assert.deepEqual([outcome.rendered, await outcome.payload], [false, undefined]);
  }
  for (const mark of ["", "#", "~"]) {
    outcome = await data(`${mark}0:{"t":{"s":"target"},"q":"","i":false,"S":false,"b":"dev"}\n`, { "x-action-redirect": "/done;push" });
    assert.deepEqual((await outcome.payload).data, { s: "target" });
  }
  assert.deepEqual(await (await data('0:["dev",[["children"]]]\n', { "x-action-redirect": "/done" })).payload, { data: [["children"]], buildId: "dev" });
});

test("an answer whose row 0 is missing, doubled or of another shape fails with DECODE", async () => {
  const d = createDispatcher({ url: server.url });
  for (const body of ["", "1:5\n", "0:5\n", "0:{}\n", "0:[]\n", '0:{"a":"$@1"}\n0:{"a":"$@1"}\n1:5\n', '0:{"b":"dev"}\n', '0:"$1"\n1:5\n']) {
    answers = [[200, { "x-action-revalidated": "1" }, body]];
    await assert.rejects(d.call(ID, [], { timeout: 5_000 }), ({ code, sent }) => code === "DECODE" && sent === "yes", JSON.stringify(body));
  }
});

test("a response that is no answer to an action fails with the code that says why", async () => {
  const d = createDispatcher({ url: server.url });
  const html = { "content-type": "text/html" };
  for (const [code, answer] of [
    ["NOT_FLIGHT", [200, html, "<h1>Welcome</h1>"]],
    ["HTTP", [502, html, "<h1>Bad Gateway</h1>"]],
    ["NOT_FLIGHT", [200, { "content-type": "application/json" }, "{}"]],
  ]) {
    answers = [answer];
    await assert.rejects(d.call(ID), (error) => error.code === code && error.excerpt === answer[2]);
  }
  const empty = createDispatcher({ url: server.url, fetch: async () => new Response(null, { status: 204 }) });
  await assert.rejects(empty.call(ID), ({ code }) => code === "NOT_FLIGHT");
  const opaque = createDispatcher({ url: server.url, fetch: (url, init) => fetch(url, { ...init, redirect: "manual" }) });
  answers = [[307, { location: "/login", "content-type": "text/plain" }, ""]];
  await assert.rejects(opaque.call(ID), ({ code }) => code === "NOT_FLIGHT" || code === "HTTP");
});

test("an answer after a followed redirect is reported with the URL it led to", async () => {
  const d = createDispatcher({ url: server.url });
  answers = [[303, { location: "/login", "content-type": "text/plain" }, ""], [200, { "content-type": "text/html" }, "<h1>Log in</h1>"]];
  const error = await d.call(ID).catch((error) => error);
  assert.equal(error.code, "NOT_FLIGHT");
  assert.match(error.message, /^action 7f000000: the request was redirected to http:.*\/login, which gave status 200 with text\/html/);
  assert.equal(error.outcome.url, `${server.url}login`);
});

test("a skipped render is requested by a header, and resent without it if the page does not own the action", async () => {
  const d = createDispatcher({ url: server.url, skew: "fail" });
  const unknown = [409, { "content-type": "text/plain", "x-nextjs-action-not-found": "1" }, "Server Action unavailable."];
  const asked = () => server.requests.splice(0).map(({ headers }) => headers["x-action-forwarded"]);
  asked();
  answers = [[200, {}, VALUE]];
  await d.call(ID, [], { render: "skip" });
  assert.deepEqual(asked(), ["1"]);
  answers = [unknown, [200, {}, VALUE]];
  const call = d.call(ID, [], { render: "skip" });
  assert.deepEqual([await call, (await call.outcome).attempts, asked()], ["value", 2, ["1", undefined]]);
  answers = [unknown];
  await assert.rejects(d.call(ID, [], { render: "skip" }), ({ code, sent }) => code === "ACTION_NOT_FOUND" && sent === "no");
  assert.deepEqual(asked(), ["1", undefined]);
});

test("a call of an unknown action keeps its arguments for another try", async () => {
  const d = createDispatcher({ url: server.url });
  answers = [[409, { "content-type": "text/plain", "x-nextjs-action-not-found": "1" }, "Server Action unavailable."], [200, {}, VALUE]];
  const error = await d.call(ID, ["kept"]).catch((error) => error);
  assert.equal(error.code, "ACTION_NOT_FOUND");
  assert.equal(JSON.stringify(error).includes("kept"), false);
  assert.equal(await error.retry(), "value");
  assert.equal(server.requests.at(-1).body, '["kept"]');
});

test("options of answers that make no sense are refused", async () => {
  for (const wrong of [
    { host: "window" }, { host: 5 }, { host: { navigate() {} } }, { host: { redirect: 5 } }, { redirect: "ignore" }, { render: true },
    { skew: "retry" }, { basePath: "shop" }, { basePath: "/shop/" }, { basePath: "/shop?x" },
  ]) {
    assert.throws(() => createDispatcher(wrong), ({ code }) => code === "INVALID_OPTION", JSON.stringify(wrong));
  }
  const d = createDispatcher({ url: server.url });
  await assert.rejects(d.call(ID, [], { host: "none" }), ({ code }) => code === "INVALID_OPTION");
});

test("the bytes after a plain value are bounded too, and the rest is cancelled", async (t) => {
  let cancelled = 0;
  const endless = () => new ReadableStream({
    start: (stream) => stream.enqueue(new TextEncoder().encode('0:{"a":"$@1"}\n1:"v"\n')),
    pull: (stream) => stream.enqueue(new TextEncoder().encode(`2:"${"x".repeat(1000)}"\n`.repeat(10))),
    cancel: () => void cancelled++,
  });
  const fetch = async () => new Response(endless(), { headers: { "content-type": "text/x-component" } });
  const d = createDispatcher({ url: "http://localhost/", fetch, limits: { maxBytes: 100_000 } });
  t.after(() => d.close());
  const call = d.call(ID);
  assert.equal(await call, "v");
  await over(call);
  assert.equal(cancelled, 1);
});

test("a body may give its chunks in one buffer that it fills again", async () => {
  const whole = new TextEncoder().encode('0:{"a":"$@1"}\n1:{"one":"x","two":["y","z"]}\n');
  async function* pieces() {
    const buffer = new Uint8Array(7);
    for (let at = 0; at < whole.length; at += 7) {
      const piece = whole.subarray(at, at + 7);
      buffer.set(piece);
      yield buffer.subarray(0, piece.length);
    }
  }
  const headers = new Headers({ "content-type": "text/x-component" });
  const d = createDispatcher({ url: "http://localhost/", fetch: async () => ({ status: 200, headers, body: pieces() }) });
  assert.deepEqual(await d.call(ID), { one: "x", two: ["y", "z"] });
});
