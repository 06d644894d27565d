// Pins the order of all that a page sees of a call that is aborted: each test compares the whole log.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ready } from "../node.js";
import { APP, LATE, Log, OPEN } from "./order.js";

before(() => ready({ codec: true }));

// By each way a call ends alike.

const WAYS = {
  "call.abort": ({ call }) => call.abort("why"),
  "d.cancel": ({ d }) => d.cancel({ name: "a" }, "why"),
  "its signal": ({ controller }) => controller.abort("why"),
};

/**
 * Tests an abort at a point that `setting(log)` brings call "a" to. Call "b" waits behind it in the lane, unless
 * "a" has its value by then.
 */
function testAbort(where, setting, expected, { ways = Object.keys(WAYS), args, over = false, hook } = {}) {
  for (const way of ways) {
    test(`the order holds for a call that is aborted ${where}, by ${way}`, async () => {
      const log = new Log();
      const d = log.dispatcher();
      if (hook) log.when("before a", () => new Promise(() => {}));
      const controller = log.signal();
      let call;
      await log.step("make", () => {
        call = log.call(d, "a", { signal: controller.signal }, args);
        log.call(d, "b");
      });
      await setting(log);
      let aborted;
      await log.step("give up", () => (aborted = WAYS[way]({ call, d, controller })));
      if (way !== "its signal") assert.equal(Boolean(aborted), !over);
      await log.step("all of b", () => log.sent.b.whole());
      await log.step("give up again", () => assert.equal(call.abort(), false));
      log.is(expected);
    });
  }
}

testAbort("while its arguments are unsettled", () => {}, [
  "> make", "listens", "made a", "made b", "a: preparing", "b: waiting",
  "> give up", "onError a ABORTED", "listens no more", "a catch ABORTED sent no for why (done, 1 pending)", "a no outcome",
  "a: done ABORTED", "b: running", "before b", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "> give up again",
], { args: [new Promise(() => {})] });
testAbort("while beforeRequest is under way", () => {}, [
  "> make", "listens", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a",
  "> give up", "onError a ABORTED", "listens no more", "before b", "a catch ABORTED sent no for why (done, 1 pending)",
  "a no outcome", "a: done ABORTED", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "> give up again",
], { hook: true });
testAbort("between fetch and head", () => {}, [
  "> make", "listens", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> give up", "signal a why", "onError a ABORTED", "listens no more", "before b",
  "a catch ABORTED sent unknown for why (done, 1 pending)", "a no outcome", "a: done ABORTED", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "> give up again",
]);
testAbort("between head and value", (log) => log.step("head", () => log.sent.a.head()), [
  "> make", "listens", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> give up", "signal a why", "onError a ABORTED", "listens no more", "cancel a", "before b",
  "a catch ABORTED sent yes of 200 for why (done, 1 pending)", "a no outcome", "a: done ABORTED", "b: running", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "> give up again",
]);
const drains = async (log) => {
  await log.step("head", () => log.sent.a.head());
  await log.step("the value", () => log.sent.a.chunk(OPEN));
};
testAbort("after the value", drains, [
  "> make", "listens", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> the value", "pull a 2", 'a then {"late":{}} (draining, 1 pending)', "a outcome", "a: draining ok", "b: running", "before b",
  "fetch b",
  "> give up", "signal a why", "listens no more", "cancel a", "a: done ok", "a late catch ABORTED sent yes",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "> give up again",
], { ways: ["call.abort", "its signal"] });
const ends = async (log) => {
  await drains(log);
  await log.step("the end", () => log.sent.a.end(LATE));
};
testAbort("once it is over", ends, [
  "> make", "listens", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> the value", "pull a 2", 'a then {"late":{}} (draining, 1 pending)', "a outcome", "a: draining ok", "b: running", "before b",
  "fetch b",
  "> the end", "a late late", "listens no more", "a: done ok",
  "> give up",
  "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  "> give up again",
], { over: true });

