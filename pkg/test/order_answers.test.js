// Pins the order of all that a page sees of an answer that redirects or makes data stale: each test compares the
// whole log.
import { before, test } from "node:test";
import { ready } from "../node.js";
import { LATE, Log, OPEN, THREW, VALUE } from "./order.js";

const DONE = { "x-action-redirect": "/done;push" };
const STALE = { "x-action-revalidated": "1" };
/** The rendered page in an answer that redirects within the app. */
const PAGE = '0:{"a":"$@1","f":[]}\n';

before(() => ready({ codec: true }));

/** Tests one call whose answer has these headers and arrives in these chunks. Call "b" waits behind it. */
function testAnswer(what, { options, headers, texts, status, own }, expected) {
  test(`the order holds for ${what}`, async () => {
    const log = new Log();
    const d = log.dispatcher(own?.(log));
    await log.step("make", () => (log.call(d, "a", options), log.call(d, "b")));
    await log.step("head", () => log.sent.a.head(headers, status));
    for (const text of texts ?? []) await log.step("more", () => log.sent.a.chunk(text));
    if (texts) await log.step("the end", () => log.sent.a.end());
    await log.step("all of b", () => log.sent.b.whole());
    log.is(expected);
  });
}

testAnswer("a redirect, with no body to read", { headers: { ...DONE, "content-type": "text/plain" } }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "redirect /done push", "cancel a", "a then undefined (done, 1 pending)", "a outcome", "a: draining ok",
  "b: running", "a: done ok", "before b", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
]);
testAnswer("a redirect that brings the page", { headers: DONE, texts: [PAGE] }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "redirect /done push", "pull a 1", "a then undefined (draining, 1 pending)", "a outcome",
  "a: draining ok", "b: running", "before b", "fetch b",
  "> more", "pull a 2",
  "> the end", "a: done ok",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
]);
testAnswer("a redirect that made data stale", { headers: { ...DONE, ...STALE }, texts: [PAGE] }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "redirect /done push", "refresh all", "pull a 1", "a then undefined (draining, 1 pending)",
  "a outcome", "a: draining ok", "b: running", "before b", "fetch b",
  "> more", "pull a 2",
  "> the end", "a: done ok",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
]);
testAnswer("a redirect that the host leaves, which made data stale", {
  headers: { ...DONE, ...STALE },
  texts: [PAGE],
  own: ({ say }) => ({ host: { refresh: (kind) => void say(`refresh ${kind}`) } }),
}, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1", "a then undefined (draining, 1 pending)", "a outcome", "a: draining ok", "b: running",
  "before b", "fetch b",
  "> more", "pull a 2",
  "> the end", "a: done ok",
  "> all of b", "after b 200", "refresh all", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
]);
testAnswer("a redirect that is left to the caller", { options: { redirect: "throw" }, headers: { ...DONE, ...STALE }, texts: [PAGE] }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "onError a undefined", "pull a 1", "a catch NEXT_REDIRECT of 200 (draining, 1 pending)", "a no outcome",
  "a: draining ok", "b: running", "before b", "fetch b",
  "> more", "pull a 2",
  "> the end", "a: done ok",
  "> all of b", "after b 200", "refresh all", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
]);
testAnswer("a redirect that is blocked", { headers: { "x-action-redirect": "javascript:alert(1);push" }, texts: [PAGE] }, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "onError a REDIRECT_BLOCKED", "pull a 1", "a catch REDIRECT_BLOCKED sent yes of 200 (draining, 1 pending)",
  "a no outcome", "a: draining REDIRECT_BLOCKED", "b: running", "before b", "fetch b",
  "> more", "pull a 2",
  "> the end", "a: done REDIRECT_BLOCKED",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
]);
testAnswer("a redirect that the body throws", {
  status: 500,
  texts: ['0:{"a":"$@1"}\n1:E{"digest":"NEXT_REDIRECT;replace;/done;303;"}\n'],
}, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 500", "pull a 1",
  "> more", "redirect /done undefined", "pull a 2", "a then undefined (draining, 1 pending)", "a outcome", "a: draining ok",
  "b: running", "before b", "fetch b",
  "> the end", "a: done ok",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
]);
testAnswer("a redirect that the body throws, and that is blocked", {
  status: 500,
  texts: ['0:{"a":"$@1"}\n1:E{"digest":"NEXT_REDIRECT;replace;javascript:alert(1);303;"}\n'],
}, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 500", "pull a 1",
  "> more", "onError a REDIRECT_BLOCKED", "pull a 2", "a catch REDIRECT_BLOCKED sent yes of 500 (draining, 1 pending)", "a no outcome",
  "a: draining REDIRECT_BLOCKED", "b: running", "before b", "fetch b",
  "> the end", "a: done REDIRECT_BLOCKED",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
]);
testAnswer("a redirect that the body throws, left to the caller", {
  options: { redirect: "throw" },
  status: 500,
  texts: ['0:{"a":"$@1"}\n1:E{"digest":"NEXT_REDIRECT;replace;/done;303;"}\n'],
}, [
  "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 500", "pull a 1",
  "> more", "onError a undefined", "pull a 2", "a catch NEXT_REDIRECT of 500 (draining, 1 pending)", "a no outcome", "a: draining ok",
  "b: running", "before b", "fetch b",
  "> the end", "a: done ok",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
]);

