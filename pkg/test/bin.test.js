// The command `actionlane`: names and types of a build's actions, from the manifests of both bundlers.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import manifest from "../next/build/manifest.cjs";

const BIN = fileURLToPath(new URL("../bin/actionlane.js", import.meta.url));
const PKG = fileURLToPath(new URL("..", import.meta.url));
const KEY = "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IHNlY3I=";
const [ADD, SAVE, CLOSURE, CACHE, EDGE, OTHER] = ["4", "5", "6", "c", "7", "a"].map((digit) => digit.repeat(42));

/** Returns the manifest as the bundler writes it: with Turbopack, paths are from its root, `root`. */
function manifestOf(root) {
  const entry = (file, exportedName) => ({ workers: { "app/page": { moduleId: 1, async: false } }, layer: { "app/page": "rsc" }, filename: `${root}${file}`, exportedName });
  return {
    node: {
      [SAVE]: entry("app/actions.ts", "save"),
      [ADD]: entry("app/cart/actions.ts", "add"),
      [CLOSURE]: entry("app/page.tsx", "$$RSC_SERVER_ACTION_0"),
      [CACHE]: entry("app/cached.ts", "$$RSC_SERVER_CACHE_0"),
      [OTHER]: entry("app/default.mts", "default"),
    },
    edge: { [EDGE]: entry("app/edge/actions.tsx", "add") },
    encryptionKey: KEY,
  };
}

