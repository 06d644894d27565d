// Pins the order of all that a page sees of a call that fails, is sent again, or gives way to another: each test compares the whole log.
import { before, test } from "node:test";
import { ready } from "../node.js";
import { APP, FLIGHT, LATE, Log, OPEN, THREW, VALUE } from "./order.js";
import { ID } from "./server.js";

before(() => ready());

const TEXT = { "content-type": "text/plain" };
const cut = new Error("cut");

/** One call, the steps of its end, and the next call of its lane. */
function ends(what, steps, expected, options) {
  test(what, async () => {
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

ends("fetch rejects", { "it rejects": (a) => a.fail(cut) }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> it rejects", "signal a AbortError", "onError a NETWORK", "before b",
  "a catch NETWORK sent unknown for cut (done, 1 pending)", "a no outcome", "a: done NETWORK", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
ends("fetch gives no Response", { "it gives": (a) => a.give({ ok: true }) }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> it gives", "signal a AbortError", "onError a INVALID_OPTION", "before b",
  "a catch INVALID_OPTION sent unknown for its status is no number (done, 1 pending)", "a no outcome", "a: done INVALID_OPTION",
  "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
ends("the body cannot be read", { "it gives": (a) => a.give({ status: 200, headers: new Headers(FLIGHT), body: {} }) }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> it gives", "after a 200", "signal a AbortError", "onError a INVALID_OPTION", "before b",
  "a catch INVALID_OPTION sent yes (done, 1 pending)", "a no outcome", "a: done INVALID_OPTION", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
ends("the body breaks off before the value", { head, "it breaks off": (a) => a.cut() }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> it breaks off", "signal a AbortError", "onError a NETWORK", "before b", "a catch NETWORK sent yes for cut (done, 1 pending)",
  "a no outcome", "a: done NETWORK", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
ends("the body breaks off after the value", { head, value, "it breaks off": (a) => a.cut() }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> value", "pull a 2", 'a then {"late":{}} (draining, 1 pending)', "a outcome", "a: draining ok", "b: running", "before b",
  "fetch b",
  "> it breaks off", "signal a AbortError", "a late catch NETWORK sent yes", "a: done ok",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
ends("the body ends before the value", { head, "it ends": (a) => a.end('0:{"a":"$@1"}\n') }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> it ends", "signal a AbortError", "onError a DECODE", "before b", "a catch DECODE sent yes (done, 1 pending)", "a no outcome",
  "a: done DECODE", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
ends("the body ends while a part of the value is open", { head, value, "it ends": (a) => a.end() }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> value", "pull a 2", 'a then {"late":{}} (draining, 1 pending)', "a outcome", "a: draining ok", "b: running", "before b",
  "fetch b",
  "> it ends", "a late catch DECODE sent yes", "a: done ok",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
ends("the body is no Flight, before the value", { head, nonsense: (a) => a.chunk("nonsense\n") }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> nonsense", "cancel a", "signal a AbortError", "onError a DECODE", "before b", "a catch DECODE sent yes (done, 1 pending)",
  "a no outcome", "a: done DECODE", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
ends("the body is no Flight, after the value", { head, value, nonsense: (a) => a.chunk("nonsense\n") }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> value", "pull a 2", 'a then {"late":{}} (draining, 1 pending)', "a outcome", "a: draining ok", "b: running", "before b",
  "fetch b",
  "> nonsense", "cancel a", "signal a AbortError", "a late catch DECODE sent yes", "a: done ok",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
ends("the action threw", { head: (a) => a.head({}, 500), "it threw": (a) => a.chunk(THREW), "the end": (a) => a.end() }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 500", "pull a 1",
  "> it threw", "onError a ACTION_THREW", "pull a 2", "a catch ACTION_THREW sent yes (draining, 1 pending)", "a no outcome",
  "a: draining ACTION_THREW", "b: running", "before b", "fetch b",
  "> the end", "a: done ACTION_THREW",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
ends("an answer that is no action's, with its text", { head: (a) => a.head(TEXT, 418), text: (a) => a.chunk("a teapot") }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 418", "pull a 1",
  "> text", "cancel a", "signal a AbortError", "onError a HTTP", "before b", "a catch HTTP sent yes (done, 1 pending)",
  "a no outcome", "a: done HTTP", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
ends("an answer that is no action's, with nothing to read", { head: (a) => a.head({ "content-type": "image/png" }, 500) }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 500", "signal a AbortError", "onError a HTTP", "before b", "a catch HTTP sent yes (done, 1 pending)",
  "a no outcome", "a: done HTTP", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);
ends("the action is unknown, and left at that", {
  head: (a) => a.head({ ...TEXT, "x-nextjs-action-not-found": "1" }, 404),
}, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 404", "cancel a", "onError a ACTION_NOT_FOUND", "before b",
  "a catch ACTION_NOT_FOUND sent no (done, 1 pending)", "a no outcome", "a: done ACTION_NOT_FOUND", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
], { skew: "fail" });
ends("the action is unknown, and the page as deployed now cannot be had", {
  head: (a) => a.head({ ...TEXT, "x-nextjs-action-not-found": "1" }, 404),
  "head of the page": (a) => a.head({ "content-type": "text/html" }, 404),
}, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 404", "cancel a", "fetch a",
  "> head of the page", "cancel a", "onError a ACTION_NOT_FOUND", "before b",
  "a catch ACTION_NOT_FOUND sent no (done, 1 pending)", "a no outcome", "a: done ACTION_NOT_FOUND", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "idle (0 pending)",
]);

const AGAIN = { retry: { limit: 1, delay: 0 }, idempotencyKey: true };
/** The second attempt is under way once a timer of 0 ms has rung. */
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
  ["busy, with Retry-After", (a) => a.whole("busy", { ...TEXT, "retry-after": "0" }, 503), [
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
  test(`sent again: ${what}`, async () => {
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

test("sent again, and failed again", async () => {
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
    "a catch HTTP sent yes attempt 2 (done, 1 pending)", "a no outcome", "a: done 2 HTTP", "b: running", "fetch b",
  ]);
});

test("given up, and closed, while it waits to be sent again", async () => {
  for (const [act, expected] of [
    [(call) => call.abort("why"), [
      "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
      "> it fails", "after a 503", "signal a AbortError", "a: running to retry",
      "> its end", "onError a ABORTED", "a catch ABORTED sent yes for why (done, 1 pending)", "a no outcome", "a: done ABORTED",
      "b: running", "before b", "fetch b",
    ]],
    [(_, d) => d.close(), [
      "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
      "> it fails", "after a 503", "signal a AbortError", "a: running to retry",
      "> its end", "onError a CLOSED", "onError b CLOSED", "a catch CLOSED sent yes (done, 0 pending)", "a no outcome",
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

test("what of the page's own fails before anything is sent", async () => {
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

test("beforeRequest fails, then a call that onError makes", async () => {
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

test("fetch fails as the page's would, and its lane goes on", async () => {
  const log = new Log();
  const d = log.dispatcher();
  const controller = log.signal();
  const post = (name, more) => {
    const { signal } = controller;
    log.follow(d, name, d.fetch(APP + name, { method: "POST", headers: { "next-action": ID }, body: "[]", ...(more && { signal }) }));
  };
  await log.step("make", () => (post("f"), post("g", true), log.call(d, "a")));
  await log.step("f rejects", () => log.sent.f.fail(cut));
  await log.step("g is aborted", () => controller.abort("why"));
  log.is([
    "> make", "listens", "made a", "#1: waiting", "#1: running", "#2: waiting", "a: waiting", "fetch f",
    "> f rejects", "signal f AbortError", "fetch g", "f catch cut (2 pending)", "#1: done NETWORK", "#2: running",
    "> g is aborted", "signal g why", "listens no more", "before a", "g catch why (1 pending)", "#2: done ABORTED", "a: running",
    "fetch a",
  ]);
});

// Strategies.

/** Calls of one address and with one argument, so that they are equal. */
const same = (log, d, name, options) => log.call(d, name, { url: `${APP}same`, ...options }, ["same"]);

function joined(what, act, expected) {
  test(`joined: ${what}`, async () => {
    const log = new Log();
    const d = log.dispatcher();
    const calls = {};
    await log.step("make", () => {
      for (const name of ["leader", "one", "two"]) calls[name] = same(log, d, name, { strategy: "join" });
      log.call(d, "b");
    });
    await log.step("head", () => log.sent.same.head());
    await act(log, calls);
    log.is(expected);
  });
}

const answered = async (log) => {
  await log.step("the value", () => log.sent.same.chunk(OPEN));
  await log.step("the end", () => log.sent.same.end(LATE));
};
joined("answered", answered, [
  "> make", "made leader", "made one", "made two", "made b", "leader: waiting", "leader: running", "one: running", "two: running",
  "b: waiting", "before leader", "fetch same",
  "> head", "after leader 200", "pull same 1",
  "> the value", "pull same 2", 'leader then {"late":{}} (draining, 1 pending)', "leader outcome", "leader: draining ok",
  "one: done ok", "two: done ok", "b: running", 'one then {"late":{}} (done, 1 pending)', "one outcome",
  'two then {"late":{}} (done, 1 pending)', "two outcome", "before b", "fetch b",
  "> the end", "leader late late", "one late late", "two late late", "leader: done ok",
]);
joined("the leader is given up", async (log, { leader }) => {
  await log.step("the leader is given up", () => leader.abort("why"));
  await answered(log);
}, [
  "> make", "made leader", "made one", "made two", "made b", "leader: waiting", "leader: running", "one: running", "two: running",
  "b: waiting", "before leader", "fetch same",
  "> head", "after leader 200", "pull same 1",
  "> the leader is given up", "onError leader ABORTED", "leader catch ABORTED sent yes for why (draining, 3 pending)",
  "leader no outcome", "leader: draining ABORTED",
  "> the value", "pull same 2", "leader: draining ABORTED", "one: done ok", "two: done ok", "b: running",
  'one then {"late":{}} (done, 1 pending)', "one outcome", 'two then {"late":{}} (done, 1 pending)', "two outcome", "before b",
  "fetch b",
  "> the end", "one late late", "two late late", "leader: done ABORTED",
]);
joined("a follower is given up", async (log, { one }) => {
  await log.step("one is given up", () => one.abort("why"));
  await answered(log);
}, [
  "> make", "made leader", "made one", "made two", "made b", "leader: waiting", "leader: running", "one: running", "two: running",
  "b: waiting", "before leader", "fetch same",
  "> head", "after leader 200", "pull same 1",
  "> one is given up", "onError one ABORTED", "one catch ABORTED sent yes for why (done, 3 pending)", "one no outcome",
  "one: done ABORTED",
  "> the value", "pull same 2", 'leader then {"late":{}} (draining, 1 pending)', "leader outcome", "leader: draining ok",
  "two: done ok", "b: running", 'two then {"late":{}} (done, 1 pending)', "two outcome", "before b", "fetch b",
  "> the end", "leader late late", "two late late", "leader: done ok",
]);
joined("all are given up", async (log, calls) => {
  await log.step("all are given up", () => Object.values(calls).forEach((call) => call.abort("why")));
}, [
  "> make", "made leader", "made one", "made two", "made b", "leader: waiting", "leader: running", "one: running", "two: running",
  "b: waiting", "before leader", "fetch same",
  "> head", "after leader 200", "pull same 1",
  "> all are given up", "onError leader ABORTED", "onError one ABORTED", "onError two ABORTED", "signal same AbortError",
  "leader catch ABORTED sent yes for why (done, 1 pending)", "leader no outcome", "leader: draining ABORTED", "one: done ABORTED",
  "two: done ABORTED", "leader: done ABORTED", "b: running", "one catch ABORTED sent yes for why (done, 1 pending)",
  "one no outcome", "two catch ABORTED sent yes for why (done, 1 pending)", "two no outcome", "cancel same", "before b",
  "fetch b",
]);
joined("the leader is given up after the value", async (log, { leader }) => {
  await log.step("the value", () => log.sent.same.chunk(OPEN));
  await log.step("the leader is given up", () => leader.abort("why"));
}, [
  "> make", "made leader", "made one", "made two", "made b", "leader: waiting", "leader: running", "one: running", "two: running",
  "b: waiting", "before leader", "fetch same",
  "> head", "after leader 200", "pull same 1",
  "> the value", "pull same 2", 'leader then {"late":{}} (draining, 1 pending)', "leader outcome", "leader: draining ok",
  "one: done ok", "two: done ok", "b: running", 'one then {"late":{}} (done, 1 pending)', "one outcome",
  'two then {"late":{}} (done, 1 pending)', "two outcome", "before b", "fetch b",
  "> the leader is given up", "signal same why", "cancel same", "leader: done ok", "leader late catch ABORTED sent yes",
  "one late catch ABORTED sent yes", "two late catch ABORTED sent yes",
]);
joined("it fails", (log) => log.step("it breaks off", () => log.sent.same.cut()), [
  "> make", "made leader", "made one", "made two", "made b", "leader: waiting", "leader: running", "one: running", "two: running",
  "b: waiting", "before leader", "fetch same",
  "> head", "after leader 200", "pull same 1",
  "> it breaks off", "signal same AbortError", "onError leader NETWORK", "onError one NETWORK", "onError two NETWORK", "before b",
  "leader catch NETWORK sent yes for cut (done, 1 pending)", "leader no outcome",
  "one catch NETWORK sent yes for cut (done, 1 pending)", "one no outcome", "one: done NETWORK", "two: done NETWORK",
  "leader: done NETWORK", "b: running", "two catch NETWORK sent yes for cut (done, 1 pending)", "two no outcome", "fetch b",
]);

for (const [strategy, expected] of [
  ["replace", [
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
    "> one more", "signal a AbortError", "onError a REPLACED", "onError b REPLACED", "made c", "before c",
    "a catch REPLACED sent unknown (done, 1 pending)", "a no outcome", "a: done REPLACED", "b: done REPLACED", "c: waiting",
    "c: running", "b catch REPLACED sent no (done, 1 pending)", "b no outcome", "fetch c",
    "> all of a",
  ]],
  ["drop", [
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
    "> one more", "onError c DROPPED", "made c", "c: done DROPPED", "c catch DROPPED sent no (done, 2 pending)", "c no outcome",
    "> all of a", "after a 200", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining ok", "b: running", "before b",
    "fetch b", "a: done ok",
  ]],
  ["queue last", [
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
    "> one more", "onError b REPLACED", "made c", "b catch REPLACED sent no (done, 2 pending)", "b no outcome",
    "b: done REPLACED", "c: waiting",
    "> all of a", "after a 200", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining ok", "c: running", "before c",
    "fetch c", "a: done ok",
  ]],
]) {
  test(`strategy: "${strategy}", beside one that runs and one that waits`, async () => {
    const log = new Log();
    const d = log.dispatcher();
    const options = { key: "k" };
    await log.step("make", () => (log.call(d, "a", options), log.call(d, "b", options)));
    await log.step("one more", () => log.call(d, "c", { ...options, strategy }));
    await log.step("all of a", () => log.sent.a.whole());
    log.is(expected);
  });
}

test('strategy: "replace", beside one that drains', async () => {
  const log = new Log();
  const d = log.dispatcher();
  await log.step("make", () => log.call(d, "a", { key: "k" }));
  await log.step("head", () => log.sent.a.head());
  await log.step("the value", () => log.sent.a.chunk(OPEN));
  await log.step("one more", () => log.call(d, "b", { key: "k", strategy: "replace" }));
  log.is([
    "> make", "made a", "a: waiting", "a: running", "before a", "fetch a",
    "> head", "after a 200", "pull a 1",
    "> the value", "pull a 2", 'a then {"late":{}} (draining, 0 pending)', "a outcome", "a: draining ok",
    "> one more", "made b", "b: waiting", "b: running", "before b", "fetch b",
  ]);
});

test("pause, clear and resume", async () => {
  const log = new Log();
  const d = log.dispatcher();
  await log.step("make", () => ["a", "b", "c"].forEach((name) => log.call(d, name)));
  await log.step("pause", () => d.pause());
  await log.step("all of a", () => log.sent.a.whole());
  await log.step("clear", () => d.lane("main").clear("why"));
  await log.step("make", () => log.call(d, "d"));
  await log.step("resume", () => d.resume());
  log.is([
    "> make", "made a", "made b", "made c", "a: waiting", "a: running", "b: waiting", "c: waiting", "before a", "fetch a",
    "> pause",
    "> all of a", "after a 200", 'a then "v" (draining, 2 pending)', "a outcome", "a: draining ok", "a: done ok",
    "> clear", "onError b CLEARED", "onError c CLEARED", "b catch CLEARED sent no for why (done, 0 pending)", "b no outcome",
    "b: done CLEARED", "c: done CLEARED", "c catch CLEARED sent no for why (done, 0 pending)", "c no outcome",
    "> make", "made d", "d: waiting",
    "> resume", "d: running", "before d", "fetch d",
  ]);
});
