// `useOptimisticAction`: a state ahead of the server, in the order of the calls, and what is left of it when they end.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { React, StrictMode, clean, drained, h, is19, makeAction, render, watchConsole } from "./react_dom.js";
import { until } from "./server.js";
import { useOptimisticAction } from "../react/index.js";

let watched;
beforeEach(() => (watched = watchConsole()));
afterEach(async () => {
  await clean();
  watched.end();
  assert.deepEqual(watched.said, []);
});

const append = (list, item) => [...list, item];

/** Renders a list that an action appends to. `shown`: each text that was on the screen. `set(list)` changes it. */
function start({ hook = useOptimisticAction, Wrapper = React.Fragment, useList = () => React.useState(["-"]), action: given, ...options } = {}) {
  const { action, calls } = makeAction();
  const page = { calls, shown: [], renders: 0 };
  function App() {
    const [list, set] = useList();
    page.set = set;
    page.renders += 1;
    page.hook = hook(given ?? action, { currentState: list, updateFn: append, ...options });
    const text = page.hook.optimisticState.join("");
    React.useLayoutEffect(() => {
      if (page.shown.at(-1) !== text) page.shown.push(text);
    });
    return text;
  }
  return Object.assign(page, render(h(Wrapper, null, h(App))));
}

test("the state has the inputs of open calls in the order of the calls, also if they end in another", async () => {
  const page = start();
  await page.shows("-");
  for (const input of ["a", "b", "c"]) page.hook.execute(input);
  await page.shows("-abc");
  page.calls[2].resolve("c");
  await page.shows("-ab");
  page.calls[0].resolve("a");
  await page.shows("-b");
  page.calls[1].resolve("b");
  await page.shows("-");
});

test("a call that fails is taken out at once, and the others are based on the state without it", async () => {
  const page = start();
  await page.shows("-");
  for (const input of ["a", "b", "c", "d"]) page.hook.execute(input);
  await page.shows("-abcd");
  page.calls[1].reject(new Error("no"));
  await page.shows("-acd");
  page.calls[0].resolve({ serverError: "no" });
  await page.shows("-cd");
  page.calls[2].resolve({ validationErrors: {} });
  await page.shows("-d");
  page.calls[3].reject(Object.assign(new Error(), { digest: "NEXT_HTTP_ERROR_FALLBACK;404" }));
  await page.shows("-");
});

test("a failure is shown while another call is open, though React holds back transitions of the page", async () => {
  const page = start();
  await page.shows("-");
  let end;
  if (is19) React.startTransition(() => new Promise((resolve) => (end = resolve))); // an async transition of the page
  page.hook.execute("a");
  await page.shows("-a");
  page.calls[0].reject(new Error("no"));
  await page.shows("-");
  end?.();
});

test("a new current state re-bases the open calls, and takes the place of those that have succeeded", async () => {
  const page = start();
  await page.shows("-");
  page.hook.execute("a");
  page.hook.execute("b");
  await page.shows("-ab");
  page.set(["x"]);
  await page.shows("xab");
  page.calls[0].resolve("a");
  await drained();
  page.set(["x", "A"]);
  await page.shows("xAb");
  page.calls[1].resolve("b");
  page.set(["x", "A", "B"]);
  await page.shows("xAB");
});

test("a page that an action has rendered anew takes the place of its input without a step between", async () => {
  const page = start({ action: (input) => saves(input) });
  const saves = (input) => new Promise((resolve) => {
    page.answer = () => {
      // Next resolves the call, then has React render the page.
      resolve(input);
      Promise.resolve().then(() => React.startTransition(() => page.set((list) => [...list, input.toUpperCase()])));
    };
  });
  await page.shows("-");
  for (const input of ["a", "b"]) {
    page.hook.execute(input);
    await until(() => page.text().endsWith(input));
    await drained(); // the transition of the call has ended
    page.answer();
    await until(() => page.text().endsWith(input.toUpperCase()));
    await drained();
  }
  assert.deepEqual(page.shown, ["-", "-a", "-A", "-Ab", "-AB"]);
});

test("a state that the page sets in onSuccess, or after executeAsync, takes the place of the input without a step between", async () => {
  for (const way of ["onSuccess", "executeAsync"]) {
    const page = start({ onSuccess: ({ input }) => way === "onSuccess" && page.set((list) => append(list, input.toUpperCase())) });
    await page.shows("-");
    const made = page.hook.executeAsync("a");
    await page.shows("-a");
    page.calls[0].resolve({ data: 1 });
    await made;
    if (way === "executeAsync") page.set((list) => append(list, "A"));
    await page.shows("-A");
    await drained();
    assert.deepEqual(page.shown, ["-", "-a", "-A"], way);
  }
});

test("a redirect leaves the state until the page is there", async () => {
  const page = start();
  await page.shows("-");
  page.hook.execute("a");
  await page.shows("-a");
  await drained();
  page.calls[0].reject(Object.assign(new Error(), { digest: "NEXT_REDIRECT;push;/a;307;" }));
  Promise.resolve().then(() => React.startTransition(() => page.set(["there"])));
  await page.shows("there");
  assert.deepEqual(page.shown, ["-", "-a", "there"]);
});

