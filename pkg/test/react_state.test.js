// A state of `actionlane/state` in React, by its own `useSyncExternalStore`.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { renderToString } from "react-dom/server";
import { React, StrictMode, clean, drained, h, render, visit, watchConsole } from "./react_dom.js";
import { createDispatcher } from "../node.js";
import { state } from "../state.js";
import { ID, flight, serve, until } from "./server.js";

let server, d, watched;
/** Requests that are not answered yet: functions that answer. */
let open = [];
before(async () => {
  server = await serve((_request, response) => void open.push((model) => (model === undefined ? response.writeHead(500).end() : flight(response, model))));
  visit(server.url);
});
beforeEach(() => {
  open = [];
  d = createDispatcher({ url: server.url });
  watched = watchConsole();
});
afterEach(async () => {
  await clean();
  d.close();
  watched.end();
  assert.deepEqual(watched.said, []);
});
after(() => server.close());

/** Answers the next request. */
async function answer(model) {
  await until(() => open.length > 0);
  open.shift()(model);
}

/** Makes a component that shows a state, and counts how often it is rendered. */
function show(count) {
  const made = { renders: 0 };
  made.Show = () => {
    const { value, status, error } = React.useSyncExternalStore(count.subscribe, count.getSnapshot, count.getServerSnapshot);
    made.renders += 1;
    return `${value} ${status} ${error?.code ?? ""}`;
  };
  return made;
}

const add = (value, more) => value + more;

test("a component shows what is expected, then the result", async () => {
  const count = state(d, ID, 1, add);
  const page = render(h(show(count).Show));
  await page.shows("1 idle ");
  count.run(1);
  await page.shows("2 pending ");
  await answer("5");
  await page.shows("5 success ");
});

test("a failure is taken back and shown, and retry shows what is expected again", async () => {
  const count = state(d, ID, 1, add);
  const page = render(h(show(count).Show));
  count.run(1);
  await page.shows("2 pending ");
  await answer();
  await page.shows("1 error HTTP");
  count.retry();
  await page.shows("2 pending ");
  await answer("2");
  await page.shows("2 success ");
});

test("under StrictMode, and in two components, the same is shown", async () => {
  const count = state(d, ID, 1, add);
  const pages = [render(h(StrictMode, null, h(show(count).Show))), render(h(show(count).Show))];
  count.run(1);
  for (const page of pages) await page.shows("2 pending ");
  await answer("9");
  for (const page of pages) await page.shows("9 success ");
});

test("a component is not rendered while nothing changes", async () => {
  const count = state(d, ID, 1);
  const shown = show(count);
  const page = render(h(shown.Show));
  await page.shows("1 idle ");
  await drained();
  const { renders } = shown;
  count.reset();
  count.retry();
  await drained();
  assert.equal(shown.renders, renders);
});

test("a page that the server has rendered takes the state over, also if a run is pending by then", async () => {
  const count = state(d, ID, 1, add);
  const shown = show(count);
  const into = document.createElement("div");
  into.innerHTML = renderToString(h(shown.Show));
  assert.equal(into.textContent, "1 idle ");
  const page = render(h(shown.Show), { into, hydrate: true });
  count.run(1);
  await page.shows("2 pending ");
  assert.deepEqual(page.errors, []);
  await answer("2");
  await page.shows("2 success ");
});

test("a component that is gone is not told any more", async () => {
  const count = state(d, ID, 1, add);
  const shown = show(count);
  const page = render(h(shown.Show));
  await page.shows("1 idle ");
  page.unmount();
  await drained();
  const { renders } = shown;
  const call = count.run(1);
  await answer("2");
  await call;
  await drained();
  assert.equal(shown.renders, renders);
});
