// The names that a build writes for policies: from the manifests of both bundlers, never the key.
import assert from "node:assert/strict";
import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const require = createRequire(import.meta.url);
const { FILE, namesOf, pathOfNames, withNames } = require("../next/build/action_names.cjs");
const { policyNames } = require("../next/build/policy_names.cjs");
const [ADD, SAVE, CLOSURE, EDGE] = ["4", "5", "6", "7"].map((digit) => digit.repeat(42));
// As written by Next 16.4 with Turbopack, whose root is above the app, and by 15.5 with webpack.
const turbopack = {
  node: {
    [ADD]: { workers: {}, filename: "shop/app/cart/actions.ts", exportedName: "add" },
    [SAVE]: { workers: {}, filename: "shop/app/actions.ts", exportedName: "save" },
    [CLOSURE]: { workers: {}, filename: "shop/app/page.tsx", exportedName: "$$RSC_SERVER_ACTION_0" },
  },
  edge: { [EDGE]: { workers: {}, filename: "shop/app/edge/actions.ts", exportedName: "add" } },
  encryptionKey: "secret",
};
const webpack = { node: { [ADD]: { workers: {}, filename: "app/cart/actions.ts", exportedName: "add" } }, edge: {}, encryptionKey: "secret" };

/** Writes files into a directory that is removed after the test. */
async function project(t, files) {
  const dir = await mkdtemp(join(tmpdir(), "actionlane-"));
  t.after(() => rm(dir, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(dir, name, ".."), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  return dir;
}

/** Makes an app in a directory "shop", with the files that the manifests name. */
const shop = async (t) => join(await project(t, { "shop/app/cart/actions.ts": "", "shop/app/actions.ts": "", "shop/app/edge/actions.ts": "" }), "shop");

test("an action is named by its file from the app's root and its name, with both bundlers", async (t) => {
  const dir = await shop(t);
  for (const wanted of ["app/cart/actions#add", "app/cart/actions.ts#add", "./app/cart/actions#add"]) {
    for (const manifest of [turbopack, webpack]) assert.deepEqual(namesOf(manifest, [wanted], dir), { [ADD]: "app/cart/actions#add" }, wanted);
  }
  assert.deepEqual(namesOf(turbopack, ["cart/actions#add", "art/actions#add", "shop/app/cart/actions#add"], dir), {});
});

test("a file outside of the app keeps its path, and one that webpack names absolutely under Windows is of the app", async (t) => {
  const dir = await shop(t);
  const of = (filename) => ({ node: { [ADD]: { filename, exportedName: "add" } } });
  assert.deepEqual(namesOf(of("packages/ui/actions.ts"), ["add"], dir), { [ADD]: "packages/ui/actions#add" });
  assert.deepEqual(namesOf(of("../C:\\proj\\app\\actions.ts"), ["app/actions#add"], "C:\\proj"), { [ADD]: "app/actions#add" });
});

test("a name alone names every action that has it, also of the edge runtime", async (t) => {
  assert.deepEqual(Object.keys(namesOf(turbopack, ["add"], await shop(t))).sort(), [ADD, EDGE]);
});

test("closures, actions that no policy names, and the key are not written", async (t) => {
  const dir = await shop(t);
  assert.deepEqual(namesOf(turbopack, ["$$RSC_SERVER_ACTION_0", "app/page#$$RSC_SERVER_ACTION_0", "gone", "encryptionKey"], dir), {});
});

test("the file is written after the build, and after a step that the configuration has", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "actionlane-"));
  t.after(() => rm(dir, { recursive: true }));
  await mkdir(join(dir, ".next/server"), { recursive: true });
  await writeFile(join(dir, ".next/server/server-reference-manifest.json"), JSON.stringify(turbopack));
  const order = [];
  const config = withNames({ compiler: { styledComponents: true, runAfterProductionCompile: async () => order.push("own") } }, ["save"]);
  await config.compiler.runAfterProductionCompile({ projectDir: dir, distDir: ".next" });
  assert.deepEqual([order, config.compiler.styledComponents], [["own"], true]);
  const text = await readFile(join(dir, ".next/static", FILE), "utf8");
  assert.deepEqual(JSON.parse(text), { [SAVE]: "shop/app/actions#save" }, "no such file is in the app");
  assert.ok(!text.includes("secret"));
});

