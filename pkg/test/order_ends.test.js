// Pins the order of all that a page sees of a call that fails or is sent again: each test compares the whole log.
import { before, test } from "node:test";
import { ready } from "../node.js";
import { APP, FLIGHT, Log, OPEN, THREW, VALUE } from "./order.js";
import { ID } from "./server.js";

// Loads the chunk of skew recovery first: its load would take an unknown time.
before(() => Promise.all([ready({ codec: true }), import("../lib/skew/lookup.js")]));

const TEXT = { "content-type": "text/plain" };
const HTML = { "content-type": "text/html" };
const cut = new Error("cut");

/** Tests one call "a", the steps of its end, and call "b" behind it in the lane. */
function testEnd(what, steps, expected, options) {
  test(`the order holds if ${what}`, async () => {
    const log = new Log();
    const d = log.dispatcher();
    let idle;
    await log.step("make", () => {
      log.call(d, "a", options);
      log.call(d, "b");
      idle = log.idle(d);
    });
    for (const [name, act] of Object.entries(steps)) await log.step(name, () => act(log.sent.a));
    await log.step("all of b", () => log.sent.b.whole());
    await idle;
    log.is(expected);
  });
}

const head = (a) => a.head();
const value = (a) => a.chunk(OPEN);

testEnd("fetch rejects", { "it rejects": (a) => a.fail(cut) }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> it rejects", "signal a AbortError", "onError a NETWORK", "before b",
  "a catch NETWORK sent unknown for cut (done, 1 pending)", "a no outcome", "a: done NETWORK", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
testEnd("fetch gives no Response", { "it gives": (a) => a.give({ ok: true }) }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> it gives", "signal a AbortError", "onError a INVALID_OPTION", "before b",
  "a catch INVALID_OPTION sent unknown for its status is no number (done, 1 pending)", "a no outcome", "a: done INVALID_OPTION",
  "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
testEnd("the body cannot be read", { "it gives": (a) => a.give({ status: 200, headers: new Headers(FLIGHT), body: {} }) }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> it gives", "after a 200", "signal a AbortError", "onError a INVALID_OPTION", "before b",
  "a catch INVALID_OPTION sent yes of 200 (done, 1 pending)", "a no outcome", "a: done INVALID_OPTION", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
testEnd("the body breaks off before the value", { head, "it breaks off": (a) => a.cut() }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> it breaks off", "signal a AbortError", "onError a NETWORK", "before b", "a catch NETWORK sent yes of 200 for cut (done, 1 pending)",
  "a no outcome", "a: done NETWORK", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
testEnd("the body breaks off after the value", { head, value, "it breaks off": (a) => a.cut() }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> value", "pull a 2", 'a then {"late":{}} (draining, 1 pending)', "a outcome", "a: draining ok", "b: running", "before b",
  "fetch b",
  "> it breaks off", "a late catch NETWORK sent yes", "signal a AbortError", "a: done ok",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
testEnd("the body ends before the value", { head, "it ends": (a) => a.end('0:{"a":"$@1"}\n') }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> it ends", "signal a AbortError", "onError a DECODE", "before b", "a catch DECODE sent yes of 200 (done, 1 pending)", "a no outcome",
  "a: done DECODE", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
testEnd("the body ends while a part of the value is open", { head, value, "it ends": (a) => a.end() }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> value", "pull a 2", 'a then {"late":{}} (draining, 1 pending)', "a outcome", "a: draining ok", "b: running", "before b",
  "fetch b",
  "> it ends", "a late catch DECODE sent yes", "a: done ok",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
testEnd("the body is no Flight, before the value", { head, nonsense: (a) => a.chunk("nonsense\n") }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> nonsense", "cancel a", "signal a AbortError", "onError a DECODE", "before b", "a catch DECODE sent yes of 200 (done, 1 pending)",
  "a no outcome", "a: done DECODE", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
testEnd("the body is no Flight, after the value", { head, value, nonsense: (a) => a.chunk("nonsense\n") }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> value", "pull a 2", 'a then {"late":{}} (draining, 1 pending)', "a outcome", "a: draining ok", "b: running", "before b",
  "fetch b",
  "> nonsense", "a late catch DECODE sent yes", "cancel a", "signal a AbortError", "a: done ok",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
testEnd("the action threw", { head: (a) => a.head({}, 500), "it threw": (a) => a.chunk(THREW), "the end": (a) => a.end() }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 500", "pull a 1",
  "> it threw", "onError a ACTION_THREW", "pull a 2", "a catch ACTION_THREW sent yes of 500 (draining, 1 pending)", "a no outcome",
  "a: draining ACTION_THREW", "b: running", "before b", "fetch b",
  "> the end", "a: done ACTION_THREW",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
testEnd("the answer is no action's, and has a text", { head: (a) => a.head(TEXT, 418), text: (a) => a.chunk("a teapot") }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 418", "pull a 1",
  "> text", "cancel a", "signal a AbortError", "onError a HTTP", "before b", "a catch HTTP sent yes of 418 (done, 1 pending)",
  "a no outcome", "a: done HTTP", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
testEnd("the answer is no action's, and has nothing to read", { head: (a) => a.head({ "content-type": "image/png" }, 500) }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 500", "signal a AbortError", "onError a HTTP", "before b", "a catch HTTP sent yes of 500 (done, 1 pending)",
  "a no outcome", "a: done HTTP", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
testEnd("the action is unknown, and is not searched for", {
  head: (a) => a.head({ ...TEXT, "x-nextjs-action-not-found": "1" }, 404),
}, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 404", "cancel a", "onError a ACTION_NOT_FOUND",
  "a catch ACTION_NOT_FOUND sent no of 404 (done, 1 pending)", "a no outcome", "a: done ACTION_NOT_FOUND", "b: running", "before b", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
], { skew: "fail" });
testEnd("the action is unknown, and the page as deployed now cannot be loaded", {
  head: (a) => a.head({ ...TEXT, "x-nextjs-action-not-found": "1" }, 404),
  "head of the page": (a) => a.head(HTML, 404),
}, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 404", "cancel a", "fetch a",
  "> head of the page", "cancel a", "onError a ACTION_NOT_FOUND",
  "a catch ACTION_NOT_FOUND sent no of 404 (done, 1 pending)", "a no outcome", "a: done ACTION_NOT_FOUND", "b: running", "before b", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);

const AGAIN = { retry: { limit: 1, delay: 0 }, idempotencyKey: true };
/** Resolves when the second attempt is sent, after a timer of 0 ms. */
const second = (log) => new Promise((resolve) => log.when("fetch a", resolve));

for (const [what, fail, expected] of [
  ["fetch rejects", (a) => a.fail(cut), [
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
    "> it fails", "signal a AbortError", "a: running to retry", "a: running 2", "before a 2", "fetch a",
    "> head", "after a 200", "pull a 1",
    "> the value", "pull a 2", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining 2 ok", "b: running", "before b",
    "fetch b",
    "> the end", "a: done 2 ok",
  ]],
  ["the server is busy, and says Retry-After", (a) => a.whole("busy", { ...TEXT, "retry-after": "0" }, 503), [
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
    "> it fails", "after a 503", "signal a AbortError", "a: running to retry", "a: running 2", "before a 2", "fetch a",
    "> head", "after a 200", "pull a 1",
    "> the value", "pull a 2", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining 2 ok", "b: running", "before b",
    "fetch b",
    "> the end", "a: done 2 ok",
  ]],
  ["the body breaks off", (a) => (a.head(), a.cut()), [
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
    "> it fails", "after a 200", "signal a AbortError", "a: running to retry", "a: running 2", "before a 2", "fetch a",
    "> head", "after a 200", "pull a 1",
    "> the value", "pull a 2", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining 2 ok", "b: running", "before b",
    "fetch b",
    "> the end", "a: done 2 ok",
  ]],
]) {
  test(`the order holds for a call that is sent again after a failure: ${what}`, async () => {
    const log = new Log();
    const d = log.dispatcher();
    await log.step("make", () => (log.call(d, "a", AGAIN), log.call(d, "b")));
    const sent = second(log);
    await log.step("it fails", () => fail(log.sent.a));
    await sent;
    await log.step("head", () => log.sent.a.head());
    await log.step("the value", () => log.sent.a.chunk(VALUE));
    await log.step("the end", () => log.sent.a.end());
    log.is(expected);
  });
}

/** Answers that the server does not know the action. The page as deployed now has it under another id. */
const unknown = (a) => a.whole("Server Action unavailable.", { ...TEXT, "x-nextjs-action-not-found": "1" }, 409);
const CHUNK = "_next/static/chunks/app.js";

test("an action that has another id in the page as deployed now is sent again", async () => {
  const log = new Log();
  const d = log.dispatcher();
  await log.step("make", () => (log.call(d, "a"), log.call(d, "b")));
  await log.step("a is unknown", () => unknown(log.sent.a));
  await log.step("the page", () => log.sent.a.whole(`<!DOCTYPE html><script src="/${CHUNK}" async=""></script>`, HTML));
  const script = `createServerReference)("${ID.replaceAll("0", "1")}",r.callServer,void 0,r.findSourceMapURL,"a")`;
  await log.step("its script", () => log.sent[CHUNK].whole(`(0,r.${script}`, { "content-type": "text/javascript" }));
  await log.step("all of a", () => log.sent.a.whole());
  log.is([
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
    "> a is unknown", "after a 409", "cancel a", "fetch a",
    "> the page", "fetch _next/static/chunks/app.js",
    "> its script", "a: running 2", "before a 2", "fetch a",
    "> all of a", "after a 200", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining 2 ok", "b: running", "before b",
    "fetch b", "a: done 2 ok",
  ]);
});

test("a call that skips the render is sent again without that if the page does not own the action", async () => {
  const log = new Log();
  const d = log.dispatcher();
  await log.step("make", () => (log.call(d, "a", { render: "skip" }), log.call(d, "b")));
  await log.step("a is unknown", () => unknown(log.sent.a));
  await log.step("all of a", () => log.sent.a.whole());
  log.is([
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
    "> a is unknown", "after a 409", "cancel a", "a: running 2", "before a 2", "fetch a",
    "> all of a", "after a 200", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining 2 ok", "b: running", "before b",
    "fetch b", "a: done 2 ok",
  ]);
});

test("a call that is sent again may fail again", async () => {
  const log = new Log();
  const d = log.dispatcher();
  await log.step("make", () => (log.call(d, "a", AGAIN), log.call(d, "b")));
  const sent = second(log);
  await log.step("it fails", () => log.sent.a.fail(cut));
  await sent;
  await log.step("it fails again", () => log.sent.a.whole("busy", TEXT, 503));
  log.is([
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
    "> it fails", "signal a AbortError", "a: running to retry", "a: running 2", "before a 2", "fetch a",
    "> it fails again", "after a 503", "signal a AbortError", "onError a HTTP", "before b",
    "a catch HTTP sent yes of 503 attempt 2 (done, 1 pending)", "a no outcome", "a: done 2 HTTP", "b: running", "fetch b",
  ]);
});

test("a call that waits for its retry can be aborted and closed", async () => {
  for (const [act, expected] of [
    [(call) => call.abort("why"), [
      "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
      "> it fails", "after a 503", "signal a AbortError", "a: running to retry",
      "> its end", "onError a ABORTED", "a catch ABORTED sent yes of 503 for why (done, 1 pending)", "a no outcome", "a: done ABORTED",
      "b: running", "before b", "fetch b",
    ]],
    [(_, d) => d.close(), [
      "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
      "> it fails", "after a 503", "signal a AbortError", "a: running to retry",
      "> its end", "onError a CLOSED", "onError b CLOSED", "a catch CLOSED sent yes of 503 (done, 0 pending)", "a no outcome",
      "a: done CLOSED", "b: done CLOSED", "b catch CLOSED sent no (done, 0 pending)", "b no outcome",
    ]],
  ]) {
    const log = new Log();
    const d = log.dispatcher();
    let call;
    await log.step("make", () => {
      call = log.call(d, "a", AGAIN);
      log.call(d, "b");
    });
    await log.step("it fails", () => log.sent.a.whole("busy", { ...TEXT, "retry-after": "10" }, 503));
    await log.step("its end", () => act(call, d));
    log.is(expected);
  }
});

test("an error in the page's own headers() or url() fails the call before anything is sent", async () => {
  const own = new Error("own");
  for (const [options, expected] of [
    [{ headers: () => { throw own; } }, [
      "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "b: running", "onError a INVALID_OPTION",
      "onError b INVALID_OPTION", "a catch INVALID_OPTION sent no for own (done, 0 pending)", "a no outcome",
      "a: done INVALID_OPTION", "b: done INVALID_OPTION", "b catch INVALID_OPTION sent no for own (done, 0 pending)",
      "b no outcome",
    ]],
    [{ headers: () => Promise.reject(own) }, [
      "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "b: running", "onError a INVALID_OPTION",
      "onError b INVALID_OPTION", "a catch INVALID_OPTION sent no for own (done, 0 pending)", "a no outcome",
      "a: done INVALID_OPTION", "b: done INVALID_OPTION", "b catch INVALID_OPTION sent no for own (done, 0 pending)",
      "b no outcome",
    ]],
    [{ url: () => { throw own; } }, [
      "> make", "onError a INVALID_OPTION", "made a", "made b", "a: done INVALID_OPTION", "b: waiting", "b: running",
      "a catch INVALID_OPTION sent no for own (done, 1 pending)", "a no outcome", "before b", "fetch b",
    ]],
  ]) {
    const log = new Log();
    const d = log.dispatcher(options);
    await log.step("make", () => (log.call(d, "a", { url: options.url ? undefined : APP }), log.call(d, "b", { lane: "other" })));
    log.is(expected);
  }
});

test("the order holds if fetch throws", async () => {
  const log = new Log();
  const d = log.dispatcher();
  log.when("fetch a", () => { throw cut; });
  await log.step("make", () => (log.call(d, "a"), log.call(d, "b")));
  log.is([
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a", "signal a AbortError",
    "onError a NETWORK", "before b", "a catch NETWORK sent unknown for cut (done, 1 pending)", "a no outcome", "a: done NETWORK",
    "b: running", "fetch b",
  ]);
});

test("a call that onError makes after a failed beforeRequest waits in its lane", async () => {
  const log = new Log();
  const d = log.dispatcher();
  log.when("before a", () => Promise.reject(new Error("own")));
  log.when("onError a INVALID_OPTION", () => void log.call(d, "inner"));
  await log.step("make", () => (log.call(d, "a"), log.call(d, "b")));
  await log.step("all of b", () => log.sent.b.whole());
  await log.step("all of inner", () => log.sent.inner.whole());
  log.is([
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "onError a INVALID_OPTION", "made inner",
    "before b", "a catch INVALID_OPTION sent no for own (done, 2 pending)", "a no outcome", "a: done INVALID_OPTION",
    "b: running", "inner: waiting", "fetch b",
    "> all of b", "after b 200", 'b then "v" (draining, 1 pending)', "b outcome", "b: draining ok", "inner: running",
    "before inner", "fetch inner", "b: done ok",
    "> all of inner", "after inner 200", 'inner then "v" (draining, 0 pending)', "inner outcome", "inner: draining ok",
    "inner: done ok",
  ]);
});

test("a fetch() of an action fails as the page's fetch would, and its lane goes on", async () => {
  const log = new Log();
  const d = log.dispatcher();
  const controller = log.signal();
  const post = (name, more) => {
    log.follow(d, name, d.fetch(APP + name, { method: "POST", headers: { "next-action": ID }, body: "[]", ...more }));
  };
  await log.step("make", () => {
    post("f");
    post("g");
    post("waits", { signal: controller.signal });
    log.call(d, "a");
  });
  await log.step("the one that waits is aborted", () => controller.abort("why"));
  await log.step("f rejects", () => log.sent.f.fail(cut));
  // `cancel()` aborts it, not a signal of its own: versions of Node.js differ in when the signals of
  // `AbortSignal.any` abort.
  await log.step("g is cancelled", () => d.cancel({ state: "running" }, "why"));
  log.is([
    "> make", "listens", "made a", "#1: waiting", "#1: running", "#2: waiting", "#3: waiting", "a: waiting", "fetch f",
    "> the one that waits is aborted", "listens no more", "waits catch why (3 pending)", "#3: done ABORTED",
    "> f rejects", "signal f AbortError", "fetch g", "f catch cut (2 pending)", "#1: done NETWORK", "#2: running",
    "> g is cancelled", "signal g why", "before a", "g catch why (1 pending)", "#2: done ABORTED", "a: running", "fetch a",
  ]);
});
