// The hooks with a dispatcher and references, on a real server: places in the queue, aborts, redirects, and the lists.
import assert from "node:assert/strict";
import { afterEach, before, beforeEach, test } from "node:test";
import { React, ReactDOM, clean, drained, h, is19, render, visit, watchConsole } from "./react_dom.js";
import { createDispatcher, ready } from "../node.js";
import { countIn } from "../react/count_in.js";
import { usePendingCount, useAction, useQueue } from "../react/index.js";
import { ID, flight, serve, until } from "./server.js";

let server, held, d, watched;
before(() => ready());
beforeEach(async () => {
  held = [];
  server = await serve((request, response, body) => void held.push({ response, body, answer: (model = body) => flight(response, model) }));
  visit(server.url);
  d = createDispatcher({ url: server.url, host: { redirect() {}, refresh() {} } });
  watched = watchConsole();
});
afterEach(async () => {
  await clean();
  d.close();
  server.close();
  watched.end();
  assert.deepEqual(watched.said, []);
});

/** Renders a component that shows `show(hook)`. Counts its renders. */
function start(options, show = ({ status }) => status, ref = { id: ID, name: "save" }) {
  const page = { renders: 0 };
  const App = () => {
    page.renders += 1;
    page.hook = useAction(ref, { dispatcher: d, ...options });
    return show(page.hook);
  };
  return Object.assign(page, render(h(App)));
}

const place = ({ status, isQueued, queuePosition }) => `${status} ${isQueued} ${queuePosition}`;
const codeOf = (promise) => promise.then(() => "resolved", (error) => error.code);

test("a call shows its place in the queue of its lane until it is sent", async () => {
  const page = start({ call: { lane: "a" } }, place);
  await page.shows("idle false 0");
  const first = [d.call(ID, [1], { lane: "a" }), d.call(ID, [2], { lane: "a" })];
  d.call(ID, [3], { lane: "b" }).catch(() => {});
  const made = page.hook.executeAsync(4);
  await page.shows("executing true 2");
  await until(() => held.length === 2); // one a lane
  held.find(({ body }) => body === "[1]").answer();
  await first[0];
  await page.shows("executing true 1");
  await until(() => held.length === 3);
  held.find(({ body }) => body === "[2]").answer();
  await page.shows("executing false 0");
  await until(() => held.length === 4);
  held[3].answer('"saved"');
  assert.equal(await made, "saved");
  await page.shows("hasSucceeded false 0");
  assert.deepEqual(page.hook.result, { data: "saved" });
});

test("moves in the queue do not render a component that does not read its place", async () => {
  const renders = {};
  for (const [name, show] of [["reads", place], ["does not", ({ status }) => status]]) {
    const page = start({}, show);
    await drained();
    const before = Array.from({ length: 5 }, (_, n) => d.call(ID, [n]));
    page.hook.execute("last");
    for (const call of before) {
      await until(() => held.length > 0);
      held.shift().answer();
      await call;
      await drained();
    }
    await until(() => held.length > 0);
    held.shift().answer();
    await until(() => page.hook.status === "hasSucceeded");
    await drained();
    renders[name] = page.renders;
    if (name === "does not") assert.equal(page.hook.queuePosition, 0);
    page.unmount();
  }
  assert.ok(renders["does not"] <= (is19 ? 4 : 5), JSON.stringify(renders));
  assert.equal(renders.reads, renders["does not"] + 5, "one for each move");
});

test("a component that does not read its place asks for no list, and one that does only for its last call", async () => {
  const asked = {};
  for (const [name, show] of [["reads", place], ["does not", ({ status }) => status]]) {
    asked[name] = 0;
    const snapshot = () => ((asked[name] += 1), d.snapshot());
    const page = start({ dispatcher: { ...d, subscribe: d.subscribe, snapshot } }, show);
    await until(() => page.hook?.status === "idle");
    const made = Promise.allSettled(Array.from({ length: 100 }, (_, n) => page.hook.executeAsync(n)));
    await drained();
    page.hook.abort();
    await made;
    page.unmount();
  }
  assert.equal(asked["does not"], 0);
  assert.ok(asked.reads > 100 && asked.reads < 1000, JSON.stringify(asked));
});

test("a place that is read for the first time while the call waits is the present one", async () => {
  const page = start({}, ({ status, ...rest }) => status);
  await page.shows("idle");
  const before = [d.call(ID, [1]), d.call(ID, [2])];
  before[1].catch(() => {}); // it waits for the end of the test
  page.hook.execute(3);
  await page.shows("executing");
  await until(() => held.length === 1);
  held[0].answer();
  await before[0];
  await drained();
  assert.deepEqual([page.hook.isQueued, page.hook.queuePosition], [true, 1]);
});

