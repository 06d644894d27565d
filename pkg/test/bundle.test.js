// Bundles the package as it is packed, and looks at the result.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { build } from "esbuild";

const run = promisify(execFile);
const pkg = new URL("..", import.meta.url);
let app;
before(async () => {
  app = await mkdtemp(join(tmpdir(), "actionlane-"));
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", app], { cwd: pkg });
  const home = join(app, "node_modules", "actionlane");
  await mkdir(home, { recursive: true });
  await run("tar", ["-xzf", join(app, JSON.parse(stdout)[0].filename), "-C", home, "--strip-components=1"]);
});
after(() => rm(app, { recursive: true }));

/** The minified bundle of a page's module. */
async function bundle(source, environment) {
  const entry = join(app, "page.js");
  await writeFile(entry, source);
  const define = { "process.env.NODE_ENV": JSON.stringify(environment) };
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, minify: true, write: false, format: "esm", define });
  return outputFiles[0].text;
}

test("isActionError alone brings no dispatcher along", async () => {
  const text = await bundle('import { isActionError } from "actionlane"; export const is = isActionError;', "production");
  assert.ok(text.length <= 1_000, `${text.length} bytes`);
  const whole = await bundle('export { createDispatcher } from "actionlane";', "production");
  assert.ok(whole.length > 50_000, "what is asked for is there");
});

/** How often a bundle warns of a call, whose `retry` does nothing, that is made twice. No server is there, and none is needed. */
async function warnings(text) {
  await writeFile(join(app, "run.mjs"), `${text}; {
    let count = 0;
    console.warn = () => (count += 1);
    const d = createDispatcher({ url: "http://127.0.0.1/", fetch: () => Promise.reject(new Error()) });
    const wasm = await (await import("node:fs/promises")).readFile(${JSON.stringify(join(app, "node_modules/actionlane/wasm/dispatcher_bg.wasm"))});
    await init(wasm);
    for (const times of [1, 2]) await d.call("7f" + "0".repeat(40), [], { retry: 2 }).catch(() => {});
    process.stdout.write(String(count));
  }`);
  return Number((await run("node", [join(app, "run.mjs")], { env: { ...process.env, NODE_ENV: "" } })).stdout);
}

const PAGE = 'import { createDispatcher, init } from "actionlane"; Object.assign(globalThis, { createDispatcher, init });';

test("a bundle for production warns of nothing, one for development does", async () => {
  assert.deepEqual([await warnings(await bundle(PAGE, "production")), await warnings(await bundle(PAGE, "development"))], [0, 1]);
});

test("the script warns of nothing", async () => {
  const script = await readFile(join(app, "node_modules/actionlane/dist/actionlane.js"), "utf8");
  assert.equal(await warnings(`${script}; Object.assign(globalThis, actionlane);`), 0);
});
