// Pins the order of all that a page sees of a dispatcher that is closed, and of a trap: each test compares the
// whole log.
import { after, before, test } from "node:test";
import { ready } from "../node.js";
import { APP, LATE, Log, OPEN, VALUE } from "./order.js";
import { ID, makeGate } from "./server.js";

before(() => ready({ codec: true }));

// An instance that has trapped does not clear its timers, which would keep the process alive for half a minute.
const timers = [];
const { setTimeout } = globalThis;
globalThis.setTimeout = (...args) => timers[timers.push(setTimeout(...args)) - 1];
after(() => timers.forEach((timer) => clearTimeout(timer)));

const POST = { method: "POST", headers: { "next-action": ID }, body: "[]" };

/**
 * Tests `close()` at a point that `reach(log)` brings call "a" to. Call "b" waits behind it in the lane, unless "a"
 * has its value by then.
 */
function testClose(where, reach, expected, { args, when } = {}) {
  test(`the order holds for a dispatcher that is closed ${where}`, async () => {
    const log = new Log();
    const d = log.dispatcher();
    const { signal } = log.signal();
    if (when) log.when(...when);
    let idle;
    await log.step("make", () => {
      log.call(d, "a", { signal }, args);
      log.call(d, "b");
      idle = log.idle(d, " before");
    });
    await reach(log);
    await log.step("close", () => {
      d.close();
      log.say(`closed (${d.pending} pending)`);
    });
    await idle;
    await log.step("close again", () => d.close());
    await log.idle(d, " after");
    log.is(expected);
  });
}

const head = (log) => log.step("head", () => log.sent.a.head());
const drains = async (log) => {
  await head(log);
  await log.step("the value", () => log.sent.a.chunk(OPEN));
};
testClose("while an argument is unsettled", () => {}, [
  "> make", "listens", "made a", "made b", "a: preparing", "b: waiting",
  "> close", "onError a CLOSED", "listens no more", "onError b CLOSED", "closed (0 pending)",
  "a catch CLOSED sent no (done, 0 pending)", "a no outcome", "a: done CLOSED", "b: done CLOSED",
  "b catch CLOSED sent no (done, 0 pending)", "b no outcome", "idle before (0 pending)",
  "> close again", "idle after (0 pending)",
], { args: [new Promise(() => {})] });
testClose("while beforeRequest is under way", () => {}, [
  "> make", "listens", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a",
  "> close", "onError a CLOSED", "listens no more", "onError b CLOSED", "closed (0 pending)",
  "a catch CLOSED sent no (done, 0 pending)", "a no outcome", "a: done CLOSED", "b: done CLOSED",
  "b catch CLOSED sent no (done, 0 pending)", "b no outcome", "idle before (0 pending)",
  "> close again", "idle after (0 pending)",
], { when: ["before a", () => new Promise(() => {})] });
testClose("between fetch and head", () => {}, [
  "> make", "listens", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> close", "signal a AbortError", "onError a CLOSED", "listens no more", "onError b CLOSED", "closed (0 pending)",
  "a catch CLOSED sent unknown (done, 0 pending)", "a no outcome", "a: done CLOSED", "b: done CLOSED",
  "b catch CLOSED sent no (done, 0 pending)", "b no outcome", "idle before (0 pending)",
  "> close again", "idle after (0 pending)",
]);
testClose("between head and value", head, [
  "> make", "listens", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> close", "signal a AbortError", "onError a CLOSED", "listens no more", "onError b CLOSED", "closed (0 pending)", "cancel a",
  "a catch CLOSED sent yes of 200 (done, 0 pending)", "a no outcome", "a: done CLOSED", "b: done CLOSED",
  "b catch CLOSED sent no (done, 0 pending)", "b no outcome", "idle before (0 pending)",
  "> close again", "idle after (0 pending)",
]);
testClose("after the value", drains, [
  "> make", "listens", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> the value", "pull a 2", 'a then {"late":{}} (draining, 1 pending)', "a outcome", "a: draining ok", "b: running", "before b",
  "fetch b",
  "> close", "signal a AbortError", "listens no more", "signal b AbortError", "onError b CLOSED", "closed (0 pending)",
  "cancel a", "a: done ok", "b: done CLOSED", "b catch CLOSED sent unknown (done, 0 pending)", "b no outcome",
  "a late catch ABORTED sent yes", "idle before (0 pending)",
  "> close again", "idle after (0 pending)",
]);
testClose("once the first call is over", async (log) => {
  await drains(log);
  await log.step("the end", () => log.sent.a.end(LATE));
}, [
  "> make", "listens", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
  "> head", "after a 200", "pull a 1",
  "> the value", "pull a 2", 'a then {"late":{}} (draining, 1 pending)', "a outcome", "a: draining ok", "b: running", "before b",
  "fetch b",
  "> the end", "a late late", "listens no more", "a: done ok",
  "> close", "signal b AbortError", "onError b CLOSED", "closed (0 pending)", "b catch CLOSED sent unknown (done, 0 pending)",
  "b no outcome", "b: done CLOSED", "idle before (0 pending)",
  "> close again", "idle after (0 pending)",
]);