test("abort ends a call that waits, and all open calls of the component; it returns false if there is none", async () => {
  const page = start();
  await page.shows("idle");
  assert.equal(page.hook.abort(), false);
  const [first, second] = [page.hook.executeAsync(1), page.hook.executeAsync(2)];
  await until(() => held.length === 1);
  const other = d.call(ID, ["other"]);
  assert.equal(page.hook.abort("closed"), true);
  assert.deepEqual([await codeOf(first), await codeOf(second)], ["ABORTED", "ABORTED"]);
  await page.shows("hasErrored");
  assert.deepEqual([page.hook.error.code, page.hook.error.cause, page.hook.error.actionName], ["ABORTED", "closed", "save"]);
  assert.equal(page.hook.abort(), false);
  await until(() => held.length === 2);
  held[1].answer();
  await other;
  assert.deepEqual(held.map(({ body }) => body), ["[1]", '["other"]']);
});

test("a call listens to its dispatcher until it is over", async () => {
  let listeners = 0;
  const subscribe = (listener) => {
    const end = d.subscribe(listener);
    listeners += 1;
    return () => (end(), (listeners -= 1));
  };
  const page = start({ dispatcher: { ...d, snapshot: d.snapshot, subscribe }, call: { lane: "a" } });
  await page.shows("idle");
  const made = [page.hook.executeAsync(1), page.hook.executeAsync(2)];
  assert.equal(listeners, 2);
  await until(() => held.length === 1);
  held[0].answer();
  await made[0];
  await until(() => listeners === 1);
  page.hook.abort();
  assert.equal(await codeOf(made[1]), "ABORTED");
  await until(() => listeners === 0);
});

test("an unmount aborts nothing; with abortOnUnmount, each open call", async () => {
  const stays = start();
  const goes = start({ abortOnUnmount: true, call: { lane: "b" } });
  await goes.shows("idle");
  const kept = stays.hook.executeAsync(1);
  const lost = [goes.hook.executeAsync(2), goes.hook.executeAsync(3)];
  await until(() => held.length === 2);
  stays.unmount();
  goes.unmount();
  assert.deepEqual(await Promise.all(lost.map(codeOf)), ["ABORTED", "ABORTED"]);
  held.find(({ body }) => body === "[1]").answer('"kept"');
  assert.equal(await kept, "kept");
});

test("options of the call are those of the dispatcher: an unknown one is an error of the call", async () => {
  const page = start({ call: { lanes: "a" } });
  await page.shows("idle");
  page.hook.execute();
  await page.shows("hasErrored");
  assert.equal(page.hook.error.code, "INVALID_OPTION");
});

test("a redirect that the dispatcher follows is a navigation, and so are its codes for the others", async () => {
  const heard = [];
  const page = start({ onNavigation: ({ navigationKind }) => heard.push(navigationKind), onSuccess: () => heard.push("success"), onError: () => heard.push("error") });
  await page.shows("idle");
  page.hook.execute(1);
  await until(() => held.length === 1);
  held[0].response.writeHead(200, { "content-type": "text/x-component", "x-action-redirect": "/there;push" });
  held[0].response.end();
  await page.shows("hasNavigated");
  await drained();
  const fallback = (status) => [status, `NEXT_HTTP_ERROR_FALLBACK;${status}`];
  for (const [at, [status, digest]] of [fallback(404), fallback(403), fallback(401), [404, "NEXT_NOT_FOUND"]].entries()) {
    page.hook.execute();
    await until(() => held.length === at + 2);
    held[at + 1].response.writeHead(status, { "content-type": "text/x-component" });
    held[at + 1].response.end(`0:{"a":"$@1","f":"","b":"build"}\n1:E{"digest":"${digest}"}\n`);
    await until(() => heard.length === at + 2);
  }
  assert.deepEqual(heard, ["redirect", "notFound", "forbidden", "unauthorized", "notFound"]);
});

test("useQueue lists the calls that a filter chooses, the same list while they do not change", async () => {
  const lists = { all: new Set(), lane: new Set(), fn: new Set() };
  const App = () => {
    const all = useQueue(undefined, { dispatcher: d });
    const lane = useQueue({ lane: "a" }, { dispatcher: d });
    const fn = useQueue((call) => call.name === "two", { dispatcher: d });
    lists.all.add(all), lists.lane.add(lane), lists.fn.add(fn);
    return [all, lane, fn].map((list) => list.map(({ name, state }) => `${name} ${state}`).join()).join(" | ");
  };
  const page = render(h(App));
  await page.shows(" |  | ");
  const one = d.call({ id: ID, name: "one" }, [], { lane: "a" });
  await page.shows("one running | one running | ");
  const two = d.call({ id: ID, name: "two" }, []);
  await page.shows("one running,two running | one running | two running");
  assert.deepEqual([lists.lane.size, lists.fn.size], [2, 2]);
  await until(() => held.length === 2);
  for (const { answer } of held) answer();
  await Promise.all([one, two]);
  await page.shows(" |  | ");
});

