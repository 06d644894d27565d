// Bundles the package as it is packed, and looks at the result.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
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

/** Returns the minified bundle of a page's module. */
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
  assert.ok(whole.length > 50_000, "the dispatcher itself is bundled when it is imported");
});

/** Counts the warnings of a bundle in which a call is made twice whose `retry` has no effect. Needs no server. */
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

test("a bundle for production never warns, one for development does", async () => {
  assert.deepEqual([await warnings(await bundle(PAGE, "production")), await warnings(await bundle(PAGE, "development"))], [0, 1]);
});

test("the script never warns", async () => {
  const script = await readFile(join(app, "node_modules/actionlane/dist/actionlane.js"), "utf8");
  assert.equal(await warnings(`${script}; Object.assign(globalThis, actionlane);`), 0);
});

/** The parts that most pages never use: see `lib/loading/lazy_part.js`. */
const PARTS = ["codec/decode_encode", "codec/flight", "fetch/value_watch", "fetch/prebuilt", "answer/payload", "outbox/outbox", "outbox/call_of_record", "skew/lookup", "tabs/web_locks", "warnings/texts"].map((name) => `node_modules/actionlane/lib/${name}.js`);

/**
 * Writes a page's bundle, with `splitting` into as many files as esbuild likes. Gives the path, and what each file
 * is made of.
 */
async function written(splitting) {
  const entry = join(app, "page.js");
  await writeFile(entry, PAGE);
  const outdir = join(app, splitting ? "split" : "whole");
  const how = { bundle: true, minify: true, format: "esm", metafile: true, outdir, outExtension: { ".js": ".mjs" }, absWorkingDir: app };
  const { metafile } = await build({ entryPoints: [entry], splitting, external: ["*_bytes.js"], ...how });
  return { page: join(outdir, "page.mjs"), outputs: metafile.outputs };
}

/** Runs `text` in a process of its own, in `directory`, then uses each part there. Returns the result of each use. */
async function used(text, directory = app) {
  const [dispatcher, flight] = ["dispatcher", "flight"].map((name) => JSON.stringify(join(app, `node_modules/actionlane/wasm/${name}_bg.wasm`)));
  const file = join(directory, "use.mjs");
  await writeFile(file, `${text}; {
    const { readFile } = await import("node:fs/promises");
    await init({ dispatcher: await readFile(${dispatcher}), flight: await readFile(${flight}) });
    const asked = [];
    const request = (name, ...more) => (asked.push(name), Promise.resolve({ name }).then(more.at(-1)));
    Object.defineProperty(globalThis, "navigator", { value: { locks: { request } }, configurable: true });
    const headers = { "content-type": "text/x-component", "x-action-revalidated": "1" };
    const answer = () => new Response('0:{"a":"$@1","f":[["children"]],"b":"dev"}\\n1:"v"\\n', { headers });
    const d = createDispatcher({ url: "http://127.0.0.1/", host: "none", fetch: async () => answer(), scope: "origin", outbox: { owner: "ann" } });
    const id = "7f" + "0".repeat(40);
    const durable = await d.call(id, [], { durable: true }).catch((error) => error.message);
    const { payload } = await d.call(id, [], { lane: "cart" }).outcome;
    process.stdout.write(JSON.stringify([/make the call without durable$/.test(durable), asked.at(-1), (await payload).data]));
    process.exit();
  }`);
  const { stdout } = await run("node", [file], { env: { ...process.env, NODE_ENV: "" }, timeout: 60_000 });
  return JSON.parse(stdout);
}

const USED = [true, "actionlane:lane:cart", [["children"]]];

test("a split bundle loads the rare parts only on first use", async () => {
  const { page, outputs } = await written(true);
  const loaded = new Set();
  const follow = (file) => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { path, kind } of outputs[file].imports) if (kind === "import-statement") follow(path);
  };
  follow("split/page.mjs");
  for (const part of PARTS) {
    const holders = Object.keys(outputs).filter((file) => part in outputs[file].inputs);
    assert.deepEqual([holders.length, holders.some((file) => loaded.has(file))], [1, false], part);
  }
  assert.deepEqual(await used(`import ${JSON.stringify(page)}`), USED);
});

test("every imported name is exported by its module: most bundlers refuse others", async () => {
  // Built from the sources, not the packed copy: esbuild reports nothing below node_modules.
  const entryPoints = ["index", "inline", "lean", "node", "server", "react/index"].map((name) => fileURLToPath(new URL(`${name}.js`, pkg)));
  const how = { bundle: true, write: false, format: "esm", platform: "node", outdir: join(app, "looked-at"), external: ["react"], logLevel: "silent" };
  const { warnings } = await build({ entryPoints, ...how });
  assert.deepEqual(warnings.map(({ text, location }) => `${location?.file}:${location?.line}: ${text}`), []);
});

test("a bundle in one file holds every part", async () => {
  const { page, outputs } = await written(false);
  for (const part of PARTS) assert.ok(part in outputs["whole/page.mjs"].inputs, part);
  assert.deepEqual(await used(`import ${JSON.stringify(page)}`), USED);
});

test("the script loads its parts from beside itself, the full script holds them", async () => {
  const dist = join(app, "node_modules/actionlane/dist");
  const script = await readFile(join(dist, "actionlane.js"), "utf8");
  const full = await readFile(join(dist, "actionlane.full.js"), "utf8");
  assert.deepEqual(await used(`${full}; Object.assign(globalThis, actionlane);`), USED);
  assert.deepEqual(await used(`${script}; Object.assign(globalThis, actionlane);`, dist), USED);
});
