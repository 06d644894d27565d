// `useAction` beside the hook of next-safe-action: the same steps, results and callbacks in each case, and no more
// renders.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { React, StrictMode, clean, drained, h, is19, makeAction, render, watchConsole } from "./react_dom.js";
import { until } from "./server.js";
import { useAction, usePendingCount, useQueue } from "../react/index.js";

const { useAction: useSafeAction } = await import("next-safe-action/hooks");
const HOOKS = { ours: useAction, theirs: useSafeAction };

let watched;
beforeEach(() => (watched = watchConsole()));
afterEach(async () => {
  await clean();
  watched.end();
});

const KEYS = ["status", "input", "result", "isIdle", "isExecuting", "isPending", "hasSucceeded", "hasErrored", "hasNavigated"];
const CALLBACKS = ["onExecute", "onSuccess", "onError", "onNavigation", "onSettled"];

/** Renders a component with a hook. `log`: each render and callback, but for renders that show nothing new. */
function start(hook, options = {}, Wrapper = React.Fragment) {
  const { action, calls } = makeAction();
  const page = { calls, log: [], renders: 0 };
  const heard = Object.fromEntries(CALLBACKS.map((name) => [name, (said) => void page.log.push([name, said])]));
  function Component() {
    page.renders += 1;
    page.hook = hook(action, { ...heard, ...options });
    const shown = JSON.stringify(KEYS.map((key) => page.hook[key]));
    React.useEffect(() => {
      if (page.log.at(-1)?.[1] !== shown) page.log.push(["shown", shown]);
    });
    return page.hook.status;
  }
  Object.assign(page, render(h(Wrapper, null, h(Component))));
  return page;
}

/** Errors as Next throws them. */
const withDigest = (digest) => Object.assign(new Error("navigation"), { digest });
const CASES = {
  "success with data": (call) => call.resolve({ data: 1 }),
  "success without a value": (call) => call.resolve(undefined),
  "an empty result": (call) => call.resolve({}),
  "a server error": (call) => call.resolve({ serverError: "no" }),
  "an empty server error": (call) => call.resolve({ serverError: null }),
  "validation errors": (call) => call.resolve({ validationErrors: { name: { _errors: ["too short"] } } }),
  "a thrown error": (call) => call.reject(new Error("thrown")),
  "a redirect": (call) => call.reject(withDigest("NEXT_REDIRECT;push;/a;307;")),
  "not found": (call) => call.reject(withDigest("NEXT_HTTP_ERROR_FALLBACK;404")),
  forbidden: (call) => call.reject(withDigest("NEXT_HTTP_ERROR_FALLBACK;403")),
  unauthorized: (call) => call.reject(withDigest("NEXT_HTTP_ERROR_FALLBACK;401")),
};

/**
 * Checks that ours renders no more often. React 18 renders the beginning of a transition apart from other changes, if
 * it is not in an event: once more a call. Strict mode renders `twice`.
 */
function assertNoMore({ ours, theirs }, twice) {
  const most = theirs.renders + (is19 ? 0 : ours.page.calls.length * (twice ? 2 : 1));
  assert.ok(ours.renders <= most, `${ours.renders} renders, theirs ${theirs.renders}`);
}

/** Runs a scenario with both hooks and returns `{ ours, theirs }`. */
async function both(scenario, options, Wrapper) {
  const runs = {};
  for (const [name, hook] of Object.entries(HOOKS)) {
    const page = start(hook, options, Wrapper);
    await page.shows("idle");
    await scenario(page);
    await drained();
    runs[name] = { log: page.log.map(([name, said]) => [name, JSON.stringify(said)]), renders: page.renders, page };
    page.unmount();
  }
  return runs;
}

for (const [name, answer] of Object.entries(CASES)) {
  for (const how of ["execute", "executeAsync"]) {
    test(`${name}, by ${how}: the same steps and callbacks, and no more renders`, async () => {
      const { ours, theirs } = await both(async ({ hook, calls, log }) => {
        const made = hook[how]("input");
        // Code that waits for the promise goes on before the callbacks.
        made?.then(() => log.push(["resolved"]), () => log.push(["rejected"]));
        await until(() => calls.length === 1);
        await drained();
        answer(calls[0]);
        await made?.catch(() => {});
        await drained();
      });
      assert.deepEqual(ours.log, theirs.log);
      assert.ok(ours.log.length > 3, JSON.stringify(ours.log));
      assertNoMore({ ours, theirs });
    });
  }
}