test("a redirect is not followed after a call made later has redirected", async () => {
  const log = new Log();
  const d = log.dispatcher();
  await log.step("make", () => {
    log.call(d, "a", { lane: "parallel" });
    log.call(d, "b", { lane: "parallel" });
    log.call(d, "c", { lane: "parallel" });
  });
  await log.step("all of b", () => log.sent.b.whole(PAGE, { "x-action-redirect": "/b;push" }));
  await log.step("all of a", () => log.sent.a.whole(PAGE, { "x-action-redirect": "/a;push" }));
  await log.step("all of c", () => log.sent.c.whole(PAGE, { "x-action-redirect": "/c;replace" }));
  log.is([
    "> make", "made a", "made b", "made c", "a: waiting", "a: running", "b: waiting", "b: running", "c: waiting", "c: running",
    "before a", "before b", "before c", "fetch a", "fetch b", "fetch c",
    "> all of b", "after b 200", "redirect /b push", "b then undefined (draining, 2 pending)", "b outcome", "b: draining ok",
    "b: done ok",
    "> all of a", "after a 200", "a then undefined (draining, 1 pending)", "a outcome", "a: draining ok", "a: done ok",
    "> all of c", "after c 200", "redirect /c replace", "c then undefined (draining, 0 pending)", "c outcome", "c: draining ok",
    "c: done ok",
  ]);
});

test("a redirect is followed if the calls made later have only answered", async () => {
  const log = new Log();
  const d = log.dispatcher();
  await log.step("make", () => (log.call(d, "a", { lane: "parallel" }), log.call(d, "b", { lane: "parallel" })));
  await log.step("all of b", () => log.sent.b.whole());
  await log.step("all of a", () => log.sent.a.whole(PAGE, DONE));
  log.is([
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "b: running", "before a", "before b", "fetch a",
    "fetch b",
    "> all of b", "after b 200", 'b then "v" (draining, 1 pending)', "b outcome", "b: draining ok", "b: done ok",
    "> all of a", "after a 200", "redirect /done push", "a then undefined (draining, 0 pending)", "a outcome", "a: draining ok",
    "a: done ok",
  ]);
});

test("the head of a later call's redirect stops an earlier call's redirect", async () => {
  const log = new Log();
  const d = log.dispatcher();
  await log.step("make", () => (log.call(d, "a", { lane: "parallel" }), log.call(d, "b", { lane: "parallel" })));
  await log.step("heads of both", () => (log.sent.a.head(), log.sent.b.head({ "x-action-redirect": "/b;push" })));
  await log.step("a throws a redirect", () => log.sent.a.chunk('0:{"a":"$@1"}\n1:E{"digest":"NEXT_REDIRECT;replace;/a;303;"}\n'));
  log.is([
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "b: running", "before a", "before b", "fetch a",
    "fetch b",
    "> heads of both", "after a 200", "pull a 1", "after b 200", "redirect /b push", "pull b 1",
    "b then undefined (draining, 1 pending)", "b outcome", "b: draining ok",
    "> a throws a redirect", "pull a 2", "a then undefined (draining, 0 pending)", "a outcome", "a: draining ok",
  ]);
});