test("after the value there is nothing to cancel", async () => {
  const log = new Log();
  const d = log.dispatcher();
  await log.step("make", () => log.call(d, "a"));
  await drains(log);
  await log.step("cancel", () => assert.equal(d.cancel({ name: "a" }), 0));
  await log.step("the end", () => log.sent.a.end(LATE));
  log.is([
    "> make", "made a", "a: waiting", "a: running", "before a", "fetch a",
    "> head", "after a 200", "pull a 1",
    "> the value", "pull a 2", 'a then {"late":{}} (draining, 0 pending)', "a outcome", "a: draining ok",
    "> cancel",
    "> the end", "a late late", "a: done ok",
  ]);
});

for (const way of Object.keys(WAYS)) {
  test(`the order holds for a call that is aborted while it waits, by ${way}`, async () => {
    const log = new Log();
    const d = log.dispatcher();
    const controller = log.signal();
    let call;
    await log.step("make", () => {
      log.call(d, "first");
      call = log.call(d, "a", { signal: controller.signal });
      log.call(d, "b");
    });
    await log.step("give up", () => WAYS[way]({ call, d, controller }));
    await log.step("all of first", () => log.sent.first.whole());
    log.is([
      "> make", "made first", "listens", "made a", "made b", "first: waiting", "first: running", "a: waiting", "b: waiting",
      "before first", "fetch first",
      "> give up", "onError a ABORTED", "listens no more", "a catch ABORTED sent no for why (done, 2 pending)", "a no outcome",
      "a: done ABORTED",
      "> all of first", "after first 200", 'first then "v" (draining, 1 pending)', "first outcome", "first: draining ok",
      "b: running", "before b", "fetch b", "first: done ok",
    ]);
  });
}

test("a signal that has aborted before the call ends it at once", async () => {
  const log = new Log();
  const d = log.dispatcher();
  const controller = log.signal();
  controller.abort("why");
  await log.step("make", () => (log.call(d, "a", { signal: controller.signal }), log.call(d, "b")));
  log.is([
    "> make", "onError a ABORTED", "made a", "made b", "a: done ABORTED", "b: waiting", "b: running",
    "a catch ABORTED sent no for why (done, 1 pending)", "a no outcome", "before b", "fetch b",
  ]);
});

// Aborts from inside of the functions and listeners that a call runs.

const FROM = {
  "its signal": ({ controller }) => controller.abort("why"),
  "call.abort": ({ calls }) => calls[0].abort("why"),
  "d.cancel": ({ d }) => d.cancel({ name: "a" }, "why"),
  "d.close": ({ d }) => d.close(),
};
/** While a call has not settled, all of these end it alike. */
const ANY = ["its signal", "call.abort", "d.cancel"];
const LATER = ["its signal", "call.abort"];

const MADE = ["> make", "lane()", "url()", "listens", "getter", "made a", "made b", "a: waiting", "a: running"];
const ASKED = [...MADE, "b: waiting", "headers()"];
const SENT = [...ASKED, "before a", "fetch a"];