/** Writes an app with this manifest, or another text, and returns its directory. */
async function app(t, manifest, files = {}) {
  const dir = join(await realpath(await mkdtemp(join(tmpdir(), "actionlane-"))), "shop");
  t.after(() => rm(dirname(dir), { recursive: true }));
  const text = typeof manifest === "string" ? manifest : JSON.stringify(manifest);
  const all = { ".next/BUILD_ID": "b", ".next/server/server-reference-manifest.json": text, ...files };
  for (const [name, text] of Object.entries(all)) {
    await mkdir(join(dir, name, ".."), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  return dir;
}

/** Runs the command in a directory. */
function run(cwd, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { cwd, encoding: "utf8" });
  return { status, stdout, stderr };
}

const SOURCES = {
  "app/actions.ts": '"use server";\nexport async function save(text: string) { return text.length; }\n',
  "app/cart/actions.ts": '"use server";\nexport async function add(sku: string, count?: number) { return { sku, count }; }\n',
  "app/edge/actions.tsx": '"use server";\nexport async function add() {}\n',
  "app/default.mts": '"use server";\nexport default async function anything(at: Date) { return at; }\n',
};
for (const [bundler, root] of [["webpack", ""], ["Turbopack", "shop/"]]) {
  test(`names are printed as JSON, of a build with ${bundler}`, async (t) => {
    const dir = await app(t, manifestOf(root), SOURCES);
    const { status, stdout, stderr } = run(dir, "names", ".next");
    assert.deepEqual([status, stderr], [0, ""]);
    assert.deepEqual(Object.entries(JSON.parse(stdout)), [["app/cart/actions#add", ADD], ["app/edge/actions#add", EDGE], ["default", OTHER], ["save", SAVE]]);
    assert.deepEqual(run(dir, "names"), { status, stdout, stderr }, "the build is .next by default");
    assert.deepEqual(run(dirname(dir), "names", "shop"), { status, stdout, stderr }, "an app has its build in .next");
  });

  test(`types of the sources are printed, of a build with ${bundler}`, async (t) => {
    const dir = await app(t, manifestOf(root), SOURCES);
    const { status, stdout } = run(dir, "types", ".next");
    assert.equal(status, 0);
    assert.deepEqual(stdout.trim().split("\n").slice(1), [
      "export interface Actions {",
      '  readonly "app/cart/actions#add": (typeof import("./app/cart/actions.js"))["add"];',
      '  readonly "app/edge/actions#add": (typeof import("./app/edge/actions.js"))["add"];',
      '  readonly "default": (typeof import("./app/default.mjs"))["default"];',
      '  readonly "save": (typeof import("./app/actions.js"))["save"];',
      "}",
    ]);
  });

  test(`the encryption key is never printed, of a build with ${bundler}`, async (t) => {
    const dir = await app(t, manifestOf(root));
    const broken = await app(t, JSON.stringify(manifestOf(root)).replace(`${KEY}"`, KEY));
    const foreign = await app(t, { ...manifestOf(root), edge: undefined, node: { encryptionKey: KEY } });
    for (const [cwd, ...args] of [[dir, "names"], [dir, "types"], [dir, "names", "--file", "encryptionKey"], [broken, "names"], [broken, "types"], [foreign, "names"]]) {
      const { stdout, stderr } = run(cwd, ...args);
      assert.ok((stdout + stderr).length > 20, args.join(" "));
      assert.ok(!(stdout + stderr).includes(KEY.slice(0, 8)), args.join(" "));
    }
  });
}

test("the actions of one file are enough to have names alone", async (t) => {
  const dir = await app(t, manifestOf(""));
  for (const file of ["app/cart/actions", "./app/cart/actions.ts", "app\\cart\\actions.ts", ".\\app\\cart\\actions"]) assert.deepEqual(JSON.parse(run(dir, "names", "--file", file).stdout), { add: ADD }, file);
  const { status, stderr } = run(dir, "names", "--file", "app/none");
  assert.equal(status, 1);
  assert.match(stderr, /no action in a file app\/none; it has some in app\/actions, app\/cart\/actions, /);
});

test("the file of actions may be named by its whole path", async (t) => {
  const dir = await app(t, manifestOf(""), SOURCES);
  const { stdout } = run(dir, "names", ".next", "--file", join(dir, "app/cart/actions.ts"));
  assert.deepEqual(JSON.parse(stdout), { add: ADD });
});

test("directories above the written file are made, and a directory is no file", async (t) => {
  const dir = await app(t, manifestOf(""), SOURCES);
  assert.equal(run(dir, "names", "--out", "gen/of/actions.json").status, 0);
  assert.equal(JSON.parse(await readFile(join(dir, "gen/of/actions.json"), "utf8")).save, SAVE);
  const { status, stderr } = run(dir, "names", "--out", "gen");
  assert.equal(status, 2);
  assert.match(stderr, /--out: gen is a directory/);
});

test("an option that does not exist is named, with the nearest", async (t) => {
  const { status, stderr } = run(await app(t, manifestOf("")), "names", "--fil", "app/actions");
  assert.equal(status, 2);
  assert.match(stderr, /^actionlane: there is no option --fil; did you mean "--file"\?\n/);
});

test("a file is written, and the paths of its types are relative to it", async (t) => {
  const dir = await app(t, manifestOf(""), { ...SOURCES, "lib/x": "" });
  assert.deepEqual(run(dir, "types", "--file", "app/actions", "--out", "lib/actions.d.ts"), { status: 0, stdout: "", stderr: "" });
  assert.match(await readFile(join(dir, "lib/actions.d.ts"), "utf8"), /readonly "save": \(typeof import\("\.\.\/app\/actions\.js"\)\)\["save"\];/);
  assert.equal(run(dir, "names", "--out", "lib/x/names.json").status, 1);
});

test("the compiler accepts the types, in each resolution of modules", async (t) => {
  const use = `import { createDispatcher } from "actionlane";
import { actions } from "actionlane/actions";
import { withOptions } from "actionlane/next";
import { refs } from "actionlane/server";
import type { Actions } from "./types.js";
const d = createDispatcher();
const api = actions<Actions>(d, { save: "" });
const length: Promise<number> = api.save("text");
const added: Promise<{ sku: string; count: number | undefined }> = api["app/cart/actions#add"]("sku");
// @ts-expect-error: another argument
api.save(1);
// @ts-expect-error: another name
api.add();
declare const save: Actions["save"];
const made = refs({ save });
const called: Promise<number> = d.call(made.save, ["text"]);
// @ts-expect-error: another argument
d.call(made.save, [1]);
const own: Promise<number> = withOptions(save, { lane: "drafts" })("text");
export { length, added, called, own };
`;
  const dir = await app(t, manifestOf(""), { ...SOURCES, "use.ts": use, "package.json": '{ "type": "module" }' });
  await mkdir(join(dir, "node_modules"));
  await symlink(PKG, join(dir, "node_modules/actionlane"));
  assert.equal(run(dir, "types", "--out", "types.ts").status, 0);
  for (const [module, resolution] of [["esnext", "bundler"], ["node16", "node16"], ["nodenext", "nodenext"]]) {
    const flags = ["--noEmit", "--strict", "--target", "es2022", "--module", module, "--moduleResolution", resolution, "--jsx", "preserve", "--types", ""];
    const { stdout, status } = spawnSync(join(PKG, "node_modules/.bin/tsc"), [...flags, "use.ts"], { cwd: dir, encoding: "utf8" });
    assert.equal(status, 0, `${resolution}: ${stdout}`);
  }
});

test("an action whose source is not there has no types of its own", async (t) => {
  const dir = await app(t, manifestOf(""));
  assert.match(run(dir, "types").stdout, /readonly "save": \(\.\.\.args: any\[\]\) => Promise<unknown>;/);
});

test("a directory without a build is an error that says what to do", async (t) => {
  const dir = await app(t, manifestOf(""), { "dev/.next/dev/server/x": "", "dev15/.next/server/server-reference-manifest.json": "{}", "lib/x": "" });
  for (const [build, expected] of [
    ["none", "there is no none: run next build, and name its directory"],
    ["dev", "dev holds only what next dev has left, whose ids are not those of a build: run next build"],
    ["dev15/.next", "dev15/.next holds only what next dev has left, whose ids are not those of a build: run next build"],
    ["lib", "lib holds no build of Next: BUILD_ID is missing"],
  ]) {
    assert.deepEqual(run(dir, "names", build), { status: 1, stdout: "", stderr: `actionlane: ${expected}\n` });
  }
});

test("a build of an unknown Next is an error that names its version", async (t) => {
  const old = { node: { [SAVE]: { workers: { "app/page": 7 }, layer: { "app/page": "rsc" } } }, edge: {}, encryptionKey: KEY };
  const framework = { ".next/diagnostics/framework.json": '{"name":"Next.js","version":"14.2.35"}' };
  const { status, stdout, stderr } = run(await app(t, old, framework), "names");
  assert.deepEqual([status, stdout], [1, ""]);
  assert.match(stderr, /is of Next 14\.2\.35, whose list of actions has no names .*; 15\.5 and 16 fit/);
  for (const other of ["null", "[]", '{"node":{}}', '{"node":null,"edge":{}}']) {
    const { status, stderr } = run(await app(t, other), "types");
    assert.equal(status, 1, other);
    assert.match(stderr, /is of an unknown Next/, other);
  }
});

test("a build without actions prints an empty list", async (t) => {
  const dir = await app(t, { node: {}, edge: {}, encryptionKey: KEY });
  assert.deepEqual(run(dir, "names"), { status: 0, stdout: "{}\n", stderr: "" });
  assert.match(run(dir, "types").stdout, /export interface Actions \{\n\}\n$/);
});

test("a build without actions, of which webpack writes no manifest, has no names", async (t) => {
  const dir = await app(t, manifestOf(""), { "empty/.next/BUILD_ID": "b" });
  assert.deepEqual(run(dir, "names", "empty"), { status: 0, stdout: "{}\n", stderr: "" });
});

test("a path that webpack writes under Windows is one from the app's root", () => {
  assert.equal(manifest.fromRoot("../C:\\work\\shop\\app\\actions.ts", "C:\\work\\shop"), "app/actions.ts");
});

test("a path that holds the app's directory as a part of it is kept", () => {
  for (const dir of ["/app", "/src", "/src/app", "C:\\app"]) assert.equal(manifest.fromRoot("src/app/actions.ts", dir), "src/app/actions.ts", dir);
  assert.equal(manifest.fromRoot("/app/src/app/actions.ts", "/app"), "src/app/actions.ts");
});

test("a build in another directory finds its sources", async (t) => {
  const files = Object.entries(SOURCES).map(([name, text]) => [`other/${name}`, text]);
  const config = JSON.stringify({ config: { distDir: "out/build" } });
  const build = { BUILD_ID: "b", "required-server-files.json": config, "server/server-reference-manifest.json": JSON.stringify(manifestOf("other/")) };
  const built = Object.entries(build).map(([name, text]) => [`other/out/build/${name}`, text]);
  const dir = await app(t, manifestOf(""), Object.fromEntries([...files, ...built]));
  assert.match(run(dir, "types", "other/out/build").stdout, /"save": \(typeof import\("\.\/other\/app\/actions\.js"\)\)/);
});

test("wrong arguments exit with 2 and point at the help", async (t) => {
  const dir = await app(t, manifestOf(""));
  for (const [args, expected] of [
    [[], "expected names or types"],
    [["nams"], 'there is no command "nams"; did you mean "names"?'],
    [["toString"], 'there is no command "toString"'],
    [["names", ".next", "other"], "expected one build, not also other"],
  ]) {
    assert.deepEqual(run(dir, ...args), { status: 2, stdout: "", stderr: `actionlane: ${expected}\nactionlane --help says what there is\n` });
  }
  assert.equal(run(dir, "names", "--json").status, 2);
});

test("the help and the version are printed", async (t) => {
  const dir = await app(t, manifestOf(""));
  for (const args of [["--help"], ["-h"], ["names", "--help"]]) assert.match(run(dir, ...args).stdout, /^Usage: actionlane names\|types/);
  const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  assert.deepEqual(run(dir, "--version"), { status: 0, stdout: `${version}\n`, stderr: "" });
});
