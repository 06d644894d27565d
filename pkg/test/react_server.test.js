// `actionlane/react` beside a server: rendered to HTML, hydrated, suspended, refused in Server Components, and bundled.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { React, StrictMode, Suspense, clean, drained, h, makeAction, render, visit, watchConsole } from "./react_dom.js";
import { createDispatcher, ready } from "../node.js";
import { usePendingCount, useAction, useOptimisticAction, useQueue } from "../react/index.js";
import { ID } from "./server.js";

const { renderToString } = await import("react-dom/server");
const run = promisify(execFile);
const pkg = fileURLToPath(new URL("..", import.meta.url));

let watched;
beforeEach(() => (watched = watchConsole()));
afterEach(async () => {
  await clean();
  watched.end();
});

test("a page that the server has rendered is hydrated as it is, then shows the calls of the browser", async () => {
  await ready();
  visit("http://127.0.0.1/");
  const d = createDispatcher({ url: "http://127.0.0.1/", fetch: () => new Promise(() => {}) });
  const call = d.call(ID, []);
  call.catch(() => {});
  const { action, calls } = makeAction();
  let hook;
  const App = () => {
    hook = useOptimisticAction(action, { currentState: 1, updateFn: (sum, more) => sum + more, initResult: { data: "first" } });
    return h("p", null, `${hook.status} ${hook.optimisticState} ${useAction(action).isQueued} ${useQueue(undefined, { dispatcher: d }).length} ${usePendingCount(undefined, { dispatcher: d })}`);
  };
  const html = renderToString(h(App));
  assert.equal(html, "<p>idle 1 false 0 0</p>");
  const into = document.createElement("div");
  into.innerHTML = html;
  const page = render(h(App), { into, hydrate: true });
  await page.shows("idle 1 false 1 1");
  hook.execute(2);
  await page.shows("executing 3 false 1 1");
  calls[0].resolve(1);
  await page.shows("hasSucceeded 1 false 1 1");
  assert.deepEqual([page.errors, watched.said], [[], []]);
  d.close();
});

test("on the server nothing is listened to, and no state is made", () => {
  delete globalThis[Symbol.for("actionlane.next")];
  const App = () => `${useAction(async () => 1).status} ${useQueue().length} ${usePendingCount()}`;
  assert.equal(renderToString(h(App)), "idle 0 0");
  assert.equal(globalThis[Symbol.for("actionlane.next")], undefined);
});

test("a call keeps its state while its component waits for data, and ends it meanwhile", async () => {
  const { action, calls } = makeAction();
  let hook, wait, show;
  const App = () => {
    hook = useAction(action);
    if (wait) throw wait;
    return hook.status;
  };
  let suspend;
  const Page = () => {
    suspend = React.useState(0)[1];
    return h(Suspense, { fallback: "waits" }, h(App));
  };
  for (const Wrapper of [React.Fragment, StrictMode]) {
    const page = render(h(Wrapper, null, h(Page)));
    await page.shows("idle");
    const made = hook.executeAsync("a");
    await page.shows("executing");
    wait = new Promise((resolve) => (show = resolve)).then(() => (wait = undefined));
    suspend(1);
    await drained();
    calls.at(-1).resolve({ data: 1 });
    await made;
    await drained();
    assert.match(page.into.textContent, /waits$/);
    show();
    await page.shows("hasSucceeded");
    page.unmount();
  }
  assert.deepEqual(watched.said, []);
});

test("Server Components are told where hooks work", async () => {
  const names = Object.keys(await import("actionlane/react"));
  const source = `import * as hooks from "actionlane/react";
    const said = Object.entries(hooks).map(([name, hook]) => { try { hook(); } catch (error) { return [name, error.message]; } });
    console.log(JSON.stringify(said));`;
  const { stdout } = await run("node", ["--conditions", "react-server", "--input-type=module", "--eval", source], { cwd: pkg });
  const said = JSON.parse(stdout);
  assert.deepEqual(said.map(([name]) => name), names);
  for (const [name, message] of said) assert.match(message, new RegExp(`^actionlane/react: ${name}\\(\\) works in Client Components only: put "use client"`));
});

/** Bundles a page's module for production, without React. */
async function bundle(source) {
  const dir = await mkdtemp(join(tmpdir(), "actionlane-"));
  await writeFile(join(dir, "page.js"), source);
  const how = { bundle: true, minify: true, write: false, format: "esm", target: "es2022", external: ["react"], define: { "process.env.NODE_ENV": '"production"' } };
  const { outputFiles } = await build({ entryPoints: [join(dir, "page.js")], alias: { "actionlane/react": join(pkg, "react/index.js") }, ...how });
  await rm(dir, { recursive: true });
  return outputFiles[0].text;
}

test("the hooks hold no dispatcher, and in production no messages for development", async () => {
  const text = await bundle('export * from "actionlane/react";');
  assert.ok(!text.includes("had no effect") && !text.includes("WebAssembly"));
});

test("a page gets the hooks that it imports", async () => {
  const sizes = {};
  for (const name of ["useAction", "useOptimisticAction", "useQueue", "usePendingCount"]) {
    const text = await bundle(`export { ${name} } from "actionlane/react";`);
    sizes[name] = brotliCompressSync(text).length;
    assert.equal(text.includes("hasSucceeded"), /Action$/.test(name), name);
    assert.equal(text.includes("optimisticState"), name === "useOptimisticAction", name);
  }
  assert.ok(sizes.useQueue < 500 && sizes.usePendingCount < 500, JSON.stringify(sizes));
});