test("close() ends a route, a fetch and calls of several lanes, and later calls are refused", async () => {
  const log = new Log();
  const d = log.dispatcher();
  await log.step("make", () => {
    log.follow(d, "r", d.route(`${APP}r`, {}, { name: "r" }));
    log.follow(d, "f", d.fetch(`${APP}f`, POST));
    log.call(d, "waits");
    log.call(d, "beside", { lane: "parallel" });
    log.call(d, "paused", { lane: (d.lane("cart").pause(), "cart") });
    log.follow(d, "g", d.fetch(`${APP}g`));
  });
  await log.step("close", () => d.close());
  await log.step("later", () => {
    log.call(d, "late");
    log.follow(d, "late route", d.route(`${APP}r`));
    log.follow(d, "late fetch", d.fetch(`${APP}late`, POST));
    log.idle(d);
  });
  await log.step("the late fetch is answered", () => log.sent.late.whole());
  log.is([
    "> make", "fetch r", "made waits", "made beside", "made paused", "fetch g", "r: running", "#2: waiting", "#2: running",
    "waits: waiting", "beside: waiting", "beside: running", "paused: waiting", "GET /g: running", "fetch f", "before beside",
    "fetch beside",
    "> close", "signal f AbortError", "onError waits CLOSED", "signal beside AbortError", "onError beside CLOSED",
    "onError paused CLOSED", "signal r CLOSED", "signal g CLOSED", "f catch CLOSED sent unknown (2 pending)", "#2: done CLOSED",
    "waits: done CLOSED", "beside: done CLOSED", "paused: done CLOSED", "waits catch CLOSED sent no (done, 2 pending)",
    "waits no outcome", "beside catch CLOSED sent unknown (done, 2 pending)", "beside no outcome",
    "paused catch CLOSED sent no (done, 2 pending)", "paused no outcome", "r: done CLOSED", "GET /g: done CLOSED",
    "r catch CLOSED sent unknown (0 pending)", "g catch CLOSED sent unknown (0 pending)",
    "> later", "onError late CLOSED", "made late", "fetch late", "late: done CLOSED",
    "late catch CLOSED sent no (done, 0 pending)", "late no outcome", "late route catch CLOSED sent no (0 pending)",
    "idle (0 pending)",
    "> the late fetch is answered", "late fetch then 200 (0 pending)",
  ]);
});

test("close() leaves the body of a route to its caller", async () => {
  const log = new Log();
  const d = log.dispatcher();
  let response;
  await log.step("make", () => d.route(`${APP}r`, {}, { name: "r" }).then((answer) => (response = answer)));
  await log.step("head", () => log.sent.r.head());
  await log.step("read", () => response.text().then((text) => log.say(`text ${text}`), ({ name }) => log.say(`no text ${name}`)));
  await log.step("close", () => d.close());
  await log.step("the end", () => log.sent.r.end("text"));
  log.is([
    "> make", "fetch r", "r: running",
    "> head", "r: done ok",
    "> read", "pull r 1",
    "> close",
    "> the end", "text text",
  ]);
});

test("calls that are made while a dispatcher closes are refused", async () => {
  const log = new Log();
  const d = log.dispatcher();
  log.when("onError a CLOSED", () => log.call(d, "from onError"));
  log.when("signal a AbortError", () => log.call(d, "from the signal"));
  log.when("a: done CLOSED", () => (log.call(d, "from a listener"), d.close()));
  await log.step("make", () => (log.call(d, "a"), log.call(d, "b")));
  await log.step("close", () => d.close());
  log.is([
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
    "> close", "signal a AbortError", "onError from the signal CLOSED", "made from the signal", "onError a CLOSED",
    "onError from onError CLOSED", "made from onError", "onError b CLOSED", "from the signal: done CLOSED",
    "from onError: done CLOSED", "a: done CLOSED", "onError from a listener CLOSED", "made from a listener", "b: done CLOSED",
    "from the signal catch CLOSED sent no (done, 0 pending)", "from the signal no outcome",
    "from onError catch CLOSED sent no (done, 0 pending)", "from onError no outcome",
    "a catch CLOSED sent unknown (done, 0 pending)", "a no outcome", "b catch CLOSED sent no (done, 0 pending)", "b no outcome",
    "from a listener: done CLOSED", "from a listener catch CLOSED sent no (done, 0 pending)", "from a listener no outcome",
  ]);
});

