// Pins the order of all that a page sees of calls that join, replace or drop others, or wait for their lane: each
// test compares the whole log.
import { before, test } from "node:test";
import { ready } from "../node.js";
import { APP, LATE, Log, OPEN } from "./order.js";

before(() => ready({ codec: true }));

/** Makes a call of one address with one argument, so that all of them are identical. */
const same = (log, d, name, options) => log.call(d, name, { url: `${APP}same`, ...options }, ["same"]);

function testJoin(what, act, expected) {
  test(`the order holds for joined calls: ${what}`, async () => {
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
testJoin("all get the answer", answered, [
  "> make", "made leader", "made one", "made two", "made b", "leader: waiting", "leader: running", "one: running", "two: running",
  "b: waiting", "before leader", "fetch same",
  "> head", "after leader 200", "pull same 1",
  "> the value", "pull same 2", 'leader then {"late":{}} (draining, 1 pending)', "leader outcome", "leader: draining ok",
  "one: done ok", "two: done ok", "b: running", 'one then {"late":{}} (done, 1 pending)', "one outcome",
  'two then {"late":{}} (done, 1 pending)', "two outcome", "before b", "fetch b",
  "> the end", "leader late late", "one late late", "two late late", "leader: done ok",
]);
testJoin("the leader is aborted", async (log, { leader }) => {
  await log.step("the leader is given up", () => leader.abort("why"));
  await answered(log);
}, [
  "> make", "made leader", "made one", "made two", "made b", "leader: waiting", "leader: running", "one: running", "two: running",
  "b: waiting", "before leader", "fetch same",
  "> head", "after leader 200", "pull same 1",
  "> the leader is given up", "onError leader ABORTED", "leader catch ABORTED sent yes of 200 for why (draining, 3 pending)",
  "leader no outcome", "leader: draining ABORTED",
  "> the value", "pull same 2", "leader: draining ABORTED", "one: done ok", "two: done ok", "b: running",
  'one then {"late":{}} (done, 1 pending)', "one outcome", 'two then {"late":{}} (done, 1 pending)', "two outcome", "before b",
  "fetch b",
  "> the end", "one late late", "two late late", "leader: done ABORTED",
]);
testJoin("a follower is aborted", async (log, { one }) => {
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
testJoin("all are aborted", async (log, calls) => {
  await log.step("all are given up", () => Object.values(calls).forEach((call) => call.abort("why")));
}, [
  "> make", "made leader", "made one", "made two", "made b", "leader: waiting", "leader: running", "one: running", "two: running",
  "b: waiting", "before leader", "fetch same",
  "> head", "after leader 200", "pull same 1",
  "> all are given up", "onError leader ABORTED", "onError one ABORTED", "onError two ABORTED", "signal same AbortError",
  "leader catch ABORTED sent yes of 200 for why (done, 1 pending)", "leader no outcome", "leader: draining ABORTED", "one: done ABORTED",
  "two: done ABORTED", "leader: done ABORTED", "b: running", "one catch ABORTED sent yes for why (done, 1 pending)",
  "one no outcome", "two catch ABORTED sent yes for why (done, 1 pending)", "two no outcome", "cancel same", "before b",
  "fetch b",
]);
testJoin("the leader is aborted after the value", async (log, { leader }) => {
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
testJoin("the request fails", (log) => log.step("it breaks off", () => log.sent.same.cut()), [
  "> make", "made leader", "made one", "made two", "made b", "leader: waiting", "leader: running", "one: running", "two: running",
  "b: waiting", "before leader", "fetch same",
  "> head", "after leader 200", "pull same 1",
  "> it breaks off", "signal same AbortError", "onError leader NETWORK", "onError one NETWORK", "onError two NETWORK", "before b",
  "leader catch NETWORK sent yes of 200 for cut (done, 1 pending)", "leader no outcome",
  "one catch NETWORK sent yes of 200 for cut (done, 1 pending)", "one no outcome", "one: done NETWORK", "two: done NETWORK",
  "leader: done NETWORK", "b: running", "two catch NETWORK sent yes of 200 for cut (done, 1 pending)", "two no outcome", "fetch b",
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
  test(`strategy "${strategy}" keeps the order beside a running and a waiting call`, async () => {
    const log = new Log();
    const d = log.dispatcher();
    const options = { key: "k" };
    await log.step("make", () => (log.call(d, "a", options), log.call(d, "b", options)));
    await log.step("one more", () => log.call(d, "c", { ...options, strategy }));
    await log.step("all of a", () => log.sent.a.whole());
    log.is(expected);
  });
}

test('strategy "replace" leaves alone a call that drains', async () => {
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

test("the order holds over pause, clear and resume", async () => {
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
