// Pins the order of all that a page sees of a call: each test compares the whole log. A process loads the wasm
// once: the first test begins before that.
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { init, ready } from "../node.js";
import { APP, LATE, Log, OPEN, VALUE, turn } from "./order.js";
import { ID, makeGate } from "./server.js";

test("calls made before the wasm is loaded wait, can be aborted and closed, and are sent in order", async () => {
  const bytes = makeGate();
  const loaded = init(bytes.opened);
  const log = new Log();
  const d = log.dispatcher();
  const other = log.dispatcher();
  const controller = log.signal();
  const calls = {};
  await log.step("make", () => {
    for (const name of ["a", "b", "c"]) calls[name] = log.call(d, name);
    log.call(d, "by signal", { signal: controller.signal });
    log.call(d, "by cancel");
    log.call(d, "in a lane", { lane: "cart" });
    log.call(other, "closed");
    log.follow(other, "closed fetch", other.fetch(`${APP}f`, { method: "POST", headers: { "next-action": ID }, body: "[]" }));
  });
  await log.step("abort a", () => calls.a.abort("why"));
  await log.step("abort by signal", () => controller.abort("why"));
  await log.step("cancel", () => d.cancel({ name: "by cancel" }, "why"));
  await log.step("clear", () => d.lane("cart").clear("why"));
  await log.step("close", () => other.close());
  await log.step("the wasm", () => bytes.open(readFile(new URL("../wasm/dispatcher_bg.wasm", import.meta.url))));
  await loaded;
  await turn();
  await log.step("answer b", () => log.sent.b.whole());
  await log.step("answer c", () => log.sent.c.whole());
  log.is([
    "> make", "made a", "made b", "made c", "listens", "made by signal", "made by cancel", "made in a lane", "made closed",
    "a: loading", "b: loading", "c: loading", "by signal: loading", "by cancel: loading", "in a lane: loading", "closed: loading",
    "#2: loading",
    "> abort a", "onError a ABORTED", "a catch ABORTED sent no for why (done, 5 pending)", "a no outcome", "a: done ABORTED",
    "> abort by signal", "onError by signal ABORTED", "listens no more",
    "by signal catch ABORTED sent no for why (done, 4 pending)", "by signal no outcome", "by signal: done ABORTED",
    "> cancel", "onError by cancel ABORTED", "by cancel catch ABORTED sent no for why (done, 3 pending)", "by cancel no outcome",
    "by cancel: done ABORTED",
    "> clear", "onError in a lane CLEARED", "in a lane catch CLEARED sent no for why (done, 2 pending)", "in a lane no outcome",
    "in a lane: done CLEARED",
    "> close", "onError closed CLOSED", "closed catch CLOSED sent no (done, 0 pending)", "closed no outcome",
    "closed: done CLOSED", "#2: done CLOSED", "closed fetch catch CLOSED sent no (0 pending)",
    "> the wasm", "b: waiting", "b: running", "c: waiting", "before b", "fetch b",
    "> answer b", "after b 200", 'b then "v" (draining, 1 pending)', "b outcome", "b: draining ok", "c: running", "before c",
    "fetch c", "b: done ok",
    "> answer c", "after c 200", 'c then "v" (draining, 0 pending)', "c outcome", "c: draining ok", "c: done ok",
  ]);
});

test("head, hook and value come in this order, the lane's next call starts at the value, and the rest is read after it", async () => {
  await ready({ codec: true });
  for (const signalled of [false, true]) {
    const log = new Log();
    const d = log.dispatcher();
    const { signal } = log.signal();
    let idle;
    await log.step("make", () => {
      log.call(d, "a", signalled && { signal });
      log.call(d, "b");
      idle = log.idle(d);
    });
    await log.step("head", () => log.sent.a.head());
    await log.step("the first bytes", () => log.sent.a.chunk('0:{"a":'));
    await log.step("the value", () => log.sent.a.chunk(OPEN.slice('0:{"a":'.length)));
    await log.step("more", () => log.sent.a.chunk(LATE));
    await log.step("the end", () => log.sent.a.end());
    await log.step("all of b", () => log.sent.b.whole());
    await idle;
    if (signalled) log.is([
      "> make", "listens", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
      "> head", "after a 200", "pull a 1",
      "> the first bytes", "pull a 2",
      "> the value", "pull a 3", 'a then {"late":{}} (draining, 1 pending)', "a outcome", "a: draining ok", "b: running",
      "before b", "fetch b",
      "> more", "a late late", "pull a 4",
      "> the end", "listens no more", "a: done ok",
      "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
      "idle (0 pending)",
    ]);
    else log.is([
      "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
      "> head", "after a 200", "pull a 1",
      "> the first bytes", "pull a 2",
      "> the value", "pull a 3", 'a then {"late":{}} (draining, 1 pending)', "a outcome", "a: draining ok", "b: running",
      "before b", "fetch b",
      "> more", "a late late", "pull a 4",
      "> the end", "a: done ok",
      "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
      "idle (0 pending)",
    ]);
  }
});