test("a component renders no more often, also in strict mode, and for each of ten calls", async () => {
  for (const Wrapper of [React.Fragment, StrictMode]) {
    const { ours, theirs } = await both(async ({ hook, calls }) => {
      for (let n = 0; n < 10; n += 1) {
        hook.execute(n);
        await until(() => calls.length === n + 1);
        await drained();
        calls[n].resolve({ data: n });
        await drained();
      }
    }, {}, Wrapper);
    assert.deepEqual(ours.log, theirs.log);
    assertNoMore({ ours, theirs }, Wrapper === StrictMode);
  }
});

test("the last call counts: what an earlier one returns is not shown, but promised", async () => {
  const { ours, theirs } = await both(async (page) => {
    const promises = [page.hook.executeAsync("a"), page.hook.executeAsync("b")];
    await drained();
    page.calls[1].resolve({ data: "b" });
    await drained();
    page.calls[0].resolve({ data: "a" });
    page.values = await Promise.all(promises);
  });
  assert.deepEqual(ours.log, theirs.log);
  assert.deepEqual(ours.page.values, [{ data: "a" }, { data: "b" }]);
  assertNoMore({ ours, theirs });
});

test("reset shows the first result again, and nothing of the call that goes on", async () => {
  const { ours, theirs } = await both(async ({ hook, calls }) => {
    hook.execute("a");
    await drained();
    hook.reset();
    await drained();
    calls[0].resolve({ data: "a" });
    await drained();
    hook.execute("b");
    await drained();
    calls[1].resolve({ data: "b" });
  }, { initResult: { data: "first" } });
  assert.deepEqual(ours.log, theirs.log);
  assertNoMore({ ours, theirs });
});

test("a call that is made in a transition of the page is shown at once", async () => {
  const { ours, theirs } = await both(async ({ hook, calls }) => {
    React.startTransition(() => hook.execute("a"));
    await drained();
    calls[0].resolve({ data: 1 });
  });
  assert.deepEqual(ours.log, theirs.log);
  assertNoMore({ ours, theirs });
});

class Boundary extends React.Component {
  state = {};
  static getDerivedStateFromError = (error) => ({ error });
  render = () => this.state.error?.digest ?? this.state.error?.message ?? this.props.children;
}

test("with throwOnNavigation the error is thrown while the component renders", async () => {
  for (const hook of Object.values(HOOKS)) {
    const page = start(hook, { throwOnNavigation: true }, Boundary);
    await page.shows("idle");
    page.hook.execute();
    await drained();
    page.calls[0].reject(withDigest("NEXT_REDIRECT;push;/a;307;"));
    await page.shows("NEXT_REDIRECT;push;/a;307;");
    assert.deepEqual(page.log.filter(([name]) => name === "onNavigation" || name === "onSettled"), []);
  }
});

test("an error in a callback is reported, and the others run", async () => {
  const { ours } = await both(async ({ hook, calls }) => {
    hook.execute();
    await drained();
    calls[0].resolve({ data: 1 });
  }, { onSuccess: async () => Promise.reject(new Error("in onSuccess")) });
  assert.ok(ours.log.some(([name]) => name === "onSettled"));
  assert.equal(watched.said.filter((text) => text.includes("in onSuccess")).length, 2, watched.said.join());
});

test("a value of another form is the data; arguments are passed on, the first is the input", async () => {
  const page = start(useAction);
  await page.shows("idle");
  const values = ["text", 0, null, false, [], [1], { id: 1 }, { data: 1, more: 2 }, new Date(0), new Map()];
  for (const [at, value] of values.entries()) {
    const promise = page.hook.executeAsync("a", "b");
    page.calls[at].resolve(value);
    assert.equal(await promise, value);
    await page.shows("hasSucceeded");
    await drained();
    assert.equal(page.hook.result.data, value);
    assert.deepEqual(Object.keys(page.hook.result), ["data"]);
    assert.equal(page.log.findLast(([name]) => name === "onSuccess")[1].data, value);
  }
  assert.deepEqual([page.calls[0].args, page.hook.input], [["a", "b"], "a"]);
});

test("the result of an action that returns nothing is empty", async () => {
  const page = start(useAction);
  await page.shows("idle");
  page.hook.execute();
  page.calls[0].resolve();
  await page.shows("hasSucceeded");
  assert.deepEqual(page.hook.result, {});
});

test("the error is what the action threw, also at once, and goes with the next call", async () => {
  let error = new Error("at once");
  const action = () => {
    throw error;
  };
  let hook;
  const page = render(h(() => (hook = useAction(action)).status));
  await page.shows("idle");
  await assert.rejects(hook.executeAsync(), error);
  await page.shows("hasErrored");
  assert.equal(hook.error, error);
  hook.reset();
  await page.shows("idle");
  assert.equal(hook.error, undefined);
  error = undefined;
  hook.execute();
  await page.shows("hasErrored");
  assert.deepEqual([hook.error, hook.result], [undefined, {}]);
});