test("a getter of a call's arguments may close the dispatcher, also while calls wait for their arguments to be read", async () => {
  const log = new Log();
  const d = log.dispatcher();
  const argument = {
    get read() {
      log.call(d, "kept");
      d.close();
      log.say("closed");
      return 1;
    },
  };
  await log.step("make", () => {
    log.call(d, "first");
    log.call(d, "a", {}, [argument]);
  });
  log.is([
    "> make", "made first", "made kept", "onError kept CLOSED", "onError first CLOSED", "closed", "onError a CLOSED", "made a",
    "first: waiting", "first: running", "kept: loading", "kept: done CLOSED", "first: done CLOSED", "a: done CLOSED",
    "kept catch CLOSED sent no (done, 0 pending)", "kept no outcome", "first catch CLOSED sent no (done, 0 pending)",
    "first no outcome", "a catch CLOSED sent no (done, 0 pending)", "a no outcome",
  ]);
});

test("idle() resolves at once, after a value, and once more after a call that is made meanwhile", async () => {
  const log = new Log();
  const d = log.dispatcher();
  await log.step("nothing is open", () => log.idle(d, " at once"));
  let idle;
  await log.step("make", () => {
    log.call(d, "a");
    idle = log.idle(d);
  });
  log.when("a outcome", () => log.call(d, "b"));
  await log.step("all of a", () => log.sent.a.whole());
  await log.step("all of b", () => log.sent.b.whole());
  await idle;
  log.is([
    "> nothing is open", "idle at once (0 pending)",
    "> make", "made a", "a: waiting", "a: running", "before a", "fetch a",
    "> all of a", "after a 200", 'a then "v" (draining, 0 pending)', "a outcome", "made b", "a: draining ok", "b: waiting",
    "b: running", "before b", "a: done ok", "fetch b",
    "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
    "idle (0 pending)",
  ]);
});

// A trap fails all open calls of every dispatcher, and the next call gets a new instance.

test("a trap fails calls in every state, but no route", async () => {
  const log = new Log();
  const [one, two] = [log.dispatcher(), log.dispatcher()];
  const { signal } = log.signal();
  let idle;
  await log.step("make", () => {
    log.call(one, "a", { signal });
    log.call(one, "b");
    log.call(one, "drains", { lane: "drains" });
    log.call(one, "prepares", { lane: "prepares" }, [new Promise(() => {})]);
    log.follow(one, "r", one.route(`${APP}r`, {}, { name: "r" }));
    log.follow(one, "f", one.fetch(`${APP}f`, POST));
    log.call(two, "c");
    idle = [log.idle(one, " one"), log.idle(two, " two")];
  });
  await log.step("the value of drains", () => (log.sent.drains.head(), log.sent.drains.chunk(OPEN)));
  await log.step("head of a", () => log.sent.a.head());
  await log.step("trap", () => log.sent.a.trap());
  await idle[1];
  await log.step("the rest comes", () => {
    log.sent.c.whole();
    log.sent.r.whole();
  });
  await idle[0];
  await log.step("make", () => (log.call(two, "next two"), log.call(one, "next one")));
  await log.step("all of next one", () => log.sent["next one"].whole());
  await log.step("all of next two", () => log.sent["next two"].whole());
  log.is([
    "> make", "listens", "made a", "made b", "made drains", "made prepares", "fetch r", "made c", "a: waiting", "a: running",
    "b: waiting", "drains: waiting", "drains: running", "prepares: preparing", "r: running", "#6: waiting", "before a",
    "before drains", "before c", "c: waiting", "c: running", "fetch a", "fetch drains", "fetch c",
    "> the value of drains", "after drains 200", "pull drains 1", 'drains then {"late":{}} (draining, 5 pending)',
    "drains outcome", "drains: draining ok",
    "> head of a", "after a 200", "pull a 1",
    "> trap", "cancel a", "signal a INTERNAL", "cancel drains", "signal drains INTERNAL", "onError a INTERNAL", "listens no more", "onError b INTERNAL",
    "onError prepares INTERNAL", "signal c INTERNAL", "onError c INTERNAL",
    "drains late catch INTERNAL sent yes", "a catch INTERNAL sent unknown for unreachable (done, 1 pending)", "a no outcome", "a: done INTERNAL", "b: done INTERNAL",
    "prepares: done INTERNAL", "#6: done INTERNAL", "b catch INTERNAL sent unknown for unreachable (done, 1 pending)",
    "b no outcome", "prepares catch INTERNAL sent unknown for unreachable (done, 1 pending)", "prepares no outcome",
    "f catch INTERNAL sent unknown for unreachable (1 pending)",
    "c catch INTERNAL sent unknown for unreachable (done, 0 pending)", "c no outcome", "c: done INTERNAL", "idle two (0 pending)",
    "> the rest comes", "r: done ok", "r then 200 (0 pending)", "idle one (0 pending)",
    "> make", "made next two", "made next one", "next two: waiting", "next two: running", "before next two", "before next one",
    "next one: waiting", "next one: running", "fetch next two", "fetch next one",
    "> all of next one", "after next one 200", 'next one then "v" (draining, 0 pending)', "next one outcome",
    "next one: draining ok", "next one: done ok",
    "> all of next two", "after next two 200", 'next two then "v" (draining, 0 pending)', "next two outcome",
    "next two: draining ok", "next two: done ok",
  ]);
});