for (const [where, line, ...ends] of [
  ["url()", "url()",
    [["its signal"], [
      "> make", "lane()", "url()", "did it", "onError a ABORTED", "made a", "made b", "a: done ABORTED", "b: waiting",
      "b: running", "a catch ABORTED sent no for why (done, 1 pending)", "a no outcome", "headers()", "before b", "fetch b",
    ]],
    [["d.cancel"], [
      "> make", "lane()", "url()", "onError a ABORTED", "did it", "made a", "made b", "a: done ABORTED", "b: waiting",
      "b: running", "a catch ABORTED sent no for why (done, 1 pending)", "a no outcome", "headers()", "before b", "fetch b",
    ]],
    [["d.close"], [
      "> make", "lane()", "url()", "did it", "listens", "onError a CLOSED", "listens no more", "made a", "onError b CLOSED",
      "made b", "a: done CLOSED", "b: done CLOSED", "a catch CLOSED sent no (done, 0 pending)", "a no outcome",
      "b catch CLOSED sent no (done, 0 pending)", "b no outcome",
    ]],
  ],
  ["lane()", "lane()",
    [["its signal"], [
      "> make", "lane()", "did it", "url()", "onError a ABORTED", "made a", "made b", "a: done ABORTED", "b: waiting",
      "b: running", "a catch ABORTED sent no for why (done, 1 pending)", "a no outcome", "headers()", "before b", "fetch b",
    ]],
    [["d.cancel"], [
      "> make", "lane()", "onError a ABORTED", "did it", "url()", "made a", "made b", "a: done ABORTED", "b: waiting",
      "b: running", "a catch ABORTED sent no for why (done, 1 pending)", "a no outcome", "headers()", "before b", "fetch b",
    ]],
    [["d.close"], [
      "> make", "lane()", "did it", "onError a CLOSED", "made a", "onError b CLOSED", "made b", "a: done CLOSED",
      "b: done CLOSED", "a catch CLOSED sent no (done, 0 pending)", "a no outcome", "b catch CLOSED sent no (done, 0 pending)",
      "b no outcome",
    ]],
  ],
  ["a getter among the arguments", "getter",
    [["its signal"], [
      "> make", "lane()", "url()", "listens", "getter", "onError a ABORTED", "listens no more", "did it", "made a", "made b",
      "a: done ABORTED", "b: waiting", "b: running", "a catch ABORTED sent no for why (done, 1 pending)", "a no outcome",
      "headers()", "before b", "fetch b",
    ]],
    [["d.cancel"], [
      "> make", "lane()", "url()", "listens", "getter", "onError a ABORTED", "listens no more", "did it", "made a", "made b",
      "a: done ABORTED", "b: waiting", "b: running", "a catch ABORTED sent no for why (done, 1 pending)", "a no outcome",
      "headers()", "before b", "fetch b",
    ]],
    [["d.close"], [
      "> make", "lane()", "url()", "listens", "getter", "did it", "onError a CLOSED", "listens no more", "made a",
      "onError b CLOSED", "made b", "a: done CLOSED", "b: done CLOSED", "a catch CLOSED sent no (done, 0 pending)",
      "a no outcome", "b catch CLOSED sent no (done, 0 pending)", "b no outcome",
    ]],
  ],
  ["headers()", "headers()",
    [ANY, [
      ...ASKED, "onError a ABORTED", "listens no more", "did it", "a catch ABORTED sent no for why (done, 1 pending)",
      "a no outcome", "a: done ABORTED", "b: running", "headers()", "before a", "before b", "fetch b",
    ]],
    [["d.close"], [
      ...ASKED, "onError a CLOSED", "listens no more", "onError b CLOSED", "did it", "a catch CLOSED sent no (done, 0 pending)",
      "a no outcome", "a: done CLOSED", "b: done CLOSED", "b catch CLOSED sent no (done, 0 pending)", "b no outcome", "before a",
    ]],
  ],
  ["beforeRequest", "before a",
    [ANY, [
      ...ASKED, "before a", "onError a ABORTED", "listens no more", "did it", "headers()",
      "a catch ABORTED sent no for why (done, 1 pending)", "a no outcome", "a: done ABORTED", "b: running", "before b", "fetch b",
    ]],
    [["d.close"], [
      ...ASKED, "before a", "onError a CLOSED", "listens no more", "onError b CLOSED", "did it",
      "a catch CLOSED sent no (done, 0 pending)", "a no outcome", "a: done CLOSED", "b: done CLOSED",
      "b catch CLOSED sent no (done, 0 pending)", "b no outcome",
    ]],
  ],
  ["fetch", "fetch a",
    [ANY, [
      ...SENT, "signal a why", "onError a ABORTED", "listens no more", "did it", "headers()",
      "a catch ABORTED sent unknown for why (done, 1 pending)", "a no outcome", "a: done ABORTED", "b: running", "before b",
      "fetch b",
      "> answer a",
    ]],
    [["d.close"], [
      ...SENT, "signal a AbortError", "onError a CLOSED", "listens no more", "onError b CLOSED", "did it",
      "a catch CLOSED sent unknown (done, 0 pending)", "a no outcome", "a: done CLOSED", "b: done CLOSED",
      "b catch CLOSED sent no (done, 0 pending)", "b no outcome",
      "> answer a",
    ]],
  ],
  ["a listener, of running", "a: running",
    [ANY, [
      ...MADE, "onError a ABORTED", "listens no more", "did it", "b: waiting", "headers()",
      "a catch ABORTED sent no for why (done, 1 pending)", "a no outcome", "a: done ABORTED", "b: running", "before b", "fetch b",
    ]],
    [["d.close"], [
      ...MADE, "onError a CLOSED", "listens no more", "onError b CLOSED", "did it", "b: waiting",
      "a catch CLOSED sent no (done, 0 pending)", "a no outcome", "a: done CLOSED", "b: done CLOSED",
      "b catch CLOSED sent no (done, 0 pending)", "b no outcome",
    ]],
  ],
  ["afterResponse", "after a 200",
    [ANY, [
      ...SENT,
      "> answer a", "after a 200", "signal a why", "onError a ABORTED", "listens no more", "did it", "cancel a", "headers()",
      "a catch ABORTED sent yes of 200 for why (done, 1 pending)", "a no outcome", "a: done ABORTED", "b: running", "before b",
      "fetch b",
    ]],
    [["d.close"], [
      ...SENT,
      "> answer a", "after a 200", "signal a AbortError", "onError a CLOSED", "listens no more", "onError b CLOSED", "did it",
      "cancel a", "a catch CLOSED sent yes of 200 (done, 0 pending)", "a no outcome", "a: done CLOSED", "b: done CLOSED",
      "b catch CLOSED sent no (done, 0 pending)", "b no outcome",
    ]],
  ],
  ["onError", "onError a NETWORK",
    [ANY, [
      ...SENT,
      "> a fails", "signal a AbortError", "onError a NETWORK", "did it", "listens no more", "headers()",
      "a catch NETWORK sent unknown for cut (done, 1 pending)", "a no outcome", "a: done NETWORK", "b: running", "before b",
      "fetch b",
    ]],
    [["d.close"], [
      ...SENT,
      "> a fails", "signal a AbortError", "onError a NETWORK", "did it", "listens no more", "onError b CLOSED",
      "a catch NETWORK sent unknown for cut (done, 0 pending)", "a no outcome", "a: done NETWORK", "b: running", "b: done CLOSED",
      "b catch CLOSED sent no (done, 0 pending)", "b no outcome",
    ]],
  ],
  ["the host's redirect", "redirect /done push",
    [LATER, [
      ...SENT,
      "> answer a", "after a 200", "redirect /done push", "did it", "signal a why", "listens no more", "cancel a",
      "a then undefined (done, 1 pending)", "a outcome", "a: draining ok", "a: done ok", "b: running", "headers()", "before b",
      "fetch b",
    ]],
    [["d.cancel"], [
      ...SENT,
      "> answer a", "after a 200", "redirect /done push", "did it", "a then undefined (draining, 1 pending)", "a outcome",
      "a: draining ok", "b: running", "headers()", "before b", "pull a 1", "fetch b",
    ]],
    [["d.close"], [
      ...SENT,
      "> answer a", "after a 200", "redirect /done push", "did it", "signal a AbortError", "listens no more", "onError b CLOSED",
      "cancel a", "a then undefined (done, 0 pending)", "a outcome", "a: draining ok", "a: done ok", "b: done CLOSED",
      "b catch CLOSED sent no (done, 0 pending)", "b no outcome",
    ]],
  ],
  ["the body's pull", "pull a 1",
    [LATER, [
      ...SENT,
      "> answer a", "after a 200", "pull a 1", "signal a why", "listens no more", "did it", "cancel a",
      'a then {"late":{}} (done, 1 pending)', "a outcome", "a: draining ok", "b: running", "a: done ok", "headers()",
      "a late catch ABORTED sent yes", "before b", "fetch b",
    ]],
    [["d.cancel"], [
      ...SENT,
      "> answer a", "after a 200", "pull a 1", "did it", 'a then {"late":{}} (draining, 1 pending)', "a outcome",
      "a: draining ok", "b: running", "headers()", "before b", "fetch b",
    ]],
    [["d.close"], [
      ...SENT,
      "> answer a", "after a 200", "pull a 1", "signal a AbortError", "listens no more", "onError b CLOSED", "did it", "cancel a",
      'a then {"late":{}} (done, 0 pending)', "a outcome", "a: draining ok", "b: running", "a: done ok", "b: done CLOSED",
      "b catch CLOSED sent no (done, 0 pending)", "b no outcome", "a late catch ABORTED sent yes",
    ]],
  ],
  ["then", 'a then {"late":{}} (draining, 1 pending)',
    [LATER, [
      ...SENT,
      "> answer a", "after a 200", "pull a 1", 'a then {"late":{}} (draining, 1 pending)', "signal a why", "listens no more",
      "did it", "a outcome", "a: draining ok", "b: running", "a: done ok", "headers()", "cancel a", "before b",
      "a late catch ABORTED sent yes", "fetch b",
    ]],
    [["d.cancel"], [
      ...SENT,
      "> answer a", "after a 200", "pull a 1", 'a then {"late":{}} (draining, 1 pending)', "did it", "a outcome",
      "a: draining ok", "b: running", "headers()", "before b", "fetch b",
    ]],
    [["d.close"], [
      ...SENT,
      "> answer a", "after a 200", "pull a 1", 'a then {"late":{}} (draining, 1 pending)', "signal a AbortError",
      "listens no more", "onError b CLOSED", "did it", "a outcome", "a: draining ok", "b: running", "a: done ok",
      "b: done CLOSED", "cancel a", "b catch CLOSED sent no (done, 0 pending)", "b no outcome", "a late catch ABORTED sent yes",
    ]],
  ],
  ["a listener, of draining", "a: draining ok",
    [LATER, [
      ...SENT,
      "> answer a", "after a 200", "pull a 1", 'a then {"late":{}} (draining, 1 pending)', "a outcome", "a: draining ok",
      "signal a why", "listens no more", "did it", "b: running", "headers()", "cancel a", "a: done ok", "before b",
      "a late catch ABORTED sent yes", "fetch b",
    ]],
    [["d.cancel"], [
      ...SENT,
      "> answer a", "after a 200", "pull a 1", 'a then {"late":{}} (draining, 1 pending)', "a outcome", "a: draining ok",
      "did it", "b: running", "headers()", "before b", "fetch b",
    ]],
    [["d.close"], [
      ...SENT,
      "> answer a", "after a 200", "pull a 1", 'a then {"late":{}} (draining, 1 pending)', "a outcome", "a: draining ok",
      "signal a AbortError", "listens no more", "onError b CLOSED", "did it", "b: running", "cancel a", "a: done ok",
      "b: done CLOSED", "b catch CLOSED sent no (done, 0 pending)", "b no outcome", "a late catch ABORTED sent yes",
    ]],
  ],
]) {
  for (const [ways, expected] of ends) {
    for (const way of ways) test(`the order holds for a call that is ended inside ${where}, by ${way}`, () => inside(line, way, expected));
  }
}

async function inside(line, way, expected) {
  const log = new Log();
  const { say } = log;
  const d = log.dispatcher({ url: () => (say("url()"), `${APP}a`), headers: async () => void say("headers()") });
  const controller = log.signal();
  const calls = [];
  log.when(line, () => {
    FROM[way]({ d, calls, controller });
    say("did it");
  });
  await log.step("make", () => {
    const argument = { get read() { return say("getter"), 1; } };
    calls.push(log.call(d, "a", { url: undefined, lane: () => void say("lane()"), signal: controller.signal }, [argument]));
    calls.push(log.call(d, "b", { url: `${APP}b` }));
  });
  const { a } = log.sent;
  if (line.startsWith("onError")) await log.step("a fails", () => a.fail(new Error("cut")));
  const headers = line.startsWith("redirect") && { "x-action-redirect": "/done;push" };
  if (a && !line.startsWith("onError")) await log.step("answer a", () => (a.head(headers), a.chunk(OPEN)));
  log.is(expected);
}