test("usePendingCount counts what has not settled, of a lane or of all", async () => {
  const page = render(h(() => `${usePendingCount("a", { dispatcher: d })} ${usePendingCount(undefined, { dispatcher: d })}`));
  await page.shows("0 0");
  const calls = [d.call(ID, [], { lane: "a" }), d.call(ID, [], { lane: "a" }), d.call(ID, [], { lane: "b" }), d.route(server.url)];
  await page.shows("2 4");
  assert.equal(d.pending, 4);
  await until(() => held.length === 3);
  for (const { answer } of held.splice(0)) answer();
  await page.shows("1 1");
  // Settled, though the rest of its answer is on its way.
  await until(() => held.length === 1);
  held[0].response.writeHead(200, { "content-type": "text/x-component" });
  held[0].response.write('0:{"a":"$@1","f":"","b":"build"}\n1:{"later":"$@2"}\n');
  await page.shows("0 0");
  held[0].response.end('2:"later"\n');
  await Promise.all(calls);
});

test("1 000 pending calls do not render a component that looks at another lane", async () => {
  const renders = { action: 0, queue: 0, count: 0, here: 0 };
  const parts = {
    action: () => useAction(ID, { dispatcher: d, call: { lane: "there" } }).queuePosition,
    queue: () => useQueue((call) => call.lane === "there", { dispatcher: d }).length,
    count: () => usePendingCount("there", { dispatcher: d }),
    here: () => usePendingCount("here", { dispatcher: d }),
  };
  const page = render(Object.entries(parts).map(([key, use]) => {
    const Part = () => {
      renders[key] += 1;
      return `${use()} `;
    };
    return h(Part, { key });
  }));
  await page.shows("0 0 0 0 ");
  const calls = Array.from({ length: 1000 }, (_, n) => d.call(ID, [n], { lane: "here" }));
  await page.shows("0 0 0 1000 ");
  await until(() => held.length === 1);
  held[0].answer();
  await calls[0];
  await page.shows("0 0 0 999 ");
  const cleared = Promise.allSettled(calls);
  d.cancel({ lane: "here" });
  await cleared;
  await page.shows("0 0 0 0 ");
  assert.deepEqual([renders.action, renders.queue, renders.count], [1, 1, 1]);
  assert.ok(renders.here >= 4, "the one that looks there does render");
});

test("a list is counted once, however many ask", () => {
  let times = 0;
  const list = [["a", "running"], ["a", "waiting"], ["b", "preparing"], ["a", "draining"], ["a", "waiting"]].map(([lane, state], at) => ({ id: at + 1, lane, state }));
  list[Symbol.iterator] = () => ((times += 1), Array.prototype.values.call(list));
  assert.deepEqual(["a", "b", "c", undefined, 1, 2, 3, 4, 5].map((key) => countIn(list, key)), [3, 1, 0, 4, 0, 1, 1, 0, 2]);
  assert.equal(times, 1);
});

test("another dispatcher is looked at as soon as it is given", async () => {
  const other = createDispatcher({ url: server.url });
  const App = ({ dispatcher }) => String(usePendingCount(undefined, { dispatcher }));
  const page = render(h(App, { dispatcher: d }));
  await page.shows("0");
  const calls = [other.call(ID, []), other.call(ID, [])];
  page.again(h(App, { dispatcher: other }));
  await page.shows("2");
  d.call(ID, []).catch(() => {});
  other.close();
  assert.deepEqual(await Promise.all(calls.map(codeOf)), ["CLOSED", "CLOSED"]);
  await page.shows("0");
});

test("a function of bind works as a form's action", { skip: !is19 && "React 18 has none" }, async () => {
  const save = d.bind({ id: ID, name: "save" });
  const App = () => h("form", { action: save }, h("input", { name: "title", defaultValue: "first" }), h(Status));
  const Status = () => (ReactDOM.useFormStatus().pending ? "pending" : "done");
  const page = render(h(App));
  await page.shows("done");
  page.into.querySelector("form").requestSubmit();
  await page.shows("pending");
  await until(() => held.length === 1);
  assert.match(held[0].body, /name="_?1_title"\r\n\r\nfirst/);
  held[0].answer('"saved"');
  await page.shows("done");
});

test("a function of bind works with useActionState: calls get the state before, in order", { skip: !is19 && "React 18 has none" }, async () => {
  const add = d.bind({ id: ID, name: "add" });
  let submit;
  const App = () => {
    const [state, act, isPending] = React.useActionState(add, "none");
    submit = act;
    return `${state} ${isPending}`;
  };
  const page = render(h(App));
  await page.shows("none false");
  React.startTransition(() => (submit("a"), submit("b")));
  await page.shows("none true");
  await until(() => held.length === 1);
  assert.equal(held[0].body, '["none","a"]');
  held[0].answer('"one"');
  await until(() => held.length === 2);
  assert.equal(held[1].body, '["one","b"]');
  held[1].answer('"two"');
  await page.shows("two false");
});