test("a call that is made when a trap fails another one goes to the new instance", async () => {
  const log = new Log();
  const [one, two] = [log.dispatcher(), log.dispatcher()];
  log.when("onError a INTERNAL", () => log.call(one, "from onError"));
  log.when("signal a INTERNAL", () => log.call(one, "from the signal"));
  log.when("a: done INTERNAL", () => log.call(one, "from a listener"));
  await log.step("make", () => (log.call(one, "a"), log.call(one, "b"), log.call(two, "c")));
  await log.step("head of a", () => log.sent.a.head());
  await log.step("trap", () => log.sent.a.trap());
  log.is([
    "> make", "made a", "made b", "made c", "a: waiting", "a: running", "b: waiting", "before a", "before c", "c: waiting",
    "c: running", "fetch a", "fetch c",
    "> head of a", "after a 200", "pull a 1",
    "> trap", "cancel a", "signal a INTERNAL", "made from the signal", "onError a INTERNAL", "made from onError", "onError b INTERNAL",
    "signal c INTERNAL", "onError c INTERNAL", "from the signal: loading", "from onError: loading", "a: done INTERNAL",
    "made from a listener", "b: done INTERNAL", "a catch INTERNAL sent unknown for unreachable (done, 3 pending)", "a no outcome",
    "b catch INTERNAL sent unknown for unreachable (done, 3 pending)", "b no outcome",
    "c catch INTERNAL sent unknown for unreachable (done, 0 pending)", "c no outcome", "c: done INTERNAL",
    "from a listener: loading", "from the signal: waiting", "from the signal: running", "from onError: waiting",
    "from a listener: waiting", "before from the signal", "fetch from the signal",
  ]);
});

test("a trap fails calls whose hooks are under way, and a paused lane stays paused", async () => {
  const log = new Log();
  const gate = makeGate();
  const d = log.dispatcher();
  log.when("before hooked", () => gate.opened);
  await log.step("make", () => {
    log.call(d, "hooked", { lane: "other" });
    log.call(d, "a");
  });
  await log.step("pause", () => d.pause());
  await log.step("head of a", () => log.sent.a.head());
  await log.step("trap", () => log.sent.a.trap());
  await log.step("the hook is over", () => gate.open());
  await log.step("make", () => log.call(d, "next"));
  await log.step("resume", () => d.resume());
  log.is([
    "> make", "made hooked", "made a", "hooked: waiting", "hooked: running", "a: waiting", "a: running", "before hooked",
    "before a", "fetch a",
    "> pause",
    "> head of a", "after a 200", "pull a 1",
    "> trap", "cancel a", "signal a INTERNAL", "onError hooked INTERNAL", "onError a INTERNAL",
    "hooked catch INTERNAL sent unknown for unreachable (done, 0 pending)", "hooked no outcome", "hooked: done INTERNAL",
    "a: done INTERNAL", "a catch INTERNAL sent unknown for unreachable (done, 0 pending)", "a no outcome",
    "> the hook is over",
    "> make", "made next", "next: waiting",
    "> resume", "next: running", "before next", "fetch next",
  ]);
});