const IMPORT = 'import { configureActions } from "actionlane/next";\n';

test("the names of policies are read from the files that call configureActions", async (t) => {
  const dir = await project(t, {
    "instrumentation-client.ts": `${IMPORT}configureActions({ save : { lane: "s" }, "app/cart#add": {}, 'other': false, default: {} });`,
    "src/policies.jsx": `${IMPORT}configureActions(({ name }) => name === \`load\` && {});`,
    "app/page.tsx": "export const unrelated = { remove: 1 };",
    "node_modules/x/index.js": `${IMPORT}configureActions({ foreign: {} });`,
    ".next/static/app.js": `${IMPORT}configureActions({ built: {} });`,
    "result/static/app.js": `${IMPORT}configureActions({ built: {} });`,
    "notes.md": `${IMPORT}configureActions({ written: {} });`,
  });
  const names = await policyNames(dir, [join(dir, "result")]);
  for (const name of ["save", "app/cart#add", "other", "load"]) assert.ok(names.has(name), name);
  for (const name of ["remove", "foreign", "built", "written"]) assert.ok(!names.has(name), name);
});

test("without a list, the build writes the names that the sources use", async (t) => {
  const dir = await project(t, {
    "instrumentation-client.js": `${IMPORT}configureActions({ "app/cart/actions#add": {} });`,
    ".next/server/server-reference-manifest.json": JSON.stringify(webpack),
  });
  await withNames({}).compiler.runAfterProductionCompile({ projectDir: dir, distDir: ".next" });
  assert.deepEqual(JSON.parse(await readFile(join(dir, ".next/static", FILE), "utf8")), { [ADD]: "app/cart/actions#add" });
});

test("the names lie under the base path or an asset prefix of the same origin", () => {
  assert.equal(pathOfNames({}), `/_next/static/${FILE}`);
  assert.equal(pathOfNames({ basePath: "/shop", assetPrefix: "https://cdn.example" }), `/shop/_next/static/${FILE}`);
  assert.equal(pathOfNames({ basePath: "/shop", assetPrefix: "/shop-static/" }), `/shop-static/_next/static/${FILE}`);
});

test("a directory that cannot be read does not end the search", async (t) => {
  const dir = await project(t, { "a/locked/x.js": "", "z.js": `${IMPORT}configureActions({ save: {} });` });
  const fs = require("node:fs/promises");
  const { readdir } = fs;
  t.mock.method(fs, "readdir", (path, ...rest) => (path.endsWith("locked") ? Promise.reject(Object.assign(new Error("no"), { code: "EACCES" })) : readdir(path, ...rest)));
  assert.ok((await policyNames(dir)).has("save"));
});

test("a build without actions has no names", async (t) => {
  const dir = await project(t, { "pages/x.js": "" });
  await withNames({}).compiler.runAfterProductionCompile({ projectDir: dir, distDir: ".next" });
  assert.equal(await readFile(join(dir, ".next/static", FILE), "utf8"), "{}");
});

test("a file and name that no action has is reported, with one that has the name; other texts are not", async (t) => {
  const dir = await project(t, {
    "x.js": `${IMPORT}configureActions({ "app/card#add": {}, "app/cart/actions#add": {}, saev: {}, colour: "#fff", link: "https://x.example/y#z" });`,
    "app/cart/actions.ts": "",
    ".next/server/server-reference-manifest.json": JSON.stringify(webpack),
  });
  const warn = t.mock.method(console, "warn", () => {});
  await withNames({}).compiler.runAfterProductionCompile({ projectDir: dir, distDir: ".next" });
  assert.deepEqual(warn.mock.calls.map(({ arguments: [text] }) => text), ['actionlane/next: no action is named "app/card#add"; there is app/cart/actions#add']);
  await withNames({}, ["saev"]).compiler.runAfterProductionCompile({ projectDir: dir, distDir: ".next" });
  assert.match(warn.mock.calls[1].arguments[0], /"saev"/);
});
