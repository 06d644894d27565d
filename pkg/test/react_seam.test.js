// The hooks with imported actions: by the seam's stand-in and the real lanes, with a router and a React that do what
// Next's do with an action.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { clean, drained, h, render, visit, watchConsole } from "./react_dom.js";
import { configureActions } from "../next/run/policies.js";
import { load } from "../next/run/late.js";
import { page } from "../next/run/page.js";
import { standIn } from "../next/run/stand_in.js";
import { withOptions } from "../next/run/with_options.js";
import { useAction, usePendingCount, useQueue } from "../react/index.js";
import { makeGate, until } from "./server.js";

const ID = "7f".padEnd(42, "0");
const native = globalThis.fetch;
let sent, own, action, gate, watched;

beforeEach(() => {
  visit("https://app.example/shop");
  watched = watchConsole();
  [sent, own] = [[], []];
  globalThis.fetch = (url, { body, signal }) => new Promise((resolve, reject) => {
    const answer = (value) => resolve(new Response(`0:{"a":"$@1","f":"","b":"build"}\n1:${JSON.stringify(value)}\n`, { headers: { "content-type": "text/x-component" } }));
    signal?.addEventListener("abort", () => reject(signal.reason));
    sent.push({ args: JSON.parse(body), answer });
  });
  const internals = {
    startTransition: (act) => act(),
    encodeReply: async (args) => JSON.stringify(args),
    createTemporaryReferenceSet: () => new Map(),
    createFromFetch: async (response) => {
      const rows = (await (await response).text()).split("\n");
      return { ...JSON.parse(rows[0].slice(2)), a: JSON.parse(rows[1].slice(2)) };
    },
    getState: () => ({ canonicalUrl: "/shop", tree: ["", {}] }),
    router: { refresh() {} },
    treeHeader: JSON.stringify,
    infoOf: () => ({}),
    isIntercepted: () => false,
    getDeploymentId() {},
    traits: {},
    settings: {},
  };
  const next = (id, args) => new Promise((resolve) => own.push({ args, answer: resolve }));
  const callServer = standIn(next, () => {}, internals);
  action = (...args) => callServer(ID, args);
});
afterEach(async () => {
  await clean();
  gate?.open();
  (await page().loading)?.dispatcher.close();
  delete globalThis[Symbol.for("actionlane.next")];
  globalThis.fetch = native;
  watched.end();
});

/** Renders a component with `useAction`, and the lists of the page beside it. */
function start(options, given = action) {
  const shown = {};
  const App = () => {
    shown.hook = useAction(given, options);
    shown.queue = useQueue();
    return `${shown.hook.status} ${shown.hook.queuePosition} ${usePendingCount("draft")}`;
  };
  return Object.assign(shown, render(h(App)));
}

test("a call goes through its lane without a policy, and shows its place there", async () => {
  await load();
  const shown = start({ call: { lane: "draft" } });
  await shown.shows("idle 0 0");
  const first = withOptions(action, { lane: "draft" })("first");
  await until(() => sent.length === 1);
  const made = shown.hook.executeAsync("second", 2);
  await shown.shows("executing 1 2");
  assert.deepEqual(shown.queue.map(({ lane, state }) => `${lane} ${state}`), ["draft running", "draft waiting"]);
  sent[0].answer(1);
  assert.equal(await first, 1);
  await shown.shows("executing 0 1");
  await until(() => sent.length === 2);
  assert.deepEqual(sent[1].args, ["second", 2]);
  sent[1].answer({ data: "saved" });
  assert.deepEqual(await made, { data: "saved" });
  await shown.shows("hasSucceeded 0 0");
  assert.deepEqual([shown.hook.result, own], [{ data: "saved" }, []]);
});

test("options of the hook are added to the policy", async () => {
  configureActions({ default: { lane: "draft", key: "k" } });
  await load();
  const shown = start({ call: { strategy: "replace" } });
  await shown.shows("idle 0 0");
  const first = action("first");
  await until(() => sent.length === 1);
  shown.hook.execute("second");
  assert.equal(await first.catch(({ code }) => code), "REPLACED");
  await shown.shows("executing 0 1");
});

test("a policy of false leaves the call to Next: it cannot be aborted, and has no place", async () => {
  configureActions({ default: false });
  await load();
  const shown = start({ call: { lane: "draft" } });
  await shown.shows("idle 0 0");
  const made = shown.hook.executeAsync("a");
  await shown.shows("executing 0 0");
  assert.equal(shown.hook.abort(), false);
  own[0].answer("next's");
  assert.equal(await made, "next's");
  assert.deepEqual([own[0].args, sent], [["a"], []]);
  // `withOptions` overrides it.
  withOptions(action, { lane: "draft" })("b").catch(() => {});
  await until(() => sent.length === 1);
});

test("calls made before the dispatcher is loaded show their places, and can be aborted; lists begin with it", async () => {
  gate = makeGate();
  page().loading = gate.opened.then(() => {
    page().loading = undefined;
    return load();
  });
  const [one, two] = [start({}), start({})];
  await two.shows("idle 0 0");
  const made = [one.hook.executeAsync(1), two.hook.executeAsync(2)];
  await two.shows("executing 2 0");
  assert.deepEqual([one.hook.queuePosition, two.hook.queuePosition, one.queue], [1, 2, []]);
  assert.equal(one.hook.abort("late"), true);
  gate.open();
  assert.equal(await made[0].catch((reason) => reason), "late", "the package's error is not loaded yet");
  await one.shows("hasErrored 0 0");
  await until(() => sent.length === 1);
  assert.deepEqual(sent[0].args, [2]);
  await until(() => one.queue.length === 1); // a list that was rendered before
  sent[0].answer({});
  await made[1];
});