/** Grants every lock in a microtask, and logs its requests. */
function locks({ say }) {
  const request = async (name, { signal } = {}, granted) => {
    say(`asks for ${name.replace("actionlane:lane:", "")}`);
    await null;
    if (signal?.aborted) throw signal.reason;
    const lease = granted({ name });
    say(`has ${name.replace("actionlane:lane:", "")}`);
    await lease;
    say(`gives back ${name.replace("actionlane:lane:", "")}`);
  };
  return { locks: { request, query: async () => ({ held: [], pending: [] }) } };
}

/** Tests a dispatcher whose lanes have leases, with locks that log their requests. */
function testLease(what, act, expected) {
  test(`the order holds for leases: ${what}`, async (t) => {
    await import("../lib/tabs/web_locks.js"); // loaded first, since a load takes an unknown time
    const log = new Log();
    const own = Object.getOwnPropertyDescriptor(globalThis, "navigator");
    Object.defineProperty(globalThis, "navigator", { value: locks(log), configurable: true });
    t.after(() => (own ? Object.defineProperty(globalThis, "navigator", own) : delete globalThis.navigator));
    const d = log.dispatcher({ scope: "origin", leaseTimeout: Infinity });
    await log.step("make", () => {
      log.call(d, "a");
      log.call(d, "b");
      log.call(d, "c", { lane: "cart" });
    });
    await act(log, d);
    log.is(expected);
  });
}

testLease("one lease serves all calls that wait, and is released when the lane is empty", async (log) => {
  await log.step("all of a", () => log.sent.a.whole());
  await log.step("all of b", () => log.sent.b.whole());
  await log.step("all of c", () => log.sent.c.whole());
}, [
  "> make", "made a", "made b", "made c", "a: waiting", "b: waiting", "c: waiting", "asks for main", "asks for cart", "has main",
  "has cart", "a: running", "c: running", "before a", "before c", "fetch a", "fetch c",
  "> all of a", "after a 200", 'a then "v" (draining, 2 pending)', "a outcome", "a: draining ok", "asks for main",
  "gives back main", "has main", "b: running", "before b", "a: done ok", "fetch b",
  "> all of b", "after b 200", 'b then "v" (draining, 1 pending)', "b outcome", "b: draining ok", "gives back main", "b: done ok",
  "> all of c", "after c 200", 'c then "v" (draining, 0 pending)', "c outcome", "c: draining ok", "gives back cart", "c: done ok",
]);
testLease("close() releases them", (log, d) => log.step("close", () => d.close()), [
  "> make", "made a", "made b", "made c", "a: waiting", "b: waiting", "c: waiting", "asks for main", "asks for cart", "has main",
  "has cart", "a: running", "c: running", "before a", "before c", "fetch a", "fetch c",
  "> close", "signal a AbortError", "onError a CLOSED", "onError b CLOSED", "signal c AbortError", "onError c CLOSED",
  "a catch CLOSED sent unknown (done, 0 pending)", "a no outcome", "a: done CLOSED", "b: done CLOSED", "c: done CLOSED",
  "b catch CLOSED sent no (done, 0 pending)", "b no outcome", "c catch CLOSED sent unknown (done, 0 pending)", "c no outcome",
  "gives back main", "gives back cart",
]);
testLease("a trap releases them", async (log, d) => {
  await log.step("head of a", () => log.sent.a.head());
  await log.step("trap", () => log.sent.a.trap());
  await log.step("make", () => log.call(d, "next"));
  await log.step("all of next", () => log.sent.next.whole(VALUE));
}, [
  "> make", "made a", "made b", "made c", "a: waiting", "b: waiting", "c: waiting", "asks for main", "asks for cart", "has main",
  "has cart", "a: running", "c: running", "before a", "before c", "fetch a", "fetch c",
  "> head of a", "after a 200", "pull a 1",
  "> trap", "cancel a", "signal a INTERNAL", "signal c INTERNAL", "onError a INTERNAL", "onError b INTERNAL", "onError c INTERNAL",
  "gives back main", "gives back cart", "a catch INTERNAL sent unknown for unreachable (done, 0 pending)", "a no outcome",
  "a: done INTERNAL", "b: done INTERNAL", "c: done INTERNAL", "b catch INTERNAL sent unknown for unreachable (done, 0 pending)",
  "b no outcome", "c catch INTERNAL sent unknown for unreachable (done, 0 pending)", "c no outcome",
  "> make", "made next", "next: waiting", "asks for main", "has main", "next: running", "before next", "fetch next",
  "> all of next", "after next 200", 'next then "v" (draining, 0 pending)', "next outcome", "next: draining ok",
  "gives back main", "next: done ok",
]);