test("aborted calls and calls after reset are taken out when they end", async () => {
  const page = start();
  await page.shows("-");
  page.hook.execute("a");
  await page.shows("-a");
  page.hook.reset();
  await until(() => page.hook.status === "idle");
  await drained();
  assert.equal(page.text(), "-a", "the call goes on");
  page.calls[0].reject(new Error("no"));
  await page.shows("-");
  assert.equal(page.hook.status, "idle");
});

test("in strict mode an input is applied once", async () => {
  const page = start({ Wrapper: StrictMode });
  await page.shows("-");
  page.hook.execute("a");
  await page.shows("-a");
  page.calls[0].resolve("a");
  await page.shows("-");
});

test("a call is forgotten once it is not shown, so that what it held is free", async () => {
  const page = start();
  await page.shows("-");
  const counted = [];
  for (const input of ["a", "b", "c"]) {
    page.hook.execute(input);
    await page.shows(`-${input}`);
    page.calls.at(-1).resolve();
    await page.shows("-");
    await drained();
    counted.push(page.hook.abort());
  }
  assert.deepEqual(counted, [false, false, false]);
});

/**
 * A router that shows pages as Next's does: its state is a promise of the next page while an action runs. The page is a
 * list. `action` runs an action, and `answer` answers it; `isLater`: the router is told only once the action is on its
 * way, as by a lane. `show` shows the page of the answer.
 */
function makeRouter({ isLater } = {}) {
  const Page = React.createContext();
  const router = {
    Wrapper({ children }) {
      const [state, set] = React.useState(["-"]);
      router.set = set;
      router.list = state.then ? React.use(state) : state;
      return h(Page.Provider, { value: router.list }, children);
    },
    useList: () => [React.useContext(Page)],
    action: (input) => new Promise((resolve) => {
      const { list } = router;
      let show;
      const next = new Promise((resolve) => (show = resolve));
      const dispatch = () => React.startTransition(() => router.set(next));
      if (isLater) Promise.resolve().then(dispatch);
      else dispatch();
      Object.assign(router, { answer: resolve, show: (value) => show(value.data ? append(list, input.toUpperCase()) : list) });
    }),
  };
  return router;
}

for (const isLater of [false, true]) {
  const when = isLater ? "by a lane, " : "";
  test(`${when}the page of a call that has succeeded takes the place of its input without a step between`, { skip: !is19 && "the router needs React 19" }, async () => {
    const router = makeRouter({ isLater });
    const page = start(router);
    await page.shows("-");
    for (const input of ["a", "b"]) {
      page.hook.execute(input);
      await until(() => page.text().endsWith(input));
      await drained();
      router.answer({ data: 1 });
      // Next's own way: the page may need data.
      if (!isLater) await until(() => page.hook.status === "hasSucceeded");
      if (!isLater) await drained();
      router.show({ data: 1 });
      await until(() => page.text().endsWith(input.toUpperCase()));
      await drained();
    }
    assert.deepEqual(page.shown, ["-", "-a", "-A", "-Ab", "-AB"]);
  });
}

test("after reset nothing is pending, though the transition of the call is open", { skip: !is19 && "the router needs React 19" }, async () => {
  const router = makeRouter();
  const page = start(router);
  await page.shows("-");
  page.hook.execute("a");
  await page.shows("-a");
  await drained();
  page.hook.reset();
  await until(() => page.hook.status === "idle");
  assert.deepEqual([page.hook.isTransitioning, page.hook.isPending], [true, false]);
  router.answer({ data: 1 });
  router.show({ data: 1 });
  await page.shows("-A");
});

test("for one call, the state, the steps and the renders are those of next-safe-action", { skip: !is19 && "its hook needs React 19" }, async () => {
  const { useOptimisticAction: useSafe } = await import("next-safe-action/hooks");
  const runs = [];
  for (const hook of [useSafe, useOptimisticAction]) {
    const router = makeRouter();
    const page = start({ hook, ...router });
    await page.shows("-");
    const pending = [];
    for (const value of [{ data: 1 }, { serverError: "no" }]) {
      page.hook.execute("a");
      await until(() => page.text().endsWith("a"));
      await drained();
      pending.push(page.hook.isPending, page.hook.isTransitioning);
      router.answer(value);
      router.show(value);
      await until(() => page.hook.status !== "executing" && page.text() === "-A");
      await drained();
      pending.push(page.hook.isPending, page.hook.isTransitioning);
    }
    runs.push({ shown: page.shown, pending, renders: page.renders });
    page.unmount();
  }
  const [theirs, ours] = runs;
  assert.deepEqual([ours.shown, ours.pending], [theirs.shown, theirs.pending]);
  assert.deepEqual(ours.shown, ["-", "-a", "-A", "-Aa", "-A"]);
  assert.ok(ours.renders <= theirs.renders, `${ours.renders} renders, theirs ${theirs.renders}`);
});