test("functions stay the same, and call the action and the callbacks of the last render", async () => {
  const heard = [];
  const shown = new Set();
  const App = ({ name }) => {
    const { execute, executeAsync, reset, abort, status } = useAction(async (input) => `${name} ${input}`, { onSuccess: ({ data }) => heard.push([name, data]) });
    for (const each of [execute, executeAsync, reset, abort]) shown.add(each);
    App.execute = execute;
    return `${name} ${status}`;
  };
  const page = render(h(App, { name: "first" }));
  await page.shows("first idle");
  page.again(h(App, { name: "second" }));
  await page.shows("second idle");
  App.execute("a");
  await page.shows("second hasSucceeded");
  assert.deepEqual([heard, shown.size], [[["second", "second a"]], 4]);
});

test("an unmounted component is not updated, its callbacks do not run, and the action goes on", async () => {
  const page = start(useAction);
  await page.shows("idle");
  const promise = page.hook.executeAsync("a");
  await drained();
  page.unmount();
  await drained();
  const { renders, log } = page;
  const before = log.length;
  page.calls[0].resolve({ data: 1 });
  assert.deepEqual(await promise, { data: 1 });
  await drained();
  assert.deepEqual([page.renders, log.length, watched.said], [renders, before, []]);
});

test("in strict mode a call that an effect makes is made twice, as effects run, and callbacks run once for each step", async () => {
  const { action, calls } = makeAction();
  const heard = [];
  const App = () => {
    const { execute, status } = useAction(action, { onExecute: () => heard.push("execute"), onSuccess: ({ data }) => heard.push(data) });
    React.useEffect(() => execute("a"), []);
    return status;
  };
  const page = render(h(StrictMode, null, h(App)));
  await until(() => calls.length === 2);
  calls[0].resolve({ data: "first" });
  calls[1].resolve({ data: "second" });
  await page.shows("hasSucceeded");
  await drained();
  assert.deepEqual(heard, ["execute", "second"]);
  assert.deepEqual(watched.said, []);
});

test("a reference without a dispatcher is refused, in development", async () => {
  const page = render(h(Boundary, null, h(() => useAction("40".padEnd(42, "0")).status)));
  await page.shows("actionlane/react: expected an action; a reference to one needs the option dispatcher");
});

test("an action that is executed while the component renders is refused, in development", async () => {
  const App = () => {
    const { execute, isIdle } = useAction(async () => 1);
    if (isIdle) execute();
  };
  const page = render(h(Boundary, null, h(App)));
  await page.shows("actionlane/react: an action was executed while its component renders; execute it in an event or an effect");
});

test("options, filters and lanes that do not exist are reported once, in development", async () => {
  const App = () => {
    useAction(async () => 1, { lane: "a", onSucces() {}, call: { signal: new AbortController().signal } });
    useQueue({ lanes: "a" });
    return usePendingCount({ lane: "a" });
  };
  const page = render(h(StrictMode, null, h(App)));
  await page.shows("0");
  const said = watched.said.splice(0);
  assert.deepEqual(said, [
    'actionlane/react: a hook has no option "lane"; options of a call belong into the option call',
    'actionlane/react: a hook has no option "onSucces"; did you mean "onSuccess"?',
    "actionlane/react: the option call takes no signal: abort by what the hook returns",
    'actionlane/react: a call has no property "lanes"; did you mean "lane"?',
    "actionlane/react: usePendingCount expects the name of a lane",
  ]);
});

test("options of a call that reach no action are reported, in development", async () => {
  let hook;
  const page = render(h(() => (hook = useAction(async () => 1, { call: { lane: "a" } })).status));
  await page.shows("idle");
  hook.execute();
  await page.shows("hasSucceeded");
  assert.equal(watched.said.length, 1);
  assert.match(watched.said[0], /the option call had no effect/);
  assert.equal(hook.abort(), false);
});

test("execute works as a form's action, and with arguments bound to the action", { skip: !is19 && "React 18 has none" }, async () => {
  const { action, calls } = makeAction();
  const App = () => {
    const { execute, status } = useAction(action.bind(null, 7));
    return h("form", { action: execute }, h("input", { name: "title", defaultValue: "first" }), status);
  };
  const page = render(h(App));
  await page.shows("idle");
  page.into.querySelector("form").requestSubmit();
  await page.shows("executing");
  assert.deepEqual([calls[0].args[0], calls[0].args[1].get("title")], [7, "first"]);
  calls[0].resolve("saved");
  await page.shows("hasSucceeded");
});