test("a host may call or close while it redirects", async () => {
  for (const [act, expected] of [
    [(log, d) => log.call(d, "inner"), [
      "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
      "> head", "after a 200", "redirect /done push", "made inner", "pull a 1", "a then undefined (draining, 2 pending)",
      "a outcome", "a: draining ok", "inner: waiting", "b: running", "before b", "fetch b",
    ]],
    [(log, d) => d.close(), [
      "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
      "> head", "after a 200", "redirect /done push", "signal a AbortError", "onError b CLOSED", "pull a 1", "cancel a",
      "a then undefined (done, 0 pending)", "a outcome", "a: draining ok", "a: done ok", "b: done CLOSED",
      "b catch CLOSED sent no (done, 0 pending)", "b no outcome",
    ]],
  ]) {
    const log = new Log();
    const d = log.dispatcher();
    log.when("redirect /done push", () => act(log, d));
    await log.step("make", () => (log.call(d, "a"), log.call(d, "b")));
    await log.step("head", () => log.sent.a.head(DONE));
    log.is(expected);
  }
});

test("the refresh of a stale answer comes before its value", async () => {
  const log = new Log();
  const d = log.dispatcher();
  await log.step("make", () => log.call(d, "a"));
  await log.step("head", () => log.sent.a.head(STALE));
  await log.step("the value", () => log.sent.a.chunk(OPEN));
  await log.step("the end", () => log.sent.a.end(LATE));
  log.is([
    "> make", "made a", "a: waiting", "a: running", "before a", "fetch a",
    "> head", "after a 200", "pull a 1",
    "> the value", "refresh all", "pull a 2", 'a then {"late":{}} (draining, 0 pending)', "a outcome", "a: draining ok",
    "> the end", "a late late", "a: done ok",
  ]);
});

test("a burst of parallel calls refreshes once, before the last of them settles", async () => {
  const log = new Log();
  const d = log.dispatcher();
  const names = ["a", "b", "c"];
  let idle;
  await log.step("make", () => {
    for (const name of names) log.call(d, name, { lane: "parallel" });
    idle = log.idle(d);
  });
  for (const name of ["b", "c", "a"]) {
    await log.step(`head of ${name}`, () => log.sent[name].head(name === "c" ? { "x-action-revalidated": "2" } : STALE));
    await log.step(`the value of ${name}`, () => log.sent[name].chunk(VALUE));
  }
  await idle;
  await log.step("the ends", () => names.forEach((name) => log.sent[name].end()));
  log.is([
    "> make", "made a", "made b", "made c", "a: waiting", "a: running", "b: waiting", "b: running", "c: waiting", "c: running",
    "before a", "before b", "before c", "fetch a", "fetch b", "fetch c",
    "> head of b", "after b 200", "pull b 1",
    "> the value of b", "pull b 2", 'b then "v" (draining, 2 pending)', "b outcome", "b: draining ok",
    "> head of c", "after c 200", "pull c 1",
    "> the value of c", "pull c 2", 'c then "v" (draining, 1 pending)', "c outcome", "c: draining ok",
    "> head of a", "after a 200", "pull a 1",
    "> the value of a", "refresh all", "pull a 2", 'a then "v" (draining, 0 pending)', "a outcome", "a: draining ok",
    "idle (0 pending)",
    "> the ends", "a: done ok", "b: done ok", "c: done ok",
  ]);
});