test("a call that waits for the names of actions is queued and can be aborted, until a policy leaves it to Next", async () => {
  const named = makeGate();
  await load();
  page().naming = named.opened.then(() => (page().files = new Map()));
  configureActions((_, [input]) => input !== "own" && { lane: "draft" });
  const [one, two, three] = [start({}), start({}), start({})];
  await three.shows("idle 0 0");
  const made = [one.hook.executeAsync("aborted"), two.hook.executeAsync("lane"), three.hook.executeAsync("own")];
  await three.shows("executing 3 0");
  assert.equal(one.hook.abort("early"), true);
  assert.equal(await made[0].catch((reason) => reason), "early");
  named.open();
  await until(() => sent.length + own.length === 2);
  await three.shows("executing 0 1");
  assert.equal(three.hook.abort(), false);
  assert.deepEqual([sent[0].args, own[0].args], [["lane"], ["own"]]);
  sent[0].answer(1);
  own[0].answer(2);
  assert.deepEqual(await Promise.all(made.slice(1)), [1, 2]);
});

test("without a dispatcher that can be loaded, calls go Next's own way and cannot be aborted", async () => {
  page().loading = Promise.resolve(undefined);
  const shown = start({});
  await shown.shows("idle 0 0");
  const made = shown.hook.executeAsync(1);
  await until(() => own.length === 1);
  await shown.shows("executing 0 0");
  assert.equal(shown.hook.abort(), false);
  own[0].answer(1);
  assert.equal(await made, 1);
});

test("abort ends a call in the same turn, before the lane has it", async () => {
  await load();
  const shown = start({});
  await shown.shows("idle 0 0");
  const made = shown.hook.executeAsync(1);
  assert.equal(shown.hook.abort(), true);
  assert.equal(await made.catch(({ code }) => code), "ABORTED");
  await shown.shows("hasErrored 0 0");
  await drained();
  assert.deepEqual([sent, own], [[], []]);
});

test("abort ends a call that is on its way", async () => {
  await load();
  const shown = start({});
  await shown.shows("idle 0 0");
  const made = shown.hook.executeAsync(1);
  await until(() => sent.length === 1);
  assert.equal(shown.hook.abort(), true);
  assert.equal(await made.catch(({ code }) => code), "ABORTED");
  await shown.shows("hasErrored 0 0");
});

test("a list listens once the dispatcher is there, and no longer than it is shown", async () => {
  const shown = start({});
  await shown.shows("idle 0 0");
  const gone = start({});
  await until(() => page().watchers.size === 4); // two a component
  gone.unmount();
  await drained();
  assert.equal(page().watchers.size, 2);
  const { dispatcher } = await load();
  const call = dispatcher.call(ID, [], { lane: "draft" });
  await shown.shows("idle 0 1");
  call.catch(() => {});
  shown.unmount();
  await drained();
  assert.equal(watched.said.length, 0);
});

test("a function around the action gives its options to the first action that it calls", async () => {
  await load();
  const shown = start({ call: { lane: "draft" } }, async (input) => {
    const value = await action(input);
    return `${value}, changed`;
  });
  await shown.shows("idle 0 0");
  const made = shown.hook.executeAsync("a");
  await shown.shows("executing 0 1");
  await until(() => sent.length === 1);
  sent[0].answer("saved");
  assert.equal(await made, "saved, changed");
  assert.deepEqual(watched.said, []);
});

test("a hook takes the action of withOptions, and options of both", async () => {
  await load();
  const shown = start({ call: { timeout: 60_000 } }, withOptions(action, { lane: "draft" }));
  await shown.shows("idle 0 0");
  const first = withOptions(action, { lane: "draft" })("first");
  await until(() => sent.length === 1);
  const made = shown.hook.executeAsync("second");
  await shown.shows("executing 1 2");
  assert.equal(shown.hook.abort(), true);
  assert.equal(await made.catch(({ code }) => code), "ABORTED");
  await shown.shows("hasErrored 0 1");
  sent[0].answer("done");
  assert.equal(await first, "done");
  assert.deepEqual(watched.said, []);
});

test("options of a hook are for its own call: an action that is called after it goes Next's own way", async () => {
  await load();
  const shown = start({}, async () => "no action");
  await shown.shows("idle 0 0");
  assert.equal(await shown.hook.executeAsync(), "no action");
  action("other");
  assert.deepEqual([own.map(({ args }) => args), sent], [[["other"]], []]);
});

test("a call of a page that has not used the seam before goes through a lane, too", async () => {
  const shown = start({});
  await shown.shows("idle 0 0");
  const made = shown.hook.executeAsync(1);
  await until(() => sent.length + own.length === 1);
  sent[0]?.answer("by a lane");
  own[0]?.answer("Next's own way");
  assert.equal(await made, "by a lane");
});