test("the order holds without hooks and listeners", async () => {
  const log = new Log();
  const d = log.dispatcher({ hooks: undefined });
  d.subscribe(() => {})();
  await log.step("make", () => log.call(d, "a"));
  await log.step("head", () => log.sent.a.head());
  await log.step("the value", () => log.sent.a.chunk(OPEN));
  await log.step("the end", () => log.sent.a.end(LATE));
  log.is([
    "> make", "made a", "a: waiting", "a: running", "fetch a",
    "> head", "pull a 1",
    "> the value", "pull a 2", 'a then {"late":{}} (draining, 0 pending)', "a outcome", "a: draining ok",
    "> the end", "a late late", "a: done ok",
  ]);
});

test("the order holds if head and body arrive at the same moment", async () => {
  const log = new Log();
  const d = log.dispatcher();
  await log.step("make", () => (log.call(d, "a"), log.call(d, "b")));
  await log.step("all of a", () => log.sent.a.whole(OPEN + LATE));
  await log.step("all of b", () => log.sent.b.whole());
  log.is([
    "> make", "made a", "made b", "a: waiting", "a: running", "b: waiting", "before a", "fetch a",
    "> all of a", "after a 200", 'a then {"late":{}} (draining, 1 pending)', "a outcome", "a: draining ok", "b: running",
    "before b", "a late late", "fetch b", "a: done ok",
    "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  ]);
});

test("the page's own functions run in this order: options, getters, headers, hook, fetch", async () => {
  const log = new Log();
  const { say } = log;
  const gates = { headers: makeGate(), hook: makeGate() };
  log.when("before a", () => gates.hook.opened);
  const d = log.dispatcher({ url: () => (say("url()"), `${APP}a`), headers: async () => (say("headers()"), await gates.headers.opened) });
  const argument = { get read() { return say("getter"), 1; } };
  const options = {
    get url() { return say("options.url"), undefined; },
    get signal() { return say("options.signal"), undefined; },
    lane: () => (say("lane()"), "cart"),
  };
  await log.step("make", () => log.call(d, "a", options, [argument]));
  log.call(d, "b", { lane: "parallel" }).catch(() => {});
  await log.step("headers are there", () => gates.headers.open());
  await log.step("the hook is over", () => gates.hook.open());
  d.close();
  await turn();
  log.is([
    "> make", "options.url", "options.signal", "lane()", "url()", "getter", "made a", "a: waiting", "a: running", "headers()",
    "made b", "b: waiting", "b: running", "headers()",
    "> headers are there", "before a", "before b", "fetch b",
    "> the hook is over", "fetch a", "signal a AbortError", "onError a CLOSED", "signal b AbortError", "onError b CLOSED",
    "a catch CLOSED sent unknown (done, 0 pending)", "a no outcome", "a: done CLOSED", "b: done CLOSED",
    "b catch CLOSED sent unknown (done, 0 pending)", "b no outcome",
  ]);
});

test("an unsettled argument holds the lane, and calls behind it wait", async () => {
  const log = new Log();
  const d = log.dispatcher();
  const argument = makeGate();
  await log.step("make", () => (log.call(d, "a", {}, [argument.opened]), log.call(d, "b")));
  await log.step("the argument", () => argument.open(1));
  await log.step("all of a", () => log.sent.a.whole());
  await log.step("all of b", () => log.sent.b.whole());
  log.is([
    "> make", "made a", "made b", "a: preparing", "b: waiting",
    "> the argument", "a: waiting", "a: running", "before a", "fetch a",
    "> all of a", "after a 200", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining ok", "b: running", "before b",
    "fetch b", "a: done ok",
    "> all of b", "after b 200", 'b then "v" (draining, 0 pending)', "b outcome", "b: draining ok", "b: done ok",
  ]);
});

test("an argument that rejects fails its call, and the lane goes on", async () => {
  const log = new Log();
  const d = log.dispatcher();
  let reject;
  await log.step("make", () => (log.call(d, "a", {}, [new Promise((_, no) => (reject = no))]), log.call(d, "b")));
  await log.step("it rejects", () => reject("mine"));
  log.is([
    "> make", "made a", "made b", "a: preparing", "b: waiting",
    "> it rejects", "onError a ENCODE", "a catch ENCODE sent no for mine (done, 1 pending)", "a no outcome", "a: done ENCODE",
    "b: running", "before b", "fetch b",
  ]);
});

test("an action of fetch() holds its lane until the value; routes and other requests start at once", async () => {
  const log = new Log();
  const d = log.dispatcher();
  let idle;
  const post = { method: "POST", headers: { "next-action": ID }, body: "[]" };
  await log.step("make", () => {
    log.follow(d, "f", d.fetch(`${APP}f`, post));
    log.call(d, "a");
    log.follow(d, "r", d.route(`${APP}r`, {}, { name: "r" }));
    idle = log.idle(d);
  });
  await log.step("head of f", () => log.sent.f.head());
  await log.step("head of r", () => log.sent.r.head());
  await log.step("the value of f", () => log.sent.f.chunk(VALUE));
  await log.step("all of a", () => log.sent.a.whole());
  await idle;
  log.is([
    "> make", "made a", "fetch r", "#1: waiting", "#1: running", "a: waiting", "r: running", "fetch f",
    "> head of f", "pull f 1", "f then 200 (2 pending)", "#1: draining ok",
    "> head of r", "r: done ok", "r then 200 (1 pending)",
    "> the value of f", "a: running", "#1: done ok", "before a", "fetch a",
    "> all of a", "after a 200", 'a then "v" (draining, 0 pending)', "a outcome", "a: draining ok", "a: done ok",
    "idle (0 pending)",
  ]);
});

test("listeners are notified in a microtask, and the calls they make come after", async () => {
  const log = new Log();
  const d = log.dispatcher();
  log.when("a: running", () => log.call(d, "b", { lane: "parallel" }));
  log.when("a: draining ok", () => log.call(d, "c"));
  await log.step("make", () => {
    log.call(d, "a");
    queueMicrotask(() => log.say("a microtask of the page's"));
    log.say("the page's own code goes on");
  });
  await log.step("head", () => log.sent.a.head());
  await log.step("the value", () => log.sent.a.chunk(VALUE));
  await log.step("the end", () => log.sent.a.end());
  log.is([
    "> make", "made a", "the page's own code goes on", "a: waiting", "a: running", "made b", "before a", "before b",
    "a microtask of the page's", "b: waiting", "b: running", "fetch a", "fetch b",
    "> head", "after a 200", "pull a 1",
    "> the value", "pull a 2", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining ok", "made c", "c: waiting",
    "c: running", "before c", "fetch c",
    "> the end", "a: done ok",
  ]);
});

test("two dispatchers do not mix", async () => {
  const log = new Log();
  const [one, two] = [log.dispatcher(), log.dispatcher()];
  let idle;
  await log.step("make", () => {
    for (const name of ["1a", "1b"]) log.call(one, name);
    for (const name of ["2a", "2b"]) log.call(two, name);
    idle = [log.idle(one, " one"), log.idle(two, " two")];
  });
  await log.step("all of 2a", () => log.sent["2a"].whole());
  await log.step("close one", () => one.close());
  await idle[0];
  await log.step("cancel in two", () => two.cancel(() => true, "why"));
  await idle[1];
  log.is([
    "> make", "made 1a", "made 1b", "made 2a", "made 2b", "1a: waiting", "1a: running", "1b: waiting", "before 1a", "before 2a",
    "2a: waiting", "2a: running", "2b: waiting", "fetch 1a", "fetch 2a",
    "> all of 2a", "after 2a 200", '2a then "v" (draining, 1 pending)', "2a outcome", "2a: draining ok", "2b: running",
    "before 2b", "fetch 2b", "2a: done ok",
    "> close one", "signal 1a AbortError", "onError 1a CLOSED", "onError 1b CLOSED",
    "1a catch CLOSED sent unknown (done, 0 pending)", "1a no outcome", "1a: done CLOSED", "1b: done CLOSED",
    "1b catch CLOSED sent no (done, 0 pending)", "1b no outcome", "idle one (0 pending)",
    "> cancel in two", "signal 2b why", "onError 2b ABORTED", "2b catch ABORTED sent unknown for why (done, 0 pending)",
    "2b no outcome", "2b: done ABORTED", "idle two (0 pending)",
  ]);
});

for (const [where, line, expected] of [
  ["url()", "url()", [
    "> make", "lane()", "url()", "made inner", "getter", "made a", "inner: waiting", "inner: running", "a: waiting", "headers()",
    "before inner", "fetch inner",
  ]],
  ["lane()", "lane()", [
    "> make", "lane()", "made inner", "url()", "getter", "made a", "inner: waiting", "inner: running", "a: waiting", "headers()",
    "before inner", "fetch inner",
  ]],
  ["a getter among the arguments", "getter", [
    "> make", "lane()", "url()", "getter", "made inner", "made a", "inner: loading", "a: waiting", "a: running", "inner: waiting",
    "headers()", "before a", "fetch a",
    "> answer a", "after a 200", "pull a 1", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining ok", "inner: running",
    "headers()", "before inner", "fetch inner",
  ]],
  ["headers()", "headers()", [
    "> make", "lane()", "url()", "getter", "made a", "a: waiting", "a: running", "headers()", "made inner", "inner: waiting",
    "before a", "fetch a",
    "> answer a", "after a 200", "pull a 1", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining ok", "inner: running",
    "headers()", "before inner", "fetch inner",
  ]],
  ["beforeRequest", "before a", [
    "> make", "lane()", "url()", "getter", "made a", "a: waiting", "a: running", "headers()", "before a", "made inner",
    "inner: waiting", "fetch a",
    "> answer a", "after a 200", "pull a 1", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining ok", "inner: running",
    "headers()", "before inner", "fetch inner",
  ]],
  ["fetch", "fetch a", [
    "> make", "lane()", "url()", "getter", "made a", "a: waiting", "a: running", "headers()", "before a", "fetch a", "made inner",
    "inner: waiting",
    "> answer a", "after a 200", "pull a 1", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining ok", "inner: running",
    "headers()", "before inner", "fetch inner",
  ]],
  ["afterResponse", "after a 200", [
    "> make", "lane()", "url()", "getter", "made a", "a: waiting", "a: running", "headers()", "before a", "fetch a",
    "> answer a", "after a 200", "made inner", "inner: waiting", "pull a 1", 'a then "v" (draining, 1 pending)', "a outcome",
    "a: draining ok", "inner: running", "headers()", "before inner", "fetch inner",
  ]],
  ["the body's pull", "pull a 1", [
    "> make", "lane()", "url()", "getter", "made a", "a: waiting", "a: running", "headers()", "before a", "fetch a",
    "> answer a", "after a 200", "pull a 1", "made inner", 'a then "v" (draining, 1 pending)', "a outcome", "a: draining ok",
    "inner: waiting", "inner: running", "headers()", "before inner", "fetch inner",
  ]],
]) {
  test(`the order holds for a call that is made inside ${where}`, async () => {
    const log = new Log();
    const { say } = log;
    const d = log.dispatcher({ url: () => (say("url()"), `${APP}a`), headers: async () => void say("headers()") });
    const argument = { get read() { return say("getter"), 1; } };
    log.when(line, () => void log.call(d, "inner"));
    await log.step("make", () => log.call(d, "a", { url: undefined, lane: () => void say("lane()") }, [argument]));
    if (log.sent.a) await log.step("answer a", () => (log.sent.a.head(), log.sent.a.chunk(VALUE)));
    log.is(expected);
  });
}