test("a burst in a lane refreshes once, also if some answers are not stale or fail", async () => {
  const log = new Log();
  const d = log.dispatcher();
  await log.step("make", () => ["a", "b", "c"].forEach((name) => log.call(d, name)));
  await log.step("all of a", () => log.sent.a.whole(VALUE, STALE));
  await log.step("all of b", () => log.sent.b.whole());
  await log.step("all of c", () => log.sent.c.whole(THREW, STALE, 500));
  await log.step("make", () => log.call(d, "d"));
  await log.step("all of d", () => log.sent.d.whole());
  log.is([
    "> make", "made a", "made b", "made c", "a: waiting", "a: running", "b: waiting", "c: waiting", "before a", "fetch a",
    "> all of a", "after a 200", 'a then "v" (draining, 2 pending)', "a outcome", "a: draining ok", "b: running", "before b",
    "fetch b", "a: done ok",
    "> all of b", "after b 200", 'b then "v" (draining, 1 pending)', "b outcome", "b: draining ok", "c: running", "before c",
    "fetch c", "b: done ok",
    "> all of c", "after c 500", "refresh all", "onError c ACTION_THREW", "c catch ACTION_THREW sent yes of 500 (draining, 0 pending)",
    "c no outcome", "c: draining ACTION_THREW", "c: done ACTION_THREW",
    "> make", "made d", "d: waiting", "d: running", "before d", "fetch d",
    "> all of d", "after d 200", 'd then "v" (draining, 0 pending)', "d outcome", "d: draining ok", "d: done ok",
  ]);
});

test("a burst whose last call is aborted refreshes all the same", async () => {
  const log = new Log();
  const d = log.dispatcher();
  let last;
  await log.step("make", () => {
    log.call(d, "a");
    last = log.call(d, "b");
  });
  await log.step("all of a", () => log.sent.a.whole(VALUE, STALE));
  await log.step("b is given up", () => last.abort("why"));
  log.is([
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
    "> all of a", "after a 200", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining ok", "b: running", "before b",
    "fetch b", "a: done ok",
    "> b is given up", "signal b why", "refresh all", "onError b ABORTED",
    "b catch ABORTED sent unknown for why (done, 0 pending)", "b no outcome", "b: done ABORTED",
  ]);
});

test("a burst that is closed refreshes at once", async () => {
  const log = new Log();
  const d = log.dispatcher();
  await log.step("make", () => (log.call(d, "a"), log.call(d, "b")));
  await log.step("all of a", () => log.sent.a.whole(VALUE, STALE));
  await log.step("close", () => d.close());
  log.is([
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
    "> all of a", "after a 200", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining ok", "b: running", "before b",
    "fetch b", "a: done ok",
    "> close", "signal b AbortError", "onError b CLOSED", "refresh all", "b catch CLOSED sent unknown (done, 0 pending)",
    "b no outcome", "b: done CLOSED",
  ]);
});

test("a host may call while it refreshes", async () => {
  const log = new Log();
  const d = log.dispatcher();
  log.when("refresh all", () => log.call(d, "inner"));
  await log.step("make", () => log.call(d, "a"));
  await log.step("all of a", () => log.sent.a.whole(VALUE, STALE));
  await log.step("all of inner", () => log.sent.inner.whole(VALUE, STALE));
  log.is([
    "> make", "made a", "a: waiting", "a: running", "before a", "fetch a",
    "> all of a", "after a 200", "refresh all", "made inner", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining ok",
    "inner: waiting", "inner: running", "before inner", "fetch inner", "a: done ok",
    "> all of inner", "after inner 200", "refresh all", 'inner then "v" (draining, 0 pending)', "inner outcome",
    "inner: draining ok", "inner: done ok",
  ]);
});

test("an answer that is aborted after its head is stale all the same", async () => {
  const log = new Log();
  const d = log.dispatcher();
  let call;
  await log.step("make", () => (call = log.call(d, "a")));
  await log.step("head", () => log.sent.a.head(STALE));
  await log.step("a is given up", () => call.abort("why"));
  log.is([
    "> make", "made a", "a: waiting", "a: running", "before a", "fetch a",
    "> head", "after a 200", "pull a 1",
    "> a is given up", "signal a why", "refresh all", "onError a ABORTED", "cancel a",
    "a catch ABORTED sent yes of 200 for why (done, 0 pending)", "a no outcome", "a: done ABORTED",
  ]);
});
